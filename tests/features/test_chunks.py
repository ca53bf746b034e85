import numpy as np
import pytest

from fer_classic.features import GaborBank, HOGDescriptor, LBPHistogram
from fer_classic.features._chunks import chunks


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
