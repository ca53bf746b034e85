import numpy as np
import pytest

from fer_classic.inspection._occlusion import covered, default_patch, filled, occlusion_map


def bright(images):
    return images[:, 8:16, 8:16].mean(axis=(1, 2)) / 255


def white_block():
    image = np.random.default_rng(0).integers(0, 256, (48, 48), dtype=np.uint8)
    image[8:16, 8:16] = 255
    return image


def test_a_block_by_hand():
    pixels, base_value = occlusion_map(bright, white_block(), fill="gray", patch=8, stride=4)
    fall = 1 - 128 / 255
    assert base_value == pytest.approx(128 / 255)
    # Patches around a pixel of the block begin at or 4 pixels before it, on both axes: they cover
    # all or half of its rows.
    np.testing.assert_allclose(pixels[8:16, 8:16], 0.75**2 * fall)
    # Above the block they cover none or half of its rows.
    np.testing.assert_allclose(pixels[4:8, 8:16], 0.25 * 0.75 * fall)
    np.testing.assert_allclose(pixels[16:20, 16:20], 0.25**2 * fall)
    assert not pixels[:4].any()
    assert not pixels[20:].any()


def test_all_copies_are_scored_at_once():
    calls = []

    def score(images):
        calls.append(images.copy())
        return np.zeros(len(images))

    image = white_block()
    occlusion_map(score, image)
    (images,) = calls
    np.testing.assert_array_equal(images[0], image)
    np.testing.assert_array_equal(images[1], filled(image, "blur"))
    assert len(images) == 2 + 13 * 13


@pytest.mark.parametrize("shape", [(48, 48), (50, 45), (7, 30), (1, 3)])
def test_pixels_are_covered_equally_often(shape):
    patch, stride = default_patch(shape)
    copies, boxes = covered(np.zeros(shape), np.ones(shape), patch, stride)
    assert len(copies) == len(boxes)
    assert set(copies.sum(axis=0).ravel()) == {(patch / stride) ** 2}


def test_what_covers():
    image = np.full((6, 8), 10, np.uint8)
    image[0, 0] = 58
    assert set(filled(image, "mean").ravel()) == {11}
    assert set(filled(image, "gray").ravel()) == {128}
    assert set(filled(image / 255, "gray").ravel()) == {0.5}
    blurred = filled(white_block(), "blur")
    assert blurred.dtype == np.uint8
    assert blurred.std() < white_block().std() / 4


@pytest.mark.parametrize(
    ("sides", "n_patches"),
    [
        ({"patch": 7}, 7 * 7),
        ({"patch": 6}, 17 * 17),
        ({"stride": 3}, 17 * 17),
        ({"patch": 1}, 48**2),
    ],
)
def test_one_of_patch_and_stride_is_enough(sides, n_patches):
    sizes = []

    def score(images):
        sizes.append(len(images))
        return np.zeros(len(images))

    occlusion_map(score, white_block(), **sides)
    assert sizes == [2 + n_patches]


@pytest.mark.parametrize(
    "sides", [{"patch": 6, "stride": 4}, {"patch": 49}, {"patch": 0}, {"stride": 2.5}]
)
def test_patches_that_do_not_fit(sides):
    with pytest.raises(ValueError, match="patch must be a multiple of stride"):
        occlusion_map(bright, white_block(), **sides)
