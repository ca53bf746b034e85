import numpy as np
import pytest

from fer_classic.features import DenseSIFT, dense_sift
from fer_classic.features._sift import directions_of, lattice, mirrored_order

pytestmark = pytest.mark.portability


def noise(shape=(20, 23), seed=0):
    return np.random.default_rng(seed).random(shape)


def ramp(degrees, shape=(20, 20)):
    """Grey values that rise in a direction, clockwise from the right."""
    rows, columns = np.indices(shape)
    angle = np.deg2rad(degrees)
    return 0.5 + 0.01 * (np.cos(angle) * columns + np.sin(angle) * rows)


class TestDirections:
    @pytest.mark.parametrize("direction", range(8))
    def test_a_ramp_has_one_direction(self, direction):
        result = directions_of(np.float32(ramp(45 * direction)[np.newaxis]))[0]
        inside = result[:, 1:-1, 1:-1]
        # A central difference spans two pixels.
        np.testing.assert_allclose(inside[direction], 0.02, atol=1e-5)
        np.testing.assert_allclose(np.delete(inside, direction, axis=0), 0, atol=1e-5)

    @pytest.mark.parametrize("unit", [np.uint8(1), np.float32(255), np.float64(255)])
    @pytest.mark.parametrize("offset", [0, 150])
    @pytest.mark.parametrize("direction", range(8))
    def test_its_neighbours_get_nothing(self, direction, offset, unit):
        rows, columns = np.indices((20, 20))
        steps = [(0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1)]
        down, right = steps[direction]
        image = np.uint8(offset + 40 + down * rows + right * columns)
        image = image if unit == 1 else image / unit
        _, descriptors = dense_sift(image, bin_size=3, stride=20)
        assert not np.delete(descriptors.reshape(16, 8), direction, axis=1).any()

    def test_between_two_directions_it_is_shared(self):
        result = directions_of(np.float32(ramp(45 + 15)[np.newaxis]))[0, :, 5, 5]
        expected = [0, 0.02 * 2 / 3, 0.02 / 3, 0, 0, 0, 0, 0]
        np.testing.assert_allclose(result, expected, atol=1e-5)

    def test_borders_go_on_as_they_end(self):
        image = np.float32([[0, 1, 3]])
        result = directions_of(image[np.newaxis])[0]
        np.testing.assert_allclose(result[0], [[1, 3, 2]])

    def test_constant_images_have_none(self):
        assert not directions_of(np.full((2, 5, 6), 0.7, dtype=np.float32)).any()


class TestPlaces:
    @pytest.mark.parametrize(
        ("length", "bin_size", "stride", "expected"),
        [
            # The outer bins of 4 lie 1.5 bins from the middle.
            (13, 3, 1, [4.5, 5.5, 6.5, 7.5]),
            (13, 3, 2, [5, 7]),
            (13, 3, 3, [4.5, 7.5]),
            (10, 3, 5, [4.5]),
        ],
    )
    def test_table(self, length, bin_size, stride, expected):
        places, _ = dense_sift(noise((10, length)), bin_size=bin_size, stride=stride)
        assert list(places[places[:, 0] == places[0, 0], 1]) == expected
        size = lattice((10, length), bin_size=bin_size, stride=stride, bins=(4, 4))
        assert np.prod(size) == len(places)

    @pytest.mark.parametrize("stride", [1, 2, 3, 7])
    def test_they_lie_symmetrically(self, stride):
        places, _ = dense_sift(noise((24, 31)), bin_size=3, stride=stride)
        np.testing.assert_allclose(places + places[::-1], np.broadcast_to([23, 30], places.shape))


class TestDescriptors:
    @pytest.mark.parametrize("direction", range(8))
    def test_a_ramp_activates_one_direction_in_all_bins(self, direction):
        # One place, whose bins do not reach the border.
        _, descriptors = dense_sift(ramp(45 * direction), bin_size=3, stride=20)
        middle = descriptors.reshape(16, 8)
        np.testing.assert_allclose(middle[:, direction], 0.25, atol=1e-3)

    def test_a_bin_of_one_pixel_is_its_gradient(self):
        image = noise((5, 6))
        _, descriptors = dense_sift(image, bin_size=1, stride=1, bins=(1, 1))
        gradients = directions_of(np.float32(image)[np.newaxis])[0].reshape(8, -1).T
        expected = np.sqrt(gradients / gradients.sum(axis=1, keepdims=True))
        np.testing.assert_allclose(descriptors, expected, atol=1e-6)

    @pytest.mark.parametrize(
        ("shape", "bin_size", "stride", "bins"),
        [((20, 23), 3, 2, (4, 4)), ((20, 23), 4, 3, (4, 4)), ((9, 14), 2, 1, (2, 3))],
    )
    def test_sums_of_weighted_gradients(self, shape, bin_size, stride, bins):
        image = noise(shape)
        gradients = directions_of(np.float32(image)[np.newaxis])[0]
        places, descriptors = dense_sift(image, bin_size=bin_size, stride=stride, bins=bins)
        assert descriptors.dtype == np.float32
        for place, descriptor in zip(places, descriptors, strict=True):
            sums = np.zeros((*bins, 8))
            for row, column in np.ndindex(bins):
                middle = place + (np.array([row, column]) - (np.array(bins) - 1) / 2) * bin_size
                down, across = (
                    np.maximum(0, 1 - np.abs(np.arange(length) - center) / bin_size)
                    for length, center in zip(shape, middle, strict=True)
                )
                sums[row, column] = (gradients * np.outer(down, across)).sum(axis=(1, 2))
            expected = np.sqrt(sums / sums.sum()).ravel()
            np.testing.assert_allclose(descriptor, expected, atol=1e-5)

    @pytest.mark.parametrize(("bin_size", "bins"), [(3, (4, 4)), (2, (3, 2))])
    def test_mirroring_changes_the_order(self, bin_size, bins):
        image = noise((18, 21))
        size = lattice(image.shape, bin_size=bin_size, stride=2, bins=bins)
        face, mirrored = (
            dense_sift(part, bin_size=bin_size, bins=bins)[1].reshape(*size, -1)
            for part in (image, image[:, ::-1])
        )
        order = mirrored_order(bins)
        np.testing.assert_array_equal(order[order], np.arange(len(order)))
        np.testing.assert_allclose(mirrored[:, ::-1], face[:, :, order], atol=1e-3)

    def test_brightness_and_contrast_do_not_matter(self):
        _, descriptors = dense_sift(noise())
        _, changed = dense_sift(noise() * 0.3 + 0.5)
        np.testing.assert_allclose(changed, descriptors, atol=1e-3)
        np.testing.assert_allclose(np.linalg.norm(descriptors, axis=1), 1, atol=1e-6)

    def test_flat_places_are_zeros(self):
        image = noise((20, 40))
        image[:, :20] = 0.3
        places, descriptors = dense_sift(image, bin_size=2)
        flat = places[:, 1] < 20 - 6
        assert not descriptors[flat].any()
        assert descriptors[~flat].any(axis=1).all()

    @pytest.mark.parametrize(
        ("image", "parameters", "message"),
        [
            (
                noise((15, 30)),
                {},
                r"dense_sift: bins=\(4, 4\) of 5 pixels require images of shape \(16, 16\) or "
                r"larger, got \(15, 30\); use smaller",
            ),
            (noise((30, 9)), {"bin_size": 3}, r"shape \(10, 10\) or larger, got \(30, 9\)"),
            (noise(), {"bins": (4,)}, "dense_sift: bins must be two integers"),
            (noise(), {"stride": 0}, "'stride' parameter of dense_sift"),
            (noise((3, 20, 20)), {}, r"grey image of shape \(h, w\), got \(3, 20, 20\)"),
        ],
    )
    def test_errors(self, image, parameters, message):
        with pytest.raises(ValueError, match=message):
            dense_sift(image, **parameters)


class TestTransformer:
    @pytest.mark.parametrize(
        "parameters", [{}, {"bin_size": 2, "stride": 3, "bins": (3, 4)}, {"bin_size": 4}]
    )
    def test_it_is_the_function(self, any_batch, parameters):
        result = DenseSIFT(**parameters).fit_transform(any_batch)
        settings = {"stride": 8, **parameters}
        for row, image in zip(result, any_batch, strict=True):
            # Weights are rounded once more or less by dtype, and roots magnify what is near 0.
            _, expected = dense_sift(image, **settings)
            np.testing.assert_allclose(row, expected.ravel(), atol=1e-5)

    def test_names(self):
        step = DenseSIFT(bin_size=2, stride=4, bins=(2, 3)).fit(noise((3, 10, 12)))
        names = step.get_feature_names_out()
        assert names[0] == "sift_r0c0_b0x0_o0"
        assert names[8] == "sift_r0c0_b0x1_o0"
        assert names[48] == "sift_r0c1_b0x0_o0"
        assert names[-1] == "sift_r1c1_b1x2_o7"

    def test_errors(self):
        with pytest.raises(ValueError, match=r"DenseSIFT: bins=\(4, 4\) of 7 pixels require"):
            DenseSIFT(bin_size=7).fit(noise((2, 20, 20)))
