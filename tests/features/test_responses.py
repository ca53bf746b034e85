import numpy as np
import pytest

from fer_classic.features import _responses
from fer_classic.features._responses import WindowedResponses
from fer_classic.features._windows import windows

pytestmark = pytest.mark.portability


def averages(vectors, atoms, threshold, grids, overlap):
    """As the docstring says: vectors are (height, width, p)."""
    responses = np.maximum(0, vectors @ atoms.T - threshold)
    height, width, _ = responses.shape
    return np.array(
        [
            responses[top:bottom, left:right].mean(axis=(0, 1))
            for grid in grids
            for top, bottom in windows(height, grid[0], overlap)
            for left, right in windows(width, grid[1], overlap)
        ]
    )


def draw(lattice, size, seed=0):
    return np.random.default_rng(seed).normal(size=(*lattice, size)).astype(np.float32)


def columns(vectors):
    height, width, size = vectors.shape
    rows = np.ones((1 + size, height * width), dtype=np.float32)
    rows[1:] = vectors.reshape(-1, size).T
    return rows


def test_by_hand():
    # Two places, one atom: responses 3 - 1 = 2, and 0 for a product below the threshold.
    vectors = np.float32([[[3], [0.5]]])
    encode = WindowedResponses(
        np.float32([[1]]), None, threshold=1, lattice=(1, 2), grids=[(1, 2), (1, 1)], overlap=0.0
    )
    np.testing.assert_array_equal(encode(columns(vectors)), [[2], [0], [1]])


@pytest.mark.parametrize("block", [1, 40, 2**17])
@pytest.mark.parametrize("mirror", [False, True])
@pytest.mark.parametrize(
    ("lattice", "grids", "overlap"),
    [
        ((9, 7), [(2, 3)], 1.0),
        ((9, 7), [(1, 1), (2, 2), (4, 4)], 0.0),
        ((1, 5), [(1, 2)], 0.5),
        ((6, 1), [(3, 1)], 0.3),
    ],
)
def test_batched_sums_are_averages(lattice, grids, overlap, mirror, block, monkeypatch):
    monkeypatch.setattr(_responses, "_BLOCK", block)
    atoms, vectors = draw((4,), 6), draw(lattice, 6, seed=1)
    parity = np.array([1, 1, 1, 1, -1, -1]) if mirror else None
    encode = WindowedResponses(
        atoms, parity, threshold=0.25, lattice=lattice, grids=grids, overlap=overlap
    )
    expected = averages(vectors, atoms, 0.25, grids, overlap)
    if mirror:
        reflected = vectors[:, ::-1] * parity
        expected = (expected + averages(reflected, atoms, 0.25, grids, overlap)) / 2
    result = encode(columns(vectors))
    assert result.dtype == np.float32
    np.testing.assert_allclose(result, expected, atol=1e-5)
    # The buffers are used again.
    encode(columns(draw(lattice, 6, seed=2)))
    np.testing.assert_array_equal(encode(columns(vectors)), result)


def test_all_coordinates_may_be_even():
    atoms, vectors = draw((3,), 2), draw((4, 5), 2, seed=1)
    settings = {"threshold": 0.1, "lattice": (4, 5), "grids": [(2, 2)], "overlap": 0.0}
    result = WindowedResponses(atoms, np.array([1, 1]), **settings)(columns(vectors))
    both = [averages(part, atoms, 0.1, [(2, 2)], 0.0) for part in (vectors, vectors[:, ::-1])]
    np.testing.assert_allclose(result, np.mean(both, axis=0), atol=1e-6)
