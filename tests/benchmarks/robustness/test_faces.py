import numpy as np
import pytest

from benchmarks.robustness import faces as module
from benchmarks.robustness.faces import load_faces, stratified
from fer_classic.datasets import dataset_digest, load_drawn_faces
from fer_classic.exceptions import DataNotFoundError
from tests.benchmarks.conftest import make_faces


def test_a_subset_has_the_proportions_of_the_classes():
    target = np.repeat([0, 1, 2], [600, 300, 100])
    np.random.default_rng(0).shuffle(target)
    for n, counts in ((10, (6, 3, 1)), (100, (60, 30, 10))):
        chosen = stratified(target, n)
        assert len(chosen) == n
        assert np.all(np.diff(chosen) > 0)
        assert np.abs(np.bincount(target[chosen]) - counts).max() <= 1


def test_subsets_are_random_repeatable_and_nested():
    target = np.tile([0, 1], 100)
    small, large = stratified(target, 20), stratified(target, 50)
    np.testing.assert_array_equal(small, stratified(target, 20))
    assert set(small) < set(large)
    assert set(small) != set(stratified(target, 20, seed=1))
    assert small.max() > 100
    np.testing.assert_array_equal(stratified(target, 500), np.arange(200))


def test_drawn_faces():
    everything = load_faces("drawn", None, 10_000)
    assert (len(everything), everything.part) == (768, None)
    assert everything.digest == dataset_digest(load_drawn_faces())
    some = load_faces("drawn", None, 16)
    assert sorted(some.labels) == sorted(list(dict.fromkeys(everything.labels)) * 2)
    np.testing.assert_array_equal(some.images, everything.images[some.positions])
    assert some.digest != everything.digest
    happy = some.of_classes(["happy", "unknown"])
    assert happy.labels.tolist() == ["happy", "happy"]
    assert happy.digest == some.digest


def test_public_test_is_asked_for(monkeypatch):
    def load(data_dir, *, split):
        assert (data_dir, split) == ("somewhere", "PublicTest")
        return make_faces("fer2013")

    monkeypatch.setattr(module, "load_fer2013", load)
    faces = load_faces("fer2013", "somewhere", 8)
    assert (faces.dataset, faces.part, len(faces)) == ("fer2013", "PublicTest", 8)


def test_missing_data(tmp_path):
    with pytest.raises(DataNotFoundError, match="FER2013 was not found"):
        load_faces("fer2013", tmp_path, 8)
