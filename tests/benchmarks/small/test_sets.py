import numpy as np
import pytest

from benchmarks.small import sets
from benchmarks.small.sets import draw_set
from fer_classic.datasets import load_drawn_faces
from fer_classic.exceptions import DataFormatError


def test_three_faces_of_each_expression_of_four_people():
    drawn, same, other = (draw_set("drawn, 4 people", draw) for draw in (0, 0, 1))
    assert drawn.images.shape == (96, 48, 48)
    assert np.unique(drawn.labels, return_counts=True)[1].tolist() == [12] * 8
    assert len(np.unique(drawn.groups)) == len(drawn.folds) == 4
    for fold in drawn.folds:
        assert not set(drawn.groups[fold.train]) & set(drawn.groups[fold.test])
    np.testing.assert_array_equal(drawn.images, same.images)
    assert drawn.images.tobytes() != other.images.tobytes()


@pytest.fixture
def training(monkeypatch):
    """A Training part of 320 images, of which a network has held out every other."""
    bunch = load_drawn_faces(n_subjects=10, n_per_class=4)
    bunch.subjects = None
    network = type("Network", (), {"validation_index_": np.arange(0, 320, 2)})
    loaded = type("Loaded", (), {"model": {"cnn": network}})
    monkeypatch.setattr(sets, "load_fer2013", lambda home, split: bunch)
    monkeypatch.setattr(sets, "load_bundled", lambda name: loaded)
    monkeypatch.setattr(sets, "_N_TRAIN", 50)
    return bunch, network


def test_images_that_the_network_has_not_seen(training):
    bunch, _ = training
    drawn = draw_set("fer2013, 200 images", 0)
    np.testing.assert_array_equal(drawn.images, bunch.images[::2])
    (fold,) = drawn.folds
    assert (len(fold.train), len(fold.test)) == (50, 110)
    moved = draw_set("fer2013, 200 moved", 0)
    np.testing.assert_array_equal(moved.labels, drawn.labels)
    np.testing.assert_array_equal(moved.folds[0].train, fold.train)
    # The same faces, not quite in their place.
    difference = np.abs(moved.images.astype(int) - drawn.images)
    assert 3 < difference.mean() < 30


def test_another_training_part(training):
    training[1].validation_index_ = np.array([0, 320])
    with pytest.raises(DataFormatError, match="not fitted on this Training part"):
        draw_set("fer2013, 200 images", 0)


def test_portraits_of_other_people_in_each_draw(monkeypatch):
    asked = []

    def make(**settings):
        asked.append(settings)
        return load_drawn_faces(n_subjects=10, n_per_class=1)

    monkeypatch.setattr(sets, "make_drawn_faces", make)
    drawn = draw_set("portraits, 10 people", 2)
    assert asked == [{"n_subjects": 10, "n_per_class": 3, "shape": (256, 256), "seed": 1002}]
    assert drawn.groups[0] == "D01 of 2"
    assert len(drawn.folds) == 10
