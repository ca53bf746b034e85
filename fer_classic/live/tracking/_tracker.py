"""Who is who from frame to frame: detection now and then, following in between."""

from dataclasses import dataclass, field
from itertools import count

import numpy as np
from scipy.optimize import linear_sum_assignment

from fer_classic.live._timing import StageTimer
from fer_classic.live.tracking._optical_flow import follow, make_template, similarity

__all__ = ["FaceTracker", "Track"]

# How far, in sides of the face, a detection may be from a track to be the same face, and how much
# larger or smaller.
_NEAR, _RESIZED = 0.7, 1.6
# How alike a face must be to what it was in the frame before: 98 of 100 pairs of people are less
# alike, while a head that moves, or another expression, rarely comes near. And how alike to the
# last detection, from which it may have turned away since.
_ALIKE, _LITTLE_ALIKE = 0.6, 0.5
# Pixels below which nothing can be followed.
_MIN_SIDE = 12
# A face that was lost may have moved on: so much further in each frame, up to the last.
_DRIFT, _MAX_DISTANCE = 0.05, 1.5
# Missed detections after which a confirmed face is dropped.
_MAX_MISSES = 3
# A detection moves the box that was followed by a share of the way. The share is a half at a
# distance of so many sides, so that little is left of the noise of the detector, some percent of
# the side, while a box that has lost its face is put right at once; and not below the least.
_NOISE, _MIN_SHARE = 0.1, 0.1


@dataclass(eq=False)
class Track:
    """A face that is known from earlier frames.

    Parameters
    ----------
    id : int
        Its number, from 1; never given twice.
    box : ndarray of shape (4,), float64
        ``x, y, w, h`` in the current frame, or where it was last seen.
    score : float or None
        Detector score in the current frame; None where the face was followed.
    template : ndarray
        What it looked like when it was last detected.
    last_template : ndarray
        What it looked like when it was last in sight.
    hits, misses : int
        Detections that confirmed it, and those since then that did not.
    lost : int
        Frames since it was last seen; 0 if it is in the current frame.
    correction : ndarray of shape (4,), float64
        What detections have left to change about the box, see :func:`_changed`.
    steps : int
        Frames in which it is to be changed.
    """

    id: int
    box: np.ndarray
    score: float | None
    template: np.ndarray
    last_template: np.ndarray
    hits: int = 1
    misses: int = 0
    lost: int = 0
    correction: np.ndarray = field(default_factory=lambda: np.zeros(4))
    steps: int = 0

    @property
    def centre(self):
        """``x, y`` of the middle of the box."""
        return self.box[:2] + self.box[2:] / 2

    @property
    def side(self):
        """Longer side of the box."""
        return self.box[2:].max()

    def correct(self, detected, steps):
        """Bring the box nearer to a detected one, in even steps of which this frame is the first.

        The box moves with the face all the while, so that this costs no delay.
        """
        change = _change(self.box, detected)
        distance = np.abs(change).max()
        share = distance**2 / (distance**2 + _NOISE**2)
        # At first the mean of all detections is the best that is known.
        share = max(share, 1 / (self.hits + 1), _MIN_SHARE)
        self.correction, self.steps = share * change, steps if distance < _NEAR / 2 else 1
        self.take_step()

    def take_step(self):
        """Change the box by the next part of the correction."""
        if self.steps:
            part = self.correction / self.steps
            self.box = _changed(self.box, part)
            self.correction, self.steps = self.correction - part, self.steps - 1


class FaceTracker:
    """Finds faces in the frames of a stream and keeps their numbers.

    Faces are detected in every ``detect_every``-th frame and followed by optical flow between;
    where the flow loses one, or what it followed no longer looks like it, the detector is asked at
    once. A face that is not seen for a while keeps its number if it comes back near the place where
    it was lost. Another face in the same place, as after a cut, has a number of its own.

    Parameters
    ----------
    detector : object
        Has ``detect(image) -> (boxes, scores)``.
    detect_every : int, default=5
        Frames from one detection to the next; 1 detects in all of them.
    max_missed_frames : int, default=30
        Frames for which a face that is out of sight keeps its number.
    """

    def __init__(self, detector, *, detect_every=5, max_missed_frames=30):
        self.detector = detector
        self.detect_every = detect_every
        self.max_missed_frames = max_missed_frames
        self._numbers = count(1)
        self._tracks = []
        self._previous = None
        self._age = 0

    @property
    def known(self):
        """Numbers of the faces that are in sight, or may come back."""
        return {track.id for track in self._tracks}

    def update(self, frame, picture=None, *, timer=None):
        """Find the faces of the next frame.

        Parameters
        ----------
        frame : ndarray of shape (h, w), uint8
            The frame, grey: faces are followed in it.
        picture : ndarray, optional
            The frame as it came, for the detector; some find more in colour.
        timer : StageTimer, optional
            Takes the time of the stages ``follow`` and ``detect``, the latter only in frames in
            which the detector is asked.

        Returns
        -------
        tracks : list of Track
            The faces that are in the frame, largest first.
        """
        timer = timer or StageTimer()
        if self._previous is not None and self._previous.shape != frame.shape:
            # Places in a frame of another size mean nothing in this one.
            self._tracks, self._age = [], 0
        with timer.stage("follow"):
            some_lost = self._follow(frame)
        if self._age % self.detect_every == 0 or some_lost:
            with timer.stage("detect"):
                self._detect(frame, frame if picture is None else picture)
        self._tracks = [track for track in self._tracks if track.lost <= self.max_missed_frames]
        self._previous, self._age = frame, self._age + 1
        present = [track for track in self._tracks if not track.lost]
        return sorted(present, key=lambda track: -track.box[2] * track.box[3])

    def _follow(self, frame):
        """Move the boxes of all faces in sight; returns whether some were lost."""
        some_lost = False
        for track in self._tracks:
            track.score = None
            if track.lost:
                track.lost += 1
                continue
            box = follow(self._previous, frame, track.box)
            template = (
                None if box is None or not _visible(box, frame) else make_template(frame, box)
            )
            if template is not None and _followed(track, template):
                track.box, track.last_template = box, template
                track.take_step()
            else:
                track.lost, some_lost = 1, True
        return some_lost

    def _detect(self, frame, picture):
        boxes, scores = self.detector.detect(picture)
        boxes = np.asarray(boxes, dtype=np.float64)
        templates = [make_template(frame, box) for box in boxes]
        box_by_track, track_by_box = _assign(self._tracks, boxes, templates)
        unconfirmed = [
            t for k, t in enumerate(self._tracks) if k not in box_by_track and not t.lost
        ]
        known = list(self._tracks)
        for number, box in enumerate(boxes):
            if number in track_by_box:
                self._confirm(known[track_by_box[number]], frame, box, float(scores[number]))
            elif not any(_covers(t, box) for t in known if not t.lost):
                template, score = templates[number], float(scores[number])
                self._tracks.append(Track(next(self._numbers), box, score, template, template))
        for track in unconfirmed:
            track.misses += 1
            # What was detected only once may have been no face at all; a known one may come back.
            if track.misses > min(track.hits - 1, _MAX_MISSES):
                if track.hits == 1:
                    self._tracks.remove(track)
                else:
                    track.lost = 1

    def _confirm(self, track, frame, box, score):
        if track.lost:
            track.box, track.steps = box, 0
        else:
            track.correct(box, self.detect_every)
        track.score = score
        track.template = track.last_template = make_template(frame, track.box)
        track.hits, track.misses, track.lost = track.hits + 1, 0, 0


def _assign(tracks, boxes, templates):
    """Pair tracks with boxes that look like them; returns the partners by number, both ways."""
    if not tracks or not len(boxes):
        return {}, {}
    centres = np.stack([track.centre for track in tracks])
    sides = np.array([track.side for track in tracks])
    reach = np.array([min(_NEAR + _DRIFT * track.lost, _MAX_DISTANCE) for track in tracks])
    distances = np.linalg.norm(
        centres[:, np.newaxis] - (boxes[:, :2] + boxes[:, 2:] / 2), axis=2
    ) / np.maximum(sides[:, np.newaxis], boxes[:, 2:].max(axis=1))
    growth = np.abs(np.log(boxes[:, 2:].max(axis=1) / sides[:, np.newaxis]))
    possible = (distances <= reach[:, np.newaxis]) & (growth <= np.log(_RESIZED))
    for t, b in zip(*np.nonzero(possible), strict=True):
        possible[t, b] = _resembles(tracks[t], templates[b])
    # Faces in sight come first: one that was lost must not take the detection of another.
    hidden = np.array([track.lost > 0 for track in tracks], dtype=float)[:, np.newaxis]
    costs = np.where(possible, distances + growth + 10 * hidden, 1e3)
    pairs = [(t, b) for t, b in zip(*linear_sum_assignment(costs), strict=True) if possible[t, b]]
    return dict(pairs), {b: t for t, b in pairs}


def _change(box, other):
    """How a box becomes another: shift of its centre in sides, logarithm of the growth of them."""
    shift = (other[:2] + other[2:] / 2 - box[:2] - box[2:] / 2) / box[2:]
    return np.concatenate([shift, np.log(other[2:] / box[2:])])


def _changed(box, change):
    """Apply what :func:`_change` gives, or a part of it."""
    centre = box[:2] + box[2:] / 2 + change[:2] * box[2:]
    sides = box[2:] * np.exp(change[2:])
    return np.concatenate([centre - sides / 2, sides])


def _visible(box, frame):
    """Whether a box is no speck and has its middle in the frame."""
    x, y = box[:2] + box[2:] / 2
    inside = 0 <= x < frame.shape[1] and 0 <= y < frame.shape[0]
    return inside and box[2:].min() >= _MIN_SIDE


def _followed(track, template):
    """Whether a face still is what it was in the frame before, and what was detected."""
    return (
        similarity(track.last_template, template) >= _ALIKE
        and similarity(track.template, template) >= _LITTLE_ALIKE
    )


def _resembles(track, template):
    """Whether a face looks as it did when it was last in sight, or last detected."""
    known = track.last_template, track.template
    return max(similarity(one, template) for one in known) >= _ALIKE


def _covers(track, box):
    """Whether the middle of a box lies in the track's."""
    inside = np.abs(box[:2] + box[2:] / 2 - track.centre) < track.box[2:] / 2
    return inside.all()
