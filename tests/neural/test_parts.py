import numpy as np
import pytest

from fer_classic.neural._parts import epoch_order, split_batches, validation_part


def rng(seed=0):
    return np.random.default_rng(seed)


class TestValidationPart:
    def test_single_images_are_stratified(self):
        codes = np.repeat([0, 1, 2], [200, 100, 10])
        part = validation_part(codes, np.arange(310), 0.1, rng())
        assert np.bincount(codes[part]).tolist() == [20, 10, 1]

    @pytest.mark.parametrize("seed", range(5))
    def test_groups_never_straddle(self, seed):
        groups = rng(seed).integers(0, 40, 400)
        codes = rng(seed + 100).integers(0, 3, 400)
        part = validation_part(codes, np.unique(groups, return_inverse=True)[1], 0.2, rng(seed))
        assert not set(groups[part]) & set(groups[~part])
        assert 0.1 < part.mean() <= 0.21

    def test_subjects_that_are_larger_than_the_part(self):
        groups = np.repeat([0, 1, 2], [30, 20, 40])
        codes = np.arange(90) % 5
        part = validation_part(codes, groups, 0.1, rng())
        assert set(groups[part]) == {1}

    @pytest.mark.parametrize("fraction", [0.05, 0.1, 0.2])
    @pytest.mark.parametrize("seed", range(6))
    def test_a_stray_image_is_no_part_by_itself(self, fraction, seed):
        """Ten groups of a hundred images, of which one fits at most, and one of a single image."""
        codes = np.append(np.tile(np.arange(5), 200), 2)
        groups = np.append(np.repeat(np.arange(10), 100), 10)
        part = validation_part(codes, groups, fraction, rng(seed))
        assert part.sum() in {100, 101, 200, 201}
        assert np.isin(codes[~part], codes[part]).all()

    @pytest.mark.parametrize("seed", range(5))
    def test_small_groups_are_not_filled_up(self, seed):
        """What is chosen one by one is enough."""
        groups = np.sort(rng(seed).integers(0, 1500, 2000))
        groups = np.unique(groups, return_inverse=True)[1]
        codes = rng(seed + 9).integers(0, 7, groups.max() + 1)[groups]
        part = validation_part(codes, groups, 0.05, rng(seed))
        assert np.bincount(codes[part]).tolist() == np.rint(0.05 * np.bincount(codes)).tolist()

    def test_a_class_of_one_group_stays_in_training(self):
        codes = np.repeat([0, 1], [50, 2])
        groups = np.concatenate([np.arange(50), [50, 50]])
        part = validation_part(codes, groups, 0.2, rng())
        assert part.sum() == 10
        assert not part[-2:].any()

    def test_equal_seeds_give_equal_parts(self):
        codes, groups = rng().integers(0, 3, 60), np.arange(60)
        parts = [validation_part(codes, groups, 0.2, rng(seed)) for seed in (0, 0, 1)]
        assert (parts[0] == parts[1]).all()
        assert (parts[0] != parts[2]).any()

    @pytest.mark.parametrize("groups", [[0, 0, 0, 0], [0, 0, 1, 1]])
    def test_nothing_to_spare(self, groups):
        with pytest.raises(ValueError, match="set validation_fraction=None"):
            validation_part(np.array([0, 0, 1, 1]), np.array(groups), 0.2, rng())


def test_an_epoch_sees_everything_once():
    order = epoch_order(np.array([0, 1, 1, 0, 1]), rng())
    assert sorted(order) == [0, 1, 2, 3, 4]


def test_oversampling_repeats_evenly():
    codes = np.repeat([0, 1, 2], [7, 3, 1])
    order = epoch_order(codes, rng(), oversample=True)
    assert np.bincount(codes[order]).tolist() == [7, 7, 7]
    assert set(np.bincount(order)[7:10]) == {2, 3}
    assert sorted(np.bincount(order)[:7]) == [1] * 7


@pytest.mark.parametrize(
    ("n", "batch_size", "sizes"),
    [
        (8, 4, [4, 4]),
        (9, 4, [3, 3, 3]),
        (5, 2, [3, 2]),
        (3, 2, [3]),
        (7, 100, [7]),
        (1, 100, [1]),
    ],
)
def test_batches_have_one_size_and_two_images(n, batch_size, sizes):
    batches = split_batches(np.arange(n), batch_size)
    assert [len(batch) for batch in batches] == sizes
    assert np.concatenate(batches).tolist() == list(range(n))
