import numpy as np
import pytest
from skimage.feature import hog

from fer_classic.features import HOGDescriptor, hog_descriptor

EPS = 1e-5


def one_cell(image, **parameters):
    """Descriptor of an image that is one cell, without the weakening by the block norm."""
    shape = np.shape(image)
    return hog_descriptor(
        image, pixels_per_cell=shape, cells_per_block=(1, 1), block_norm="L1", **parameters
    )


class TestByHand:
    @pytest.mark.parametrize(
        ("image", "lit"),
        [
            # Brighter to the right: gradient at 0 degrees, bin 0 of 8.
            (np.repeat([[0, 0, 0, 0, 1, 1, 1, 1]], 8, axis=0), 0),
            # And to the left: the sign of a gradient does not count.
            (np.repeat([[1, 1, 1, 1, 0, 0, 0, 0]], 8, axis=0), 0),
            # Brighter downwards: 90 degrees, bin 4.
            (np.repeat([[0], [0], [0], [0], [1], [1], [1], [1]], 8, axis=1), 4),
        ],
    )
    def test_a_step_edge_lights_one_bin(self, image, lit):
        # 16 pixels beside the edge have gradient 1, of 64: a mean of 1/4.
        expected = np.zeros(8)
        expected[lit] = 0.25 / (0.25 + EPS)
        np.testing.assert_allclose(one_cell(image), expected, rtol=1e-6)

    @pytest.mark.parametrize(
        ("slope", "orientations", "lit"),
        [((1, 1), 8, 2), ((-1, 1), 8, 6), ((1, 1), 4, 1), ((1, 3), 9, 0), ((3, 1), 9, 3)],
    )
    def test_a_ramp_lights_the_bin_of_its_slope(self, slope, orientations, lit):
        y, x = np.indices((12, 12))
        ramp = slope[0] * y + slope[1] * x
        described = hog_descriptor(
            ramp, orientations=orientations, pixels_per_cell=(4, 4), cells_per_block=(1, 1)
        )
        middle = described.reshape(3, 3, orientations)[1, 1]
        assert middle.argmax() == lit
        assert middle[lit] == pytest.approx(1, rel=1e-5)

    def test_cells_of_a_block_share_the_norm(self):
        image = np.repeat([[0, 0, 0, 0, 1, 1, 1, 1]], 4, axis=0)
        described = hog_descriptor(
            image, pixels_per_cell=(4, 4), cells_per_block=(1, 2), block_norm="L2"
        )
        expected = np.zeros((2, 8))
        expected[:, 0] = np.sqrt(0.5)
        np.testing.assert_allclose(described.reshape(2, 8), expected, atol=1e-6)

    @pytest.mark.parametrize("block_norm", ["L2-Hys", "L2", "L1", "L1-sqrt"])
    def test_a_flat_image_is_nothing(self, block_norm):
        flat = np.full((16, 16), 9)
        assert hog_descriptor(flat, block_norm=block_norm).tolist() == [0.0] * 32

    def test_odd_cells_count_every_pixel(self):
        image = np.random.default_rng(0).random((9, 9))
        down, right = np.gradient(image)
        down[[0, -1]] = 0
        right[:, [0, -1]] = 0
        degrees = np.rad2deg(np.arctan2(down, right)) % 180
        votes = [
            [np.hypot(down, right)[3:6, 3:6][np.digitize(degrees[3:6, 3:6], edges) == 1].sum()]
            for edges in ([0, 45], [45, 90], [90, 135], [135, 180])
        ]
        described = hog_descriptor(
            image,
            orientations=4,
            pixels_per_cell=(3, 3),
            cells_per_block=(1, 1),
            block_norm="L1",
        )
        expected = np.ravel(votes) / np.sum(votes)
        np.testing.assert_allclose(described.reshape(3, 3, 4)[1, 1], expected, rtol=1e-3)


@pytest.mark.parametrize("contrast", [255, 1, 1e-4])
@pytest.mark.parametrize("block_norm", ["L2-Hys", "L2", "L1", "L1-sqrt"])
@pytest.mark.parametrize(
    ("shape", "orientations", "pixels_per_cell", "cells_per_block"),
    [
        ((48, 48), 8, (8, 8), (2, 2)),
        ((48, 48), 12, (6, 6), (3, 3)),
        ((35, 45), 9, (8, 4), (1, 2)),
        ((20, 31), 7, (2, 6), (3, 1)),
    ],
)
def test_values_are_those_of_scikit_image(
    shape, orientations, pixels_per_cell, cells_per_block, block_norm, contrast
):
    image = np.random.default_rng(1).random(shape) * contrast
    parameters = {
        "orientations": orientations,
        "pixels_per_cell": pixels_per_cell,
        "cells_per_block": cells_per_block,
        "block_norm": block_norm,
        "transform_sqrt": contrast == 255,
    }
    np.testing.assert_allclose(
        hog_descriptor(image, **parameters), hog(image, **parameters), atol=1e-6
    )


def test_values_of_bytes_are_those_of_scikit_image():
    image = np.random.default_rng(2).integers(0, 256, (48, 48), dtype=np.uint8)
    expected = hog(image, orientations=8, cells_per_block=(2, 2))
    np.testing.assert_allclose(hog_descriptor(image), expected, atol=1e-6)


def test_brightness_does_not_matter_and_contrast_hardly():
    image = np.random.default_rng(3).random((24, 24))
    np.testing.assert_allclose(hog_descriptor(100 * image + 7), hog_descriptor(image), atol=1e-4)


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"orientations": 5, "pixels_per_cell": [3, 7], "cells_per_block": [2, 1]},
        {"block_norm": "L1-sqrt", "transform_sqrt": True},
    ],
)
def test_a_batch_is_its_images_bit_by_bit(any_batch, parameters):
    batch = HOGDescriptor(**parameters).fit_transform(any_batch)
    assert batch.dtype == np.float32
    for place in (0, 33, 69):
        np.testing.assert_array_equal(batch[place], hog_descriptor(any_batch[place], **parameters))


def test_feature_names_point_at_the_features():
    image = np.zeros((24, 32))
    # One bright dot in the cell of row 2, column 3.
    image[20, 28] = 1
    step = HOGDescriptor(pixels_per_cell=(8, 8), cells_per_block=(2, 2))
    row = step.fit_transform(image[np.newaxis])[0]
    names = step.get_feature_names_out()
    assert len(names) == len(row) == 2 * 3 * 2 * 2 * 8
    lit = {name.rpartition("_")[0] for name in names[row > 0]}
    assert lit == {"hog_r1c2_r1c1"}
    assert names[0] == "hog_r0c0_r0c0_o00"
    assert names[-1] == "hog_r1c2_r1c1_o07"


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"orientations": 0}, "'orientations' parameter"),
        ({"pixels_per_cell": 8}, "'pixels_per_cell' parameter"),
        ({"pixels_per_cell": (8,)}, "pixels_per_cell must be two whole numbers of 1 or more"),
        ({"pixels_per_cell": (0, 8)}, "pixels_per_cell must be two whole numbers"),
        ({"cells_per_block": (2, 2.5)}, "cells_per_block must be two whole numbers"),
        ({"block_norm": "L3"}, "'block_norm' parameter"),
        ({"transform_sqrt": "yes"}, "'transform_sqrt' parameter"),
        (
            {"cells_per_block": (2, 3)},
            r"needs images of shape \(16, 24\) or larger, got \(20, 20\)",
        ),
    ],
)
def test_wrong_parameters(parameters, message):
    with pytest.raises(ValueError, match=message):
        HOGDescriptor(**parameters).fit(np.zeros((1, 20, 20)))


def test_roots_need_pixels_of_zero_and_above():
    with pytest.raises(ValueError, match=r"transform_sqrt=True needs pixels .* got -0.5"):
        HOGDescriptor(transform_sqrt=True).fit_transform(np.full((1, 16, 16), -0.5))
