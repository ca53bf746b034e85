import numpy as np
import pytest
import skimage.data
from sklearn.base import BaseEstimator, ClassifierMixin

from fer_classic.live import ArraySource, Recognizer
from fer_classic.live._posing import Pictures, take_pictures

FACE = np.ascontiguousarray(skimage.data.astronaut()[:256, 100:356, ::-1])
WALL = np.full_like(FACE, 128)


class Sink:
    """Remembers what it has shown; ends after a number of frames."""

    def __init__(self, most=None):
        self.shown, self.most, self.closed = [], most, False

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self.closed = True

    def write(self, result):
        self.shown.append(result.image)
        return len(self.shown) != self.most


class Model:
    classes_ = np.array(["happy", "sad"])

    def predict(self, X):
        return self.classes_[np.zeros(len(X), int)]


@pytest.fixture(scope="module")
def recognizer():
    return Recognizer(Model(), card={"crop": {"size": 48, "margin": 0.1}}, upright=False)


def pose(recognizer, frames, names=("happy", "sad"), sink=None, **options):
    takes, sink = [], sink or Sink()
    source = ArraySource(frames, fps=1)
    complete = take_pictures(source, recognizer, names, sink, takes.append, **options)
    assert sink.closed
    return complete, takes, sink.shown


def test_each_expression_after_a_pause(recognizer):
    frames = [FACE] * 20
    complete, takes, shown = pose(recognizer, frames, n_frames=3, pause=2.0)
    assert complete
    assert [(take.name, take.crops.shape) for take in takes] == [
        ("happy", (3, 48, 48)),
        ("sad", (3, 48, 48)),
    ]
    # Frames 2, 3, 4, and from frame 4 on again two seconds and three frames.
    assert len(shown) == 9


def test_what_is_asked_for_is_drawn_into_a_copy(recognizer):
    _, _, shown = pose(recognizer, [FACE, WALL], n_frames=9, pause=0.0)
    assert (shown[0] != FACE).any()
    assert (shown[1] != WALL).any()
    assert (WALL == 128).all()


def test_frames_without_a_face_are_not_taken(recognizer):
    complete, takes, _ = pose(recognizer, [WALL, FACE, WALL, FACE], n_frames=2, pause=0.0)
    assert not complete
    assert [take.name for take in takes] == ["happy"]


def test_only_complete_takes_are_kept_when_the_person_ends(recognizer):
    complete, takes, shown = pose(recognizer, [FACE] * 20, sink=Sink(7), n_frames=5, pause=0.0)
    assert not complete
    assert len(shown) == 7
    assert [take.name for take in takes] == ["happy"]


def test_expressions_can_be_repeated(recognizer):
    names = ["happy", "sad"] * 2
    complete, takes, _ = pose(recognizer, [FACE] * 9, names, n_frames=2, pause=0.0)
    assert complete
    assert [take.name for take in takes] == names


def test_pictures_that_are_crops_are_taken_whole(recognizer):
    crop = np.arange(48 * 48, dtype=np.uint8).reshape(48, 48)
    _, takes, _ = pose(recognizer, [crop], ["happy"], n_frames=1, pause=0.0)
    np.testing.assert_array_equal(takes[0].crops, [crop])


def test_pictures_are_counted_by_expression():
    pictures = Pictures()
    assert str(pictures) == "0 pictures"
    pictures.add([WALL, WALL], "sad", "first")
    pictures.add([FACE], "happy", "second")
    assert pictures.counts == {"happy": 1, "sad": 2}
    assert str(pictures) == "3 pictures (happy 1, sad 2)"
    assert pictures.groups == ["first", "first", "second"]


def test_a_model_is_adapted_and_judged_by_whole_takes(recognizer):
    class Scored(Model, ClassifierMixin, BaseEstimator):
        def fit(self, X, y):
            return self

        def __sklearn_is_fitted__(self):
            return True

        def predict_proba(self, X):
            return np.full((len(X), 2), 0.5)

    scored = Recognizer(Scored(), card=recognizer.card, upright=False)
    pictures, rng = Pictures(), np.random.default_rng(0)
    for name, take in (("happy", "1"), ("happy", "2"), ("sad", "3")):
        pictures.add(rng.integers(0, 255, (2, 48, 48), np.uint8), name, take)
    adapted = pictures.adapt(scored)
    # Nothing is left of "sad" when its only take is left out.
    assert (adapted.n_images_, adapted.n_judged_) == (6, 4)
