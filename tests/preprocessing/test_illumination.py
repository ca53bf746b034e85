import re

import cv2
import numpy as np
import pytest

from fer_classic.preprocessing import Equalizer, equalize

pytestmark = pytest.mark.portability

METHODS = ("histogram", "clahe", "tan_triggs")


def noise(seed=0, shape=(48, 40), low=0, high=256):
    return np.random.default_rng(seed).integers(low, high, shape, dtype=np.uint8)


def test_histogram_by_hand():
    # Levels in equal numbers are spread evenly, the lowest to 0 and the highest to 255.
    image = np.array([[10, 20], [30, 40]], dtype=np.uint8)
    assert equalize(image, method="histogram").tolist() == [[0, 85], [170, 255]]


def test_histogram_uses_the_whole_range_and_keeps_the_order():
    dark = noise(high=40)
    result = equalize(dark, method="histogram")
    assert (result.min(), result.max()) == (0, 255)
    order = np.argsort(dark, axis=None, kind="stable")
    assert (np.diff(result.ravel()[order].astype(int)) >= 0).all()


def test_histogram_undoes_gain_and_offset():
    image = noise(high=100)
    expected = equalize(image, method="histogram")
    np.testing.assert_array_equal(equalize(2 * image + 30, method="histogram"), expected)


def test_clahe_works_in_tiles():
    image = np.hstack([noise(high=60), noise(low=180, high=240)])
    result = equalize(image, clip_limit=40.0, tiles=2)
    for half in (result[:, :20], result[:, 60:]):
        assert np.ptp(half.astype(int)) > 200


@pytest.mark.parametrize(("clip_limit", "tiles"), [(1.0, 2), (4.0, 8)])
def test_parameters_reach_clahe(clip_limit, tiles):
    expected = cv2.createCLAHE(clip_limit, (tiles, tiles)).apply(noise())
    np.testing.assert_array_equal(equalize(noise(), clip_limit=clip_limit, tiles=tiles), expected)


def test_a_higher_limit_allows_more_contrast():
    dull = noise(low=120, high=136)
    spread = [equalize(dull, clip_limit=limit, tiles=1).std() for limit in (1.0, 2.0, 8.0)]
    assert dull.std() < spread[0] < spread[1] < spread[2]


@pytest.mark.parametrize("limit", [256.0, 1e3, 1e9, 1e10, 1e12])
@pytest.mark.parametrize("tiles", [1, 4, 5])
def test_high_limits_are_none(limit, tiles):
    # One level in most pixels is what a limit acts on; 0 turns it off in OpenCV.
    image = np.where(noise() < 200, 100, noise(seed=1)).astype(np.uint8)
    expected = cv2.createCLAHE(0.0, (tiles, tiles)).apply(image)
    result = equalize(image, clip_limit=limit, tiles=tiles)
    np.testing.assert_array_equal(result, expected)
    assert (result != equalize(image, tiles=tiles)).any()
    (batch,) = Equalizer(clip_limit=limit, tiles=tiles).fit_transform(image[np.newaxis])
    np.testing.assert_array_equal(batch, expected)


def test_limits_are_whole_pixels():
    # Tiles of 12 x 12: int(limit * 144 / 256), at least 1.
    image = noise(shape=(48, 48), high=60)
    results = [equalize(image, clip_limit=limit).tobytes() for limit in (0.01, 1, 3.55, 3.56, 5.3)]
    assert results[0] == results[1] == results[2] != results[3] == results[4]
    assert results[4] != equalize(image, clip_limit=5.4).tobytes()


def test_tan_triggs_takes_a_shadow_away():
    face = cv2.GaussianBlur(noise(), (0, 0), 1.5).astype(float)
    shadow = np.linspace(1.0, 0.15, 40)
    lit, shaded = (np.uint8(np.rint(one)) for one in (face, face * shadow))
    before = np.corrcoef(lit.ravel(), shaded.ravel())[0, 1]
    after = np.corrcoef(*(equalize(one, method="tan_triggs").ravel() for one in (lit, shaded)))[
        0, 1
    ]
    assert before < 0.5
    assert after > 0.85


def test_tan_triggs_is_symmetric_about_mid_grey():
    result = equalize(noise(), method="tan_triggs")
    assert abs(result.mean() - 127.5) < 10
    assert result.std() > 10


@pytest.mark.parametrize("level", [0, 77, 255])
def test_a_flat_image_is_mid_grey_for_tan_triggs(level):
    result = equalize(np.full((9, 9), level, np.uint8), method="tan_triggs")
    assert (result == 128).all()


@pytest.mark.parametrize("level", [3, 77, 255])
def test_flat_parts_are_mid_grey_for_tan_triggs(level):
    image = np.full((40, 40), level, np.uint8)
    image[:, 30:] = noise(shape=(40, 10))
    assert (equalize(image, method="tan_triggs")[:, :20] == 128).all()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (2, 3)])
def test_tiny_images_keep_their_shape(method, shape):
    result = equalize(noise(shape=shape), method=method)
    assert result.shape == shape
    assert result.dtype == np.uint8


@pytest.mark.parametrize("method", METHODS)
def test_a_batch_equals_its_single_images(method):
    images = noise(shape=(4, 33, 22))
    batch = Equalizer(method, clip_limit=3.0, tiles=3).fit_transform(images)
    for image, result in zip(images, batch, strict=True):
        expected = equalize(image, method=method, clip_limit=3.0, tiles=3)
        np.testing.assert_array_equal(result, expected)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"method": "gamma"}, "'method' parameter"),
        ({"clip_limit": 0}, "'clip_limit' parameter"),
        ({"tiles": 0}, "'tiles' parameter"),
        ({"tiles": 2.5}, "'tiles' parameter"),
        ({"tiles": 10**5}, r"'tiles' parameter .* range \[1, 256\]\. Got 100000"),
    ],
)
def test_wrong_parameters_are_named_by_both_doors(parameters, message):
    with pytest.raises(ValueError, match=message):
        equalize(noise(), **parameters)
    with pytest.raises(ValueError, match=message):
        Equalizer(**parameters).fit_transform(noise()[np.newaxis])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("shape", [(9, 9, 3), (2, 9, 9), (9,), (0, 5), (5, 0)])
def test_what_is_no_grey_image(method, shape):
    found = re.escape(f"equalize expects a grey image of shape (h, w), got {shape}")
    with pytest.raises(ValueError, match=found):
        equalize(np.zeros(shape, np.uint8), method=method)
