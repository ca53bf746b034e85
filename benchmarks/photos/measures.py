"""What a detector finds, how long it takes, and how it frames a face."""

from dataclasses import dataclass, field
from statistics import median
from time import perf_counter

import numpy as np
from scipy.optimize import linear_sum_assignment

from benchmarks._threads import one_thread
from fer_classic.faces import intersection_over_union

__all__ = ["Row", "compare_boxes", "match", "search_photos", "time_frames"]

# From this overlap (intersection over union) on a box is taken for a face.
LEAST_OVERLAP = 0.3


@dataclass
class Row:
    """What a detector did with some photos.

    Parameters
    ----------
    detector : str
        Its name.
    parameters : dict
        Those that are not its defaults, without the path of a model file.
    digest : str
        Of the photos.
    photos, faces : int
        How many there are.
    found : int
        Faces that a box was found for.
    false : int
        Boxes that are on no face, or on one that another box was found for.
    milliseconds : float
        Median over the photos of the fastest repetition, on one thread, after warming up.
    frame_milliseconds : float or None
        The same over the frames of a clip of 640x480 with one face, as the detector is made for
        frames; None if it was not timed.
    frames_found : float or None
        Share of these frames in which the face was found, and nothing else.
    framed : dict
        How the boxes differ from those of the Haar cascade around the same faces, see
        :func:`compare_boxes`; empty if they were not compared.
    """

    detector: str
    parameters: dict
    digest: str
    photos: int
    faces: int
    found: int = 0
    false: int = 0
    milliseconds: float = 0.0
    frame_milliseconds: float | None = None
    frames_found: float | None = None
    framed: dict = field(default_factory=dict)


def match(boxes, faces):
    """Pair boxes with faces, each at most once, as many as can be.

    Parameters
    ----------
    boxes, faces : array-like of shape (m, 4) and (n, 4)
        ``x, y, w, h``.

    Returns
    -------
    pairs : list of tuple of two int
        Numbers of a box and of the face that it is on: they overlap by 0.3 or more.
    """
    overlaps = intersection_over_union(boxes, faces)
    near = overlaps >= LEAST_OVERLAP
    # A pair counts first, and only then how well it fits.
    pairs = zip(*linear_sum_assignment(near * (1.0 + overlaps / 1000), maximize=True), strict=True)
    return [(int(box), int(face)) for box, face in pairs if near[box, face]]


def search_photos(detector, photos, *, repeats):
    """Search photos for faces and compare with what is there.

    Parameters
    ----------
    detector : Detector
    photos : list of AnnotatedPhoto
    repeats : int
        How often each is searched; once more to warm up.

    Returns
    -------
    found, false : int
    milliseconds : float
        Median over the photos of the fastest repetition, which other work on the machine hardly
        changes.
    """
    found = false = 0
    seconds = []
    with one_thread():
        for photo in photos:
            boxes, _ = detector.detect(photo.image)
            pairs = match(boxes, photo.boxes)
            found, false = found + len(pairs), false + len(boxes) - len(pairs)
            seconds.append(min(_time(detector, photo.image) for _ in range(repeats)))
    return found, false, 1000 * median(seconds)


def time_frames(detector, frames, *, repeats):
    """Search the frames of a clip with one face.

    Parameters
    ----------
    detector : Detector
    frames : list of ndarray
    repeats : int
        How often each is searched.

    Returns
    -------
    milliseconds : float
        Median over the frames of the fastest repetition.
    found : float
        Share of frames in which one box was found.
    """
    with one_thread():
        detector.detect(frames[0])
        seconds = [min(_time(detector, frame) for _ in range(repeats)) for frame in frames]
        found = [len(detector.detect(frame)[0]) == 1 for frame in frames]
    return 1000 * median(seconds), float(np.mean(found))


def _time(detector, image):
    start = perf_counter()
    detector.detect(image)
    return perf_counter() - start


def compare_boxes(detector, reference, photos):
    """Compare boxes around the same faces, in photos and in their mirror images.

    Parameters
    ----------
    detector, reference : Detector
        Squares around faces are compared, of the same centre and area as the boxes.
    photos : list of AnnotatedPhoto

    Returns
    -------
    framed : dict
        ``pairs`` is how many were compared. Medians over them: ``side`` of the reference over the
        detector's; ``right`` and ``down`` how far the centre of the reference lies off, in sides of
        the detector's box. Where the frames agree these are 1, 0 and 0. Without a pair they are
        None.
    """
    ours, theirs = [], []
    for photo in photos:
        for image, faces in ((photo.image, photo.boxes), _mirrored(photo)):
            of_face = [_on_faces(one.detect(image)[0], faces) for one in (detector, reference)]
            for face in of_face[0].keys() & of_face[1].keys():
                ours.append(of_face[0][face])
                theirs.append(of_face[1][face])
    if not ours:
        return {"pairs": 0, "side": None, "right": None, "down": None}
    ours, theirs = np.array(ours, dtype=float), np.array(theirs, dtype=float)
    sides, wanted = (np.sqrt(boxes[:, 2:].prod(axis=1)) for boxes in (ours, theirs))
    centers, goals = (boxes[:, :2] + boxes[:, 2:] / 2 for boxes in (ours, theirs))
    right, down = np.median((goals - centers) / sides[:, np.newaxis], axis=0)
    return {
        "pairs": len(ours),
        "side": float(np.median(wanted / sides)),
        "right": float(right),
        "down": float(down),
    }


def _mirrored(photo):
    boxes = photo.boxes.copy()
    boxes[:, 0] = photo.image.shape[1] - boxes[:, 0] - boxes[:, 2]
    return np.ascontiguousarray(photo.image[:, ::-1]), boxes


def _on_faces(boxes, faces):
    return {face: boxes[box] for box, face in match(boxes, faces)}
