import os
from pathlib import Path

import cv2
import numpy as np
import pytest
from skimage.data import astronaut
from sklearn.svm import SVC

from fer_classic.exceptions import SourceError
from fer_classic.faces import FaceCropper, HaarDetector, intersection_over_union
from fer_classic.live import (
    UNCERTAIN,
    ArraySource,
    FrameResult,
    Recognizer,
    StreamRecognizer,
    TableSink,
    recognize_video,
)

CLASSES = np.array(["happy", "sad"])


class Brightness:
    """Probability of happy is the mean grey value; counts its calls."""

    classes_ = CLASSES

    def __init__(self):
        self.batches = []

    def predict_proba(self, X):
        self.batches.append(len(X))
        happy = X.mean(axis=(1, 2)) / 255
        return np.stack([happy, 1 - happy], axis=1)

    def predict(self, X):
        return CLASSES[self.predict_proba(X).argmax(axis=1)]


class Names:
    """A model without scores."""

    classes_ = CLASSES

    def predict(self, X):
        return CLASSES[(X.mean(axis=(1, 2)) < 128).astype(int)]


class Fixed:
    def __init__(self, *boxes):
        self.boxes = boxes

    def detect(self, image):
        return np.array(self.boxes).reshape(-1, 4), np.full(len(self.boxes), 5, np.float32)


def textured(level, shape=(120, 160)):
    """A frame of one mean brightness with something to follow in it."""
    noise = np.random.default_rng(0).integers(-20, 21, shape)
    smooth = cv2.GaussianBlur(noise.astype(np.float32), (0, 0), 2) * 4
    return np.clip(level + smooth, 0, 255).astype(np.uint8)


def stream(model, *boxes, min_probability=0.0, **options):
    recognizer = Recognizer(model, detector=Fixed(*boxes), min_probability=min_probability)
    return StreamRecognizer(recognizer, **options)


BOX = (30, 20, 60, 60)


def test_all_faces_of_a_frame_are_one_batch():
    model = Brightness()
    recognizer = stream(model, BOX, (95, 20, 50, 50))
    del model.batches[:]
    faces = recognizer.recognize(textured(200))
    assert [face.track_id for face in faces] == [1, 2]
    assert model.batches == [2]


def test_no_face_asks_no_model():
    model = Brightness()
    recognizer = stream(model)
    del model.batches[:]
    faces = recognizer.recognize(textured(200))
    assert faces == []
    assert model.batches == []
    assert list(faces.milliseconds) == ["follow", "detect"]


def test_the_times_of_the_stages_come_with_the_faces():
    recognizer = stream(Brightness(), BOX, detect_every=2)
    results = [recognizer.recognize(textured(200)) for _ in range(3)]
    followed, named = ["follow"], ["features", "predict"]
    assert [list(faces.milliseconds) for faces in results] == [
        [*followed, "detect", *named],
        [*followed, *named],
        [*followed, "detect", *named],
    ]
    assert all(time >= 0 for faces in results for time in faces.milliseconds.values())
    crop = recognizer.recognize(textured(200, (48, 48)))
    assert list(crop.milliseconds) == named


def test_scores_are_averaged_over_a_track():
    recognizer = stream(Brightness(), BOX, smoothing="average", window=3)
    (first,) = recognizer.recognize(textured(200))
    (second,) = recognizer.recognize(textured(100))
    alone = Recognizer(Brightness(), detector=Fixed(BOX)).recognize(textured(100))[0]
    expected = (first.scores["happy"] + alone.scores["happy"]) / 2
    assert second.scores["happy"] == pytest.approx(expected, abs=0.01)
    assert second.smoothing == "average of about 3 frames"


def test_the_past_goes_with_the_track():
    recognizer = stream(Brightness(), BOX, max_missed_frames=1, detect_every=1, window=99)
    recognizer.recognize(textured(250))
    assert list(recognizer._steps) == [1]
    recognizer.recognizer.detector.boxes = recognizer._tracker.detector.boxes = ()
    for _ in range(3):
        recognizer.recognize(np.zeros((120, 160), np.uint8))
    assert recognizer._steps == {}


def test_another_person_is_not_smoothed_with_the_one_before():
    person, other = textured(200), textured(60)[::-1, ::-1]
    alone = Recognizer(Brightness(), detector=Fixed(BOX)).recognize(other)[0]
    recognizer = stream(Brightness(), BOX, window=99)
    for _ in range(7):
        (before,) = recognizer.recognize(person)
    (after,) = recognizer.recognize(other)
    assert (before.track_id, before.expression) == (1, "happy")
    assert (after.track_id, after.expression) == (2, "sad")
    assert after.scores == alone.scores


def test_the_threshold_looks_at_smoothed_scores():
    recognizer = stream(Brightness(), BOX, min_probability=0.6, window=3)
    assert recognizer.recognize(textured(230))[0].expression == "happy"
    names = [recognizer.recognize(textured(60))[0].expression for _ in range(5)]
    # On its way from 0.9 to 0.24 the average is uncertain for a moment, which is not shown.
    assert names == ["happy", "happy", "sad", "sad", "sad"]


def talk(recognizer, n_frames, *, likes):
    """Labels of a face whose frames alternate between two brightnesses."""
    return [recognizer.recognize(textured(likes[k % 2]))[0] for k in range(n_frames)]


@pytest.mark.parametrize("min_probability", [0.0, 0.47])
@pytest.mark.parametrize("smoothing", ["average", "majority"])
def test_a_face_between_two_expressions_does_not_flicker(smoothing, min_probability):
    recognizer = stream(Brightness(), BOX, smoothing=smoothing, min_probability=min_probability)
    faces = talk(recognizer, 40, likes=(134, 120))
    assert {face.expression for face in faces} == {"happy"}


def test_an_improbable_face_is_steadily_uncertain():
    recognizer = stream(Brightness(), BOX, min_probability=0.7)
    faces = talk(recognizer, 40, likes=(140, 115))
    assert {face.expression for face in faces} == {UNCERTAIN}
    assert {face.reason for face in faces} == {""}


def test_without_smoothing_each_frame_stands_for_itself():
    faces = talk(stream(Brightness(), BOX, smoothing="none"), 4, likes=(150, 100))
    assert [face.expression for face in faces] == ["happy", "sad"] * 2


def test_a_model_without_scores_is_smoothed_by_majority():
    recognizer = stream(Names(), BOX)
    frames = [textured(level) for level in (200, 200, 60, 200)]
    faces = [recognizer.recognize(frame)[0] for frame in frames]
    assert [face.expression for face in faces] == ["happy"] * 4
    assert {face.smoothing for face in faces} == {"majority of 10 frames"}
    assert {face.scores for face in faces} == {None}
    with pytest.raises(ValueError, match=r"'average' needs a model that scores.* this Names"):
        stream(Names(), BOX, smoothing="average")


def test_a_decision_function_is_averaged():
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (12, 8, 8), dtype=np.uint8)

    class Decides(Names):
        def __init__(self):
            self.svc = SVC().fit(images.reshape(12, -1), ["happy", "sad"] * 6)

        def decision_function(self, X):
            return self.svc.decision_function(X[:, ::6, ::6].reshape(len(X), -1))

    recognizer = stream(Decides(), BOX)
    (face,) = recognizer.recognize(textured(128))
    assert face.score_kind == "decision"
    assert face.smoothing == "average of about 10 frames"


def test_crops_one_after_the_other_may_be_of_anybody():
    recognizer = stream(Brightness(), BOX)
    (face,) = recognizer.recognize(textured(200, (48, 48)))
    assert (face.box, face.track_id, face.detector_score) == ((0, 0, 48, 48), None, None)
    assert face.smoothing == "none"
    assert recognizer.recognize(textured(50, (48, 48)))[0].expression == "sad"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"detect_every": 0}, "detect_every must be 1 or more, got 0"),
        ({"max_missed_frames": -1}, "max_missed_frames must be 0 or more"),
        ({"window": 0}, "1 frame or more"),
        ({"smoothing": "mean"}, "mean"),
    ],
)
def test_wrong_settings(options, words):
    with pytest.raises(ValueError, match=words):
        stream(Brightness(), BOX, **options)


def test_an_astronaut_who_comes_nearer_and_leaves():
    photo = astronaut()[:256, 100:356, ::-1]
    detector = HaarDetector(min_size=60)
    recognizer = StreamRecognizer(Recognizer(Brightness(), detector=detector))
    tracks, overlaps, present = set(), [], []
    for k in range(45):
        scale = 1 + 0.01 * k
        shift = (40 + 3 * k if k < 30 else 130 + 40 * (k - 30), 20)
        matrix = np.float32([[scale, 0, shift[0]], [0, scale, shift[1]]])
        frame = cv2.warpAffine(photo, matrix, (480, 360), borderValue=(90, 90, 90))
        faces = recognizer.recognize(frame)
        present.append(len(faces))
        tracks |= {face.track_id for face in faces}
        boxes, _ = detector.detect(frame)
        if faces and len(boxes):
            overlaps.append(intersection_over_union([faces[0].box], boxes[:1])[0, 0])
    assert tracks == {1}
    assert present[:30] == [1] * 30
    assert present[-1] == 0
    assert len(overlaps) >= 30
    assert np.median(overlaps) > 0.85


@pytest.mark.parametrize(
    "convert", [lambda f: f, lambda f: f[..., 0], lambda f: np.dstack([f, f[..., 0] | 255])]
)
def test_frames_of_any_kind(convert):
    frame = convert(np.dstack([textured(200)] * 3))
    assert len(stream(Brightness(), BOX).recognize(frame)) == 1


@pytest.mark.parametrize("shape", [(3, 2), (200, 50), (12, 12)])
def test_portrait_and_tiny_frames(shape):
    recognizer = StreamRecognizer(Recognizer(Brightness(), detector="haar"))
    for _ in range(3):
        assert recognizer.recognize(np.zeros(shape, np.uint8)) == []


def test_the_model_s_own_geometry_is_used(fitted_model):
    recognizer = Recognizer(fitted_model, detector=Fixed(BOX))
    assert recognizer._geometry == {"size": 48, "margin": 0.1}
    assert isinstance(fitted_model[0], FaceCropper)


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads the memory from Linux")
def test_memory_is_flat_over_2_000_frames(tmp_path):
    def memory():
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    full, empty = textured(200, (96, 64)), np.zeros((96, 64), np.uint8)
    recognizer = stream(Brightness(), BOX, detect_every=20, max_missed_frames=5)
    detector, seen = recognizer.recognizer.detector, set()
    with TableSink(tmp_path / "t.csv", recognizer.classes) as table:
        for index in range(2_000):
            # People come and go, so that tracks and their past must be forgotten.
            present = index % 100 < 50
            detector.boxes = ((10, 8, 32, 32),) if present else ()
            faces = recognizer.recognize(full if present else empty)
            seen |= {face.track_id for face in faces}
            table.write(FrameResult(index, index / 25, full, faces))
            if index == 1_000:
                recognizer.recognizer.model.batches.clear()
                before = memory()
        recognizer.recognizer.model.batches.clear()
    assert len(seen) > 15
    assert len(recognizer._steps) <= 2
    assert memory() - before < 3e6


@pytest.fixture
def recognizer():
    return Recognizer(Brightness(), detector=Fixed(BOX))


def source(n=4):
    return ArraySource([textured(200)] * n, fps=10)


def test_frames_one_after_the_other(recognizer):
    frames = recognize_video(source(), recognizer, smoothing="none")
    first = next(frames)
    assert isinstance(first, FrameResult)
    assert [first.index, *(frame.index for frame in frames)] == [0, 1, 2, 3]
    (face,) = first.faces
    assert (face.track_id, face.expression, face.smoothing) == (1, "happy", "none")
    assert list(first.milliseconds) == ["follow", "detect", "features", "predict"]


def test_a_data_frame(recognizer):
    pandas = pytest.importorskip("pandas")
    table = recognize_video(source(), recognizer, to_dataframe=True, detect_every=2)
    assert isinstance(table, pandas.DataFrame)
    assert table["frame"].tolist() == [0, 1, 2, 3]
    np.testing.assert_allclose(table["time"], [0, 0.1, 0.2, 0.3])
    assert table["track"].tolist() == [1] * 4
    assert table["expression"].tolist() == ["happy"] * 4


@pytest.mark.parametrize("path", ["none.mp4", "none-at-all"])
def test_a_missing_file(path, recognizer, tmp_path):
    with pytest.raises(SourceError, match="none"):
        next(recognize_video(tmp_path / path, recognizer))


def test_the_source_is_closed_when_the_reader_stops(recognizer):
    closed = []

    def frames():
        try:
            for index in range(9):
                yield index, index / 10, textured(200)
        finally:
            closed.append(True)

    generator = recognize_video(frames(), recognizer)
    next(generator)
    generator.close()
    assert closed == [True]
