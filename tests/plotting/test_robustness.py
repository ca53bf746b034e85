import numpy as np
import pytest

from fer_classic.plotting import plot_robustness
from tests.plotting.conftest import ESTIMATE

pytest.importorskip("matplotlib.figure", reason="matplotlib is not installed")

ALONE = {"value": 0.25, "low": None, "high": None}


def test_a_panel_for_each_disturbance_and_a_line_for_each_model():
    curve = {1.0: ALONE, 0.0: ESTIMATE}
    of_models = {"cnn": {"blur": curve, "noise": curve}, "svm": {"blur": {0.0: ESTIMATE}}}
    axes = plot_robustness({"drawn": of_models}, title="robustness")
    blur, noise, unused = axes.ravel()
    assert (blur.get_title(), noise.get_title(), unused.get_visible()) == ("blur", "noise", False)
    assert [line.get_label() for line in blur.lines] == ["cnn", "svm"]
    np.testing.assert_array_equal(noise.lines[0].get_xydata(), [[0, 0.5], [1, 0.25]])
    assert blur.lines[0].get_color() != blur.lines[1].get_color()
    assert blur.get_ylim() == noise.get_ylim() == (0, 1)
    assert axes.shape == (1, 3)
    assert blur.figure.get_suptitle() == "robustness"


def test_data_sets_differ_by_style_and_share_the_colours():
    of_models = {"cnn": {"blur": {0.0: ESTIMATE}}}
    axes = plot_robustness({"drawn": of_models, "fer2013": of_models})
    first, second = axes[0, 0].lines
    assert (first.get_linestyle(), second.get_linestyle()) == ("-", "--")
    assert first.get_color() == second.get_color()
    (legend,) = axes[0, 0].figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["cnn, drawn", "cnn, fer2013"]


def test_kinds_fill_several_rows():
    of_model = {f"kind {k}": {0.0: ESTIMATE} for k in range(7)}
    axes = plot_robustness({"drawn": {"cnn": of_model}})
    assert axes.shape == (3, 3)
    assert [ax.get_visible() for ax in axes.flat] == [True] * 7 + [False] * 2


@pytest.mark.parametrize("curves", [{}, {"drawn": {}}, {"drawn": {"cnn": {"blur": {}}}}])
def test_nothing_to_draw(curves):
    with pytest.raises(ValueError, match="at least one accuracy"):
        plot_robustness(curves)


@pytest.mark.parametrize(
    ("accuracies", "message"),
    [
        ({0.5: ESTIMATE | {"value": None}}, "of the accuracy of drawn, cnn, blur at 0.5 .* None"),
        ({0.5: ESTIMATE, 1: ESTIMATE | {"value": 50}}, "blur at 1 must be .* 50; divide percent"),
        ({"weak": ESTIMATE}, "the strengths of drawn, cnn, blur must be .* got 'weak'"),
        ({2: ESTIMATE}, "the strengths of drawn, cnn, blur must be .* from 0 to 1, got 2"),
    ],
)
def test_values_that_would_not_be_seen(accuracies, message):
    with pytest.raises(ValueError, match=message):
        plot_robustness({"drawn": {"cnn": {"blur": accuracies}}})
