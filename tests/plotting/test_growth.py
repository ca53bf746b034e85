import numpy as np
import pytest

from fer_classic.plotting import plot_growth
from fer_classic.plotting._growth import growth

pytest.importorskip("matplotlib.figure", reason="matplotlib is not installed")


def test_the_exponent_of_a_power():
    sizes = np.array([1_000, 3_000, 10_000])
    assert growth(sizes, 5.0 * sizes) == pytest.approx(1)
    assert growth(sizes, 0.1 * sizes**2.0) == pytest.approx(2)
    assert growth(sizes, [7, 7, 7]) == pytest.approx(0, abs=1e-9)


def test_curves_and_their_slopes():
    curves = {"fit": ([1, 10, 100], [2, 200, 20_000]), "alone": ([5], [1])}
    above, below = plot_growth({"seconds": curves, "bytes": {"fit": ([1, 10], [3, 3])}}, xlabel="n")
    labels = [text.get_text() for text in above.get_legend().get_texts()]
    assert labels == ["fit, slope 2.00", "alone"]
    assert (above.get_ylabel(), below.get_ylabel(), below.get_xlabel()) == ("seconds", "bytes", "n")
    assert (below.get_xscale(), below.get_yscale()) == ("log", "log")
    np.testing.assert_array_equal(above.lines[0].get_xydata(), np.transpose(curves["fit"]))


def test_axes_are_taken():
    costs = {"seconds": {"fit": ([1, 2], [1, 2])}}
    axes = plot_growth(costs)
    assert plot_growth(costs, axes=axes)[0] is axes[0]
    assert len(axes[0].lines) == 2


@pytest.mark.parametrize(
    ("curves", "message"),
    [
        ({}, "at least one curve"),
        ({"fit": ([], [])}, "at least one point"),
        ({"fit": ([1, 2], [0, 1])}, "costs of 'fit' in 'seconds' must be numbers above 0, got 0"),
        ({"fit": ([1, np.nan], [1, 1])}, "sizes of 'fit' in 'seconds' must be .* got nan"),
        ({"fit": ([1, 2], [1, "x"])}, "costs of 'fit' in 'seconds' must be .* got 'x'"),
        ({"fit": ([1, 2], [1])}, "'fit' in 'seconds' has 2 sizes and 1 costs"),
        ({"fit": ([1, 2],)}, "two sequences, sizes and costs; got 1"),
        ({"a": ([1], [1]), "fit": ([5, 5], [1, 2])}, "2 sizes of 'fit' in 'seconds' are all 5, so"),
    ],
)
def test_what_cannot_be_drawn(curves, message, capfd):
    with pytest.raises(ValueError, match=message):
        plot_growth({"seconds": curves})
    # Libraries of linear algebra print their complaints.
    assert capfd.readouterr().err == ""


def test_equal_sizes_have_no_slope(capfd):
    with pytest.raises(ValueError, match=r"two different sizes, got \[3\.0, 3\.0\]"):
        growth([3, 3], [1, 2])
    assert capfd.readouterr().err == ""


def test_axes_for_each_cost():
    costs = {"seconds": {"fit": ([1, 2], [1, 2])}}
    with pytest.raises(ValueError, match="axes must be 2, one for each cost; got 1"):
        plot_growth(costs | {"bytes": {}}, axes=plot_growth(costs))
