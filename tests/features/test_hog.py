import numpy as np
import pytest
from skimage.feature import hog

from fer_classic.features import HOGDescriptor, hog_descriptor
from fer_classic.features._hog import _by_degrees, _orientation_bins

pytestmark = pytest.mark.portability

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
    def test_a_step_edge_activates_one_bin(self, image, lit):
        # 16 of 64 pixels are next to the edge and have gradient 1: a mean of 1/4.
        expected = np.zeros(8)
        expected[lit] = 0.25 / (0.25 + EPS)
        np.testing.assert_allclose(one_cell(image), expected, rtol=1e-6)

    @pytest.mark.parametrize(
        ("slope", "orientations", "lit"),
        [((1, 1), 8, 2), ((-1, 1), 8, 6), ((1, 1), 4, 1), ((1, 3), 9, 0), ((3, 1), 9, 3)],
    )
    def test_a_ramp_activates_the_bin_of_its_slope(self, slope, orientations, lit):
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


def few_levels(levels):
    """Images with many gradients of 45 degrees, and of 15, 22.5, 30 and 60 once roots are taken."""
    return np.random.default_rng(2).integers(0, levels, (10, 24, 24), dtype=np.uint8)


LEVELS = pytest.mark.parametrize("levels", [2, 5, 26, 256])


@LEVELS
@pytest.mark.parametrize("orientations", [8, 9, 12])
def test_gradients_of_bytes_on_the_edges_of_bins_are_those_of_scikit_image(orientations, levels):
    images = few_levels(levels)
    np.testing.assert_allclose(
        HOGDescriptor(orientations=orientations).fit_transform(images),
        [hog(image, orientations=orientations, cells_per_block=(2, 2)) for image in images],
        atol=1e-6,
    )


@LEVELS
@pytest.mark.parametrize("transform_sqrt", [False, True])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_unit_moves_no_gradient_over_the_edge_of_a_bin(dtype, transform_sqrt, levels):
    images = few_levels(levels)
    step = HOGDescriptor(transform_sqrt=transform_sqrt)
    np.testing.assert_allclose(
        step.fit_transform(images.astype(dtype) / dtype(255)),
        step.fit_transform(images),
        atol=1e-5,
    )


@LEVELS
@pytest.mark.parametrize("orientations", [8, 12])
def test_gradients_of_roots_on_an_edge_fall_into_the_bin_that_starts_there(orientations, levels):
    image = few_levels(levels)[0]
    down, right = np.gradient(np.sqrt(image.astype(float)))
    inner = np.s_[8:16, 8:16]
    degrees = (np.rad2deg(np.arctan2(down, right)) + 1e-9) % 180
    votes, _ = np.histogram(
        degrees[inner], orientations, (0, 180), weights=np.hypot(down, right)[inner]
    )
    described = hog_descriptor(
        image,
        orientations=orientations,
        cells_per_block=(1, 1),
        block_norm="L1",
        transform_sqrt=True,
    )
    np.testing.assert_allclose(
        described.reshape(3, 3, -1)[1, 1], votes / (votes.sum() + 64 * 2 * EPS), atol=1e-4
    )


@pytest.mark.parametrize("orientations", [1, 2, 3, 4, 7, 8, 9, 12, 28, 67, 180])
def test_all_gradients_of_bytes_fall_into_the_bins_of_their_angles(orientations):
    differences = np.arange(-255.0, 256.0)
    down, right = (part.ravel() for part in np.meshgrid(differences, differences))
    anywhere = (down == 0) & (right == 0)
    rounding = 255 * np.finfo(float).eps
    exact = _orientation_bins(down, right, orientations, rounding)
    quick = _orientation_bins(down.astype(np.float32), right.astype(np.float32), orientations, None)
    np.testing.assert_array_equal(quick[~anywhere], exact[~anywhere])
    degrees = (np.arctan2(down, right) * (180 / np.pi) + 1e-11) % 180
    edges = np.float32([180 / orientations * k for k in range(1, orientations)])
    expected = (degrees[:, np.newaxis] >= edges).sum(axis=1)
    np.testing.assert_array_equal(exact[~anywhere], expected[~anywhere])


@pytest.mark.parametrize(
    ("down", "right", "degrees"),
    [
        (0.0, 1.0, 0),
        (-0.0, 1.0, 0),
        (0.0, -1.0, 0),
        (1.0, -1e-17, 90),
        (-1.0, 0.0, 90),
        (-1.0, -1.0, 45),
        (1.0, -1.0, 135),
        (-1e-17, 1.0, 0),
    ],
)
def test_degrees_are_a_remainder_and_never_short_of_their_angle(down, right, degrees):
    found, _ = _by_degrees(np.array([down]), np.array([right]), 8, np.finfo(float).eps)
    assert degrees <= found[0] < degrees + 1e-12


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
def test_a_batch_equals_its_single_images_bitwise(any_batch, parameters):
    batch = HOGDescriptor(**parameters).fit_transform(any_batch)
    assert batch.dtype == np.float32
    for place in (0, 33, 69):
        np.testing.assert_array_equal(batch[place], hog_descriptor(any_batch[place], **parameters))


@pytest.mark.parametrize("dtype", ["uint8", "int32", "uint16", "float64", ">f8"])
def test_images_of_any_shape_are_described_as_by_scikit_image(dtype):
    rng = np.random.default_rng(0)
    for _ in range(12):
        cell, block = (2 * rng.integers(1, 5, 2)).tolist(), rng.integers(1, 4, 2).tolist()
        height, width = np.multiply(cell, block) + rng.integers(0, 9, 2)
        images = rng.integers(0, 256, (4, height, 2 * width)).astype(dtype)
        images = (images[:, :, ::2], images[::2, ::-1, :width])[rng.integers(2)]
        images.flags.writeable = False
        parameters = {
            "orientations": int(rng.integers(1, 20)),
            "pixels_per_cell": tuple(cell),
            "cells_per_block": tuple(block),
            "block_norm": str(rng.choice(["L2-Hys", "L2", "L1", "L1-sqrt"])),
            "transform_sqrt": bool(rng.integers(2)),
        }
        np.testing.assert_allclose(
            HOGDescriptor(**parameters).fit_transform(images),
            [hog(image.astype(float), **parameters) for image in images],
            atol=1e-6,
        )


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
    boxes = step.get_feature_boxes()
    assert {tuple(box) for box in boxes[row > 0]} == {(24, 16, 8, 8)}
    assert boxes[names.tolist().index("hog_r0c2_r1c0_o03")].tolist() == [16, 8, 8, 8]
    assert names[0] == "hog_r0c0_r0c0_o00"
    assert names[-1] == "hog_r1c2_r1c1_o07"


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"orientations": 0}, "'orientations' parameter"),
        ({"pixels_per_cell": 8}, "'pixels_per_cell' parameter"),
        ({"pixels_per_cell": (8,)}, "pixels_per_cell must be two integers of at least 1"),
        ({"pixels_per_cell": (0, 8)}, "pixels_per_cell must be two integers"),
        ({"cells_per_block": (2, 2.5)}, "cells_per_block must be two integers"),
        ({"block_norm": "L3"}, "'block_norm' parameter"),
        ({"transform_sqrt": "yes"}, "'transform_sqrt' parameter"),
        (
            {"cells_per_block": (2, 3)},
            r"requires images of shape \(16, 24\) or larger, got \(20, 20\)",
        ),
    ],
)
def test_wrong_parameters(parameters, message):
    with pytest.raises(ValueError, match=message):
        HOGDescriptor(**parameters).fit(np.zeros((1, 20, 20)))


def test_roots_need_pixels_of_zero_and_above():
    with pytest.raises(ValueError, match=r"transform_sqrt=True requires .* pixels, got -0.5"):
        HOGDescriptor(transform_sqrt=True).fit_transform(np.full((1, 16, 16), -0.5))
