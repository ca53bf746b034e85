import cv2
import numpy as np
import pytest
from skimage.data import astronaut

from fer_classic.datasets import load_drawn_faces
from fer_classic.faces import intersection_over_union
from fer_classic.live._timing import StageTimer
from fer_classic.live.tracking._tracker import FaceTracker

SIDE = 100


@pytest.fixture(scope="module")
def face():
    return cv2.cvtColor(astronaut(), cv2.COLOR_RGB2GRAY)[66:166, 176:276]


class Stage:
    """Frames with faces at known places, and a detector that knows the places."""

    def __init__(self, face, shape=(360, 480)):
        self.face = face
        self.ground = np.random.default_rng(1).integers(90, 130, shape, dtype=np.uint8)
        self.ground = cv2.GaussianBlur(self.ground, (0, 0), 3)
        self.places = []
        self.asked = 0
        self.blind = False

    def show(self, *places, side=SIDE):
        self.places = [(*map(round, place), side, side) for place in places]
        frame = self.ground.copy()
        image = cv2.resize(self.face, (side, side))
        for x, y, *_ in self.places:
            left, top = max(x, 0), max(y, 0)
            part = image[top - y : frame.shape[0] - y, left - x : frame.shape[1] - x]
            frame[top : top + part.shape[0], left : left + part.shape[1]] = part
        return frame

    def detect(self, frame):
        self.asked += 1
        boxes = [] if self.blind else self.places
        return np.array(boxes, dtype=np.int64).reshape(-1, 4), np.full(len(boxes), 9, np.float32)


@pytest.fixture
def stage(face):
    return Stage(face)


def overlap(track, place):
    return intersection_over_union([track.box], [(*place, SIDE, SIDE)])[0, 0]


def test_the_detector_is_asked_now_and_then(stage):
    tracker = FaceTracker(stage, detect_every=4)
    asked = []
    for k in range(9):
        timer = StageTimer()
        (track,) = tracker.update(stage.show((50 + 3 * k, 60)), timer=timer)
        asked.append(stage.asked)
        assert track.id == 1
        assert (track.score is None) == (k % 4 != 0)
        assert ("detect" in timer.milliseconds) == (k % 4 == 0)
        assert overlap(track, (50 + 3 * k, 60)) > 0.9
    assert asked == [1, 1, 1, 1, 2, 2, 2, 2, 3]


def test_following_stays_on_faces_that_move_and_grow(stage):
    tracker = FaceTracker(stage, detect_every=10)
    for k in range(30):
        side = 80 + 2 * k
        place = (100 + 40 * np.sin(k / 6), 90 - k)
        (track,) = tracker.update(stage.show(place, side=side))
        box = (*map(round, place), side, side)
        assert intersection_over_union([track.box], [box])[0, 0] > 0.8


def test_every_frame_can_be_detected(stage):
    tracker = FaceTracker(stage, detect_every=1)
    for k in range(5):
        (track,) = tracker.update(stage.show((50 + 9 * k, 60)))
        assert (track.id, track.score) == (1, 9.0)
    assert stage.asked == 5


def test_several_faces_keep_their_numbers(stage):
    tracker = FaceTracker(stage, detect_every=3)
    for k in range(20):
        places = [(10 + 4 * k, 20), (340 - 4 * k, 200)]
        tracks = tracker.update(stage.show(*places))
        found = {track.id: overlap(track, place) for track in tracks for place in places[:1]}
        assert sorted(track.id for track in tracks) == [1, 2]
        assert found[1] > 0.8


def test_twelve_faces(stage):
    stage = Stage(stage.face, (330, 440))
    places = [(10 + 110 * (k % 4), 5 + 108 * (k // 4)) for k in range(12)]
    tracker = FaceTracker(stage, detect_every=5)
    for _ in range(7):
        tracks = tracker.update(stage.show(*places))
        assert sorted(track.id for track in tracks) == list(range(1, 13))


def test_a_face_that_leaves_is_gone_and_a_new_one_has_a_new_number(stage):
    tracker = FaceTracker(stage, detect_every=2, max_missed_frames=3)
    for k in range(14):
        place = (300 + 15 * k, 100)
        tracks = tracker.update(stage.show(place) if place[0] < 440 else stage.show())
    assert tracks == []
    (track,) = tracker.update(stage.show((20, 20)))
    assert track.id == 2


def test_a_short_occlusion_keeps_the_number(stage):
    tracker = FaceTracker(stage, detect_every=5, max_missed_frames=20)
    for _ in range(4):
        tracker.update(stage.show((150, 100)))
    asked = stage.asked
    assert tracker.update(stage.show()) == []
    assert stage.asked == asked + 1  # asked at once
    for _ in range(8):
        assert tracker.update(stage.show()) == []
    for _ in range(6):
        tracks = tracker.update(stage.show((165, 105)))
    assert [track.id for track in tracks] == [1]


def test_a_face_that_the_detector_misses_is_followed_on_for_a_while(stage):
    tracker = FaceTracker(stage, detect_every=2)
    for k in range(7):
        tracker.update(stage.show((50 + 2 * k, 60)))
    stage.blind = True
    ids = [[t.id for t in tracker.update(stage.show((64 + 2 * k, 60)))] for k in range(12)]
    assert ids[:6] == [[1]] * 6
    assert ids[-1] == []


def test_a_face_that_the_detector_misses_for_long_keeps_its_number(stage):
    tracker = FaceTracker(stage, detect_every=1, max_missed_frames=10)
    for _ in range(5):
        tracker.update(stage.show((50, 60)))
    stage.blind = True
    for _ in range(8):
        tracks = tracker.update(stage.show((50, 60)))
    assert tracks == []
    stage.blind = False
    assert [track.id for track in tracker.update(stage.show((50, 60)))] == [1]


@pytest.mark.parametrize(("absent", "number"), [(3, 1), (4, 2)])
def test_missed_frames_are_counted(absent, number, stage):
    tracker = FaceTracker(stage, detect_every=1, max_missed_frames=3)
    tracker.update(stage.show((150, 100)))
    for _ in range(absent):
        assert tracker.update(stage.show()) == []
    (track,) = tracker.update(stage.show((150, 100)))
    assert track.id == number


def test_a_detection_that_is_not_confirmed_goes(stage):
    tracker = FaceTracker(stage, detect_every=3)
    assert len(tracker.update(stage.show((50, 60)))) == 1
    stage.blind = True
    counts = [len(tracker.update(stage.show((50, 60)))) for _ in range(4)]
    assert counts == [1, 1, 0, 0]


def test_a_smaller_box_inside_a_known_face_is_no_face(stage, monkeypatch):
    tracker = FaceTracker(stage, detect_every=1)
    tracker.update(stage.show((150, 100)))
    frame = stage.show((150, 100))
    boxes = np.array([[150, 100, SIDE, SIDE], [180, 130, 30, 30]])
    monkeypatch.setattr(stage, "detect", lambda _: (boxes, np.ones(2, np.float32)))
    assert [track.id for track in tracker.update(frame)] == [1]


def test_a_frame_of_another_size_begins_anew(stage):
    tracker = FaceTracker(stage, detect_every=10)
    tracker.update(stage.show((50, 60)))
    other = Stage(stage.face, (240, 320))
    tracker.detector = other
    (track,) = tracker.update(other.show((60, 60)))
    assert (track.id, other.asked) == (2, 1)


def test_the_largest_comes_first(stage, monkeypatch):
    tracker = FaceTracker(stage, detect_every=1)
    boxes = np.array([[10, 10, 40, 40], [150, 100, 90, 90]])
    monkeypatch.setattr(stage, "detect", lambda _: (boxes, np.ones(2, np.float32)))
    tracks = tracker.update(stage.show((150, 100)))
    assert [track.side for track in tracks] == [90, 40]


@pytest.fixture(scope="module")
def drawn():
    """Three expressions of each of two drawn persons, as large as the astronaut's face."""
    bunch = load_drawn_faces(n_subjects=2, n_per_class=2)
    people = []
    for subject in dict.fromkeys(bunch.subjects):
        (mine,) = np.nonzero(bunch.subjects == subject)
        _, first = np.unique(bunch.target[mine], return_index=True)
        people.append([cv2.resize(bunch.images[mine[k]], (SIDE, SIDE)) for k in first[:3]])
    return people


def watch(stage, faces, *, detect_every, **options):
    """Numbers in each frame of a clip that shows faces one after the other in one place."""
    tracker = FaceTracker(stage, detect_every=detect_every, **options)
    ids = []
    for face in faces:
        stage.face = face
        ids.append([track.id for track in tracker.update(stage.show((150, 100)))])
    return ids


@pytest.mark.parametrize("detect_every", [1, 4, 7])
@pytest.mark.parametrize("cut", [8, 9, 10])
def test_a_cut_to_another_person_ends_the_track(cut, detect_every, face, drawn, stage):
    # At, after and before a frame in which is detected anyway.
    (first, *_), (second, *_) = drawn
    for one, other in ((face, first), (first, second), (second, face)):
        ids = watch(stage, [one] * cut + [other] * 6, detect_every=detect_every)
        assert ids == [[1]] * cut + [[2]] * 6


def test_a_cut_triggers_detection_at_once(face, drawn, stage):
    tracker = FaceTracker(stage, detect_every=100)
    for _ in range(3):
        tracker.update(stage.show((150, 100)))
    assert stage.asked == 1
    stage.face = drawn[0][0]
    (track,) = tracker.update(stage.show((150, 100)))
    assert (stage.asked, track.id, track.score) == (2, 2, 9.0)


def test_a_cut_back_finds_the_first_person_again(face, drawn, stage):
    ids = watch(stage, [face] * 5 + [drawn[0][0]] * 5 + [face] * 5, detect_every=4)
    assert ids == [[1]] * 5 + [[2]] * 5 + [[1]] * 5


def test_a_cut_of_one_of_two_faces_leaves_the_other_alone(face, drawn, stage):
    tracker = FaceTracker(stage, detect_every=4)
    other = Stage(drawn[0][0])
    for k in range(12):
        frame = stage.show((20, 100), (250, 100))
        if k >= 6:
            frame[:, 240:] = other.show((250, 100))[:, 240:]
        tracks = tracker.update(frame)
        assert {t.id for t in tracks if t.box[0] < 200} == {1}
        assert {t.id for t in tracks if t.box[0] > 200} == {2 if k < 6 else 3}


@pytest.mark.parametrize("detect_every", [1, 4])
def test_another_expression_of_the_same_person_keeps_the_number(detect_every, drawn, stage):
    for expressions in drawn:
        clip = [image for image in expressions for _ in range(4)]
        assert watch(stage, clip, detect_every=detect_every) == [[1]] * len(clip)


@pytest.mark.parametrize("detect_every", [1, 4])
@pytest.mark.parametrize(("gain", "bias"), [(0.4, 0), (1.0, 50), (1.5, -20), (0.5, 120)])
def test_another_light_keeps_the_number(gain, bias, detect_every, face, stage):
    other = np.clip(gain * face + bias, 0, 255).astype(np.uint8)
    assert watch(stage, [face] * 6 + [other] * 6, detect_every=detect_every) == [[1]] * 12


def test_closed_eyes_keep_the_number(face, stage):
    closed = face.copy()
    # Skin over the astronaut's eyes.
    closed[36:48, 18:82] = np.median(face[50:60, 18:82])
    assert watch(stage, [face] * 6 + [closed] * 2 + [face] * 6, detect_every=4) == [[1]] * 14


def test_a_head_that_tilts_and_comes_nearer_keeps_its_number(face, stage):
    clip = []
    for k in range(40):
        matrix = cv2.getRotationMatrix2D((50, 50), 10 * np.sin(k / 8), 1 + 0.1 * np.sin(k / 5))
        clip.append(cv2.warpAffine(face, matrix, (SIDE, SIDE), borderMode=cv2.BORDER_REFLECT))
    assert watch(stage, clip, detect_every=5) == [[1]] * 40
