import numpy as np
import pytest

from fer_classic.features import (
    BagOfVisualWords,
    DenseSIFT,
    Flatten,
    GaborBank,
    HOGDescriptor,
    LBPHistogram,
    PatchDictionary,
    gabor_energy,
)
from fer_classic.features._chunks import chunks, unit_chunks

IN_UNITS = [
    DenseSIFT(),
    Flatten(),
    GaborBank(grid=(3, 3)),
    PatchDictionary(n_atoms=4, n_patches=500, grid=(2, 2), random_state=0),
    BagOfVisualWords(n_words=4, n_descriptors=50, n_components=8, random_state=0),
]


@pytest.mark.parametrize(
    ("n_images", "n_values", "expected"),
    [(5, 50, [(0, 2), (2, 4), (4, 6)]), (2, 100, [(0, 1), (1, 2)]), (2, 101, [(0, 1), (1, 2)])],
)
def test_a_table(monkeypatch, n_images, n_values, expected):
    monkeypatch.setattr("fer_classic.features._chunks._VALUES", 100)
    assert [(chunk.start, chunk.stop) for chunk in chunks(n_images, n_values)] == expected


@pytest.mark.parametrize("n_values", [1, 300, 2304, 10**9])
def test_they_cover_the_batch_in_order(n_values):
    batch = np.arange(331)
    parts = [batch[chunk] for chunk in chunks(len(batch), n_values)]
    assert min(map(len, parts)) >= 1
    np.testing.assert_array_equal(np.concatenate(parts), batch)


@pytest.mark.parametrize(
    ("step", "tolerance"),
    [
        (LBPHistogram(grid=(2, 2), radius=(1, 2.5)), 0),
        (HOGDescriptor(), 0),
        # BLAS may add in another order for another number of images.
        (GaborBank(grid=(3, 3)), 1e-5),
    ],
)
@pytest.mark.parametrize("n_values", [1, 1200])
def test_they_do_not_show(monkeypatch, step, tolerance, n_values):
    images = np.random.default_rng(0).integers(0, 256, (7, 20, 24), dtype=np.uint8)
    expected = step.fit_transform(images)
    monkeypatch.setattr("fer_classic.features._chunks._VALUES", n_values)
    np.testing.assert_allclose(step.transform(images), expected, rtol=0, atol=tolerance)


def test_units_of_chunks(monkeypatch):
    monkeypatch.setattr("fer_classic.features._chunks._VALUES", 2)
    batch = np.array([0, 13107, 65535], np.uint16).reshape(3, 1, 1)
    parts = list(unit_chunks(batch, 1))
    assert [(chunk.start, chunk.stop) for chunk, _ in parts] == [(0, 2), (2, 4)]
    units = np.concatenate([units for _, units in parts])
    assert units.dtype == np.float32
    np.testing.assert_allclose(units.ravel(), [0, 0.2, 1])


@pytest.mark.parametrize("step", IN_UNITS, ids=lambda step: type(step).__name__)
class TestSixteenBits:
    def test_dark_images_may_come_first(self, step, monkeypatch):
        monkeypatch.setattr("fer_classic.features._chunks._VALUES", 1)
        images = np.random.default_rng(0).integers(0, 65536, (6, 20, 24), dtype=np.uint16)
        images[0] >>= 8
        expected = step.fit(images[::-1]).transform(images[::-1])
        np.testing.assert_allclose(step.transform(images), expected[::-1], atol=1e-5)

    def test_batches_of_eight_bits_are_refused(self, step):
        images = np.random.default_rng(0).integers(0, 256, (6, 20, 24), dtype=np.uint16)
        with pytest.raises(ValueError, match="uint16 hold 0 to 65535, got values from 0 to 255"):
            step.fit_transform(images)


@pytest.mark.parametrize("dtype", ["u2", "i4", "f4", "f8"])
@pytest.mark.parametrize(
    "step", [*IN_UNITS, HOGDescriptor(), LBPHistogram(grid=(2, 2))], ids=lambda s: type(s).__name__
)
def test_the_byte_order_does_not_matter(step, dtype):
    images = np.random.default_rng(0).integers(0, 256, (6, 20, 24))
    images = images * 257 if dtype == "u2" else images / (255 if dtype[0] == "f" else 1)
    expected = step.fit_transform(images.astype(f"<{dtype}"))
    np.testing.assert_array_equal(step.fit_transform(images.astype(f">{dtype}")), expected)


def test_one_image_of_sixteen_bits():
    image = np.random.default_rng(0).integers(0, 256, (20, 24), dtype=np.uint8)
    expected = gabor_energy(image, 6, 30)
    for order in "<>":
        wide = (image.astype(np.uint16) * 257).astype(f"{order}u2")
        np.testing.assert_allclose(gabor_energy(wide, 6, 30), expected, rtol=1e-4, atol=1e-7)
    with pytest.raises(ValueError, match="uint16 hold 0 to 65535"):
        gabor_energy(image.astype(np.uint16), 6, 30)
