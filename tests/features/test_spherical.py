import numpy as np
import pytest

from fer_classic.features._spherical import scale_to_unit, spherical_k_means

pytestmark = pytest.mark.portability


def rows_around(angles, spread=0.05, each=40, seed=0):
    """Unit vectors in the plane, about some angles in radians."""
    rng = np.random.default_rng(seed)
    turns = (np.asarray(angles) + rng.normal(0, spread, (each, len(angles)))).ravel()
    return np.stack([np.cos(turns), np.sin(turns)], axis=1).astype(np.float32)


def learn(rows, n_atoms, *, signs=None, max_iter=20, seed=0):
    return spherical_k_means(
        rows, n_atoms, signs=signs, max_iter=max_iter, random_state=np.random.RandomState(seed)
    )


def angles_of(atoms):
    np.testing.assert_allclose(np.linalg.norm(atoms, axis=1), 1, atol=1e-6)
    return np.sort(np.arctan2(atoms[:, 1], atoms[:, 0]))


def test_scaling():
    vectors = np.float32([[3, 4], [0, 0], [0, -2]])
    by_row = scale_to_unit(vectors.copy())
    np.testing.assert_allclose(by_row, [[0.6, 0.8], [0, 0], [0, -1]])
    by_column = scale_to_unit(vectors.T.copy(), axis=0)
    np.testing.assert_array_equal(by_column, by_row.T)
    assert scale_to_unit(vectors) is vectors


def test_atoms_are_the_directions_of_clusters():
    atoms, n_iter = learn(rows_around([0.2, 1.5, -2.0]), 3, seed=0)
    assert atoms.dtype == np.float32
    np.testing.assert_allclose(angles_of(atoms), [-2.0, 0.2, 1.5], atol=0.05)
    # It ends when no row changes its atom any more.
    assert n_iter < 20


def test_it_ends_after_so_many_rounds():
    rows = rows_around(np.linspace(-3, 3, 60))
    assert learn(rows, 20, max_iter=1)[1] == 1
    assert learn(rows, 20, max_iter=3)[1] == 3


def test_opposite_rows_are_dissimilar():
    atoms, _ = learn(rows_around([0.5, 0.5 - np.pi]), 2, seed=2)
    np.testing.assert_allclose(angles_of(atoms), [0.5 - np.pi, 0.5], atol=0.05)


def test_an_atom_stands_for_its_mirror_image():
    # Clusters at 1 and -1 mirror each other; two atoms for four clusters.
    rows = rows_around([1.0, -1.0, 2.5, -2.5])
    atoms, _ = learn(rows, 2, signs=np.array([1, -1]), seed=0)
    np.testing.assert_allclose(np.sort(np.abs(angles_of(atoms))), [1.0, 2.5], atol=0.05)


def test_an_atom_without_rows_stays():
    rows = np.repeat(np.float32([[1, 0]]), 10, axis=0)
    atoms, _ = learn(rows, 3)
    np.testing.assert_array_equal(atoms, rows[:3])


def test_more_rows_than_a_block():
    rows = rows_around([0.0, 2.0], each=5000)
    atoms, _ = learn(rows, 2, seed=4)
    np.testing.assert_allclose(angles_of(atoms), [0, 2], atol=0.01)


@pytest.mark.parametrize("signs", [None, np.array([1, -1])])
def test_a_seed_repeats(signs):
    rows = rows_around(np.linspace(-3, 3, 30))
    np.testing.assert_array_equal(
        learn(rows, 5, signs=signs, seed=3)[0], learn(rows, 5, signs=signs, seed=3)[0]
    )


def test_vectors_too_short_to_be_squared_stay_short():
    vectors = np.float32([[1e-24, 0], [3e-3, 4e-3]])
    scaled = scale_to_unit(vectors.copy())
    assert np.abs(scaled[0]).max() < 1e-3
    np.testing.assert_allclose(scaled[1], [0.6, 0.8], rtol=1e-6)
