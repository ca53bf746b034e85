import numpy as np
import pytest

from fer_classic.plotting import plot_class_maps
from tests.plotting.conftest import texts

pytest.importorskip("matplotlib.figure", reason="matplotlib is not installed")

MAPS = {
    "happy": np.array([[2.0, 0.0], [0.0, 0.0]]),
    "sad": np.array([[0.0, 0.0], [0.0, -1.0]]),
    "fear": np.zeros((2, 2)),
}


def test_maps_share_one_scale():
    ax = plot_class_maps(MAPS, np.full((2, 2), 100, np.uint8), columns=2)
    assert texts(ax) == list(MAPS)
    happy, sad, fear = (image.get_array() for image in ax.images)
    gray = 100 / 255
    np.testing.assert_allclose(fear, gray)
    np.testing.assert_allclose(happy[0, 0], 0.25 * gray + 0.75 * np.array([213, 94, 0]) / 255)
    np.testing.assert_allclose(happy[1, 1], gray)
    np.testing.assert_allclose(sad[1, 1], 0.625 * gray + 0.375 * np.array([0, 114, 178]) / 255)
    left, right, below = (image.get_extent() for image in ax.images)
    assert left[1] <= right[0]
    assert left[2] < below[3]
    (bar,) = [other for other in ax.figure.axes if other is not ax]
    assert bar.get_ylim() == (-2, 2)


def test_faces_of_the_classes_or_none():
    faces = {
        name: np.full((2, 2), level, np.uint8)
        for name, level in zip(MAPS, (0, 51, 102), strict=True)
    }
    ax = plot_class_maps(MAPS, faces)
    assert [image.get_array()[1, 0, 0] for image in ax.images] == pytest.approx([0, 0.2, 0.4])
    assert plot_class_maps(MAPS).images[2].get_array().min() == 1


def test_axes_are_used():
    from matplotlib.figure import Figure

    ax = Figure().add_subplot()
    assert plot_class_maps(MAPS, ax=ax) is ax


def test_maps_may_be_lists():
    (image,) = plot_class_maps({"sad": [[0, 0], [0, 1]]}).images
    assert image.get_array().shape == (2, 2, 3)


@pytest.mark.parametrize(
    ("maps", "options", "message"),
    [
        ({}, {}, "at least one map"),
        (MAPS, {"columns": 0}, "at least one map and column"),
        (MAPS, {"columns": 1.5}, "at least one map and column"),
        (MAPS, {"side": 0}, "side must be a number above 0, got 0"),
        (MAPS, {"faces": np.zeros((3, 3))}, "has the shape"),
        (MAPS, {"faces": {"happy": np.zeros((2, 2))}}, "no face of 'sad', only of happy"),
        (MAPS, {"faces": np.full((2, 2), np.nan)}, "the face of 'happy': floating images hold"),
        (MAPS | {"angry": np.zeros((3, 2))}, {}, "has the shape"),
        (MAPS | {"angry": np.full((2, 2), np.nan)}, {}, "map of 'angry' .* got nan at index 0, 0"),
        (MAPS | {"angry": np.zeros(4)}, {}, r"map of 'angry' must have 2 axes, got .* \(4,\)"),
        (MAPS | {"angry": [["x"]]}, {}, "map of 'angry' must be finite numbers, got 'x'"),
        ({"angry": np.zeros((0, 2))}, {}, r"maps must have pixels, got the shape \(0, 2\)"),
    ],
)
def test_what_is_refused(maps, options, message):
    with pytest.raises(ValueError, match=message):
        plot_class_maps(maps, **options)
