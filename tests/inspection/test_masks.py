import numpy as np
import pytest

from fer_classic.inspection._masks import masks_map, random_masks


@pytest.mark.parametrize("shape", [(48, 48), (64, 48), (20, 45), (3, 5)])
def test_masks_come_in_complements(shape):
    masks = random_masks(shape, 12)
    assert masks.shape == (12, *shape)
    np.testing.assert_allclose(masks[::2] + masks[1::2], 1)
    assert masks.min() >= 0
    assert np.ptp(masks.mean(axis=(1, 2))) > 0


def test_masks_are_smooth_and_shifted():
    masks = random_masks((48, 48), 100)
    assert np.abs(np.diff(masks, axis=1)).max() < 0.2
    # The corners of the coarse cells lie at other places in each mask.
    assert len({mask.argmax() for mask in masks}) > 20


def test_the_slope_of_a_linear_score_by_hand():
    image = np.zeros((16, 16))
    image[4, 6] = 1

    def score(images):
        return 3 * images[:, 4, 6] - 1

    pixels, base_value = masks_map(score, image, fill="gray", n_masks=400)
    # From the cover, 0.5, to the pixel, 1.
    assert pixels[4, 6] == pytest.approx(1.5)
    assert base_value == 0.5
    assert pixels.max() == pytest.approx(1.5)
    assert np.abs(pixels[10:, 12:]).max() < 0.5


def test_a_constant_score():
    pixels, base_value = masks_map(lambda images: np.full(len(images), 7.0), np.eye(9))
    assert not pixels.any()
    assert base_value == 7


@pytest.mark.parametrize("n_masks", [0, 7, -2, 8.0])
def test_masks_are_pairs(n_masks):
    with pytest.raises(ValueError, match="n_masks must be an even number of at least 2"):
        masks_map(len, np.eye(9), n_masks=n_masks)
