import numpy as np
import pytest

from fer_classic.inspection import class_average_maps, explain
from tests.inspection.stand_ins import BlockReader, linear_classifier


def test_averages_by_hand():
    model = linear_classifier([[1, -1, 0, 2]], [3.0], classes=("no", "yes"))
    images = np.array([[[10, 20], [30, 40]], [[30, 0], [0, 0]], [[1, 1], [1, 1]]], np.uint8)
    maps = class_average_maps(model, images, ["yes", "yes", "no"])
    assert list(maps) == ["no", "yes"]
    np.testing.assert_allclose(maps["yes"], [[20, -10], [0, 40]])
    np.testing.assert_allclose(maps["no"], [[-1, 1], [0, -2]])
    assert maps["yes"].dtype == np.float32


def test_parameters_are_passed_on():
    image = np.random.default_rng(0).integers(0, 256, (1, 48, 48), dtype=np.uint8)
    (average,) = class_average_maps(BlockReader(), image, ["dark"], fill="gray").values()
    expected = explain(BlockReader(), image[0], target="dark", fill="gray")
    np.testing.assert_array_equal(average, expected.map)


def test_maps_of_several_sizes_have_no_average():
    model = linear_classifier([[1, -1, 0, 2]], [3.0], classes=("no", "yes"))
    images = [np.zeros((2, 2), np.uint8), np.zeros((1, 4), np.uint8)]
    assert len(class_average_maps(model, images, ["no", "yes"])) == 2
    with pytest.raises(ValueError, match=r"'yes' have the shapes \(1, 4\), \(2, 2\), so that"):
        class_average_maps(model, images, ["yes", "yes"])


@pytest.mark.parametrize("n_targets", [0, 2])
def test_lengths(n_targets):
    with pytest.raises(ValueError, match="same length of at least 1"):
        class_average_maps(BlockReader(), np.zeros((n_targets // 2, 48, 48)), ["dark"] * n_targets)
