"""How the weights of :func:`find_eyes` are made: from face crops that nobody has marked.

OpenCV's eye cascades mark the eyes where two of them agree. A first cascade of regressions is
fitted on those faces and marks the others, closed eyes included, where it agrees with itself over
several views; the second is fitted on all. The file in the package is made anew by::

    write_weights("fer_classic/faces/data/eyes.npz", faces, pictures)

with the 28,709 faces of FER2013's Training, and those pictures of scikit-image that show no people.
"""

import numpy as np
from sklearn.linear_model import LogisticRegression

from fer_classic.faces._eyes import (
    CHECK,
    PATCH,
    STAGES,
    STARTS,
    EyeFinder,
    average_eyes,
    describe,
    in_patch,
    refine,
    roll_of,
    search,
)
from fer_classic.faces._haar import _cascade_path, _load_cascade
from fer_classic.faces._similarity import Similarity, as_points, turn_about, warp
from fer_classic.utils._files import atomic_path
from fer_classic.utils._opencv import cv2

__all__ = ["fit_eye_finder", "mark_eyes", "write_weights"]

_SIDE = 48  # of the face crops, as the cascade frames them
_CANVAS = 96
_CENTER = (1 + 1j) * _CANVAS / 2
_ENLARGED = 144  # the cascades look for eyes of 20 pixels and more
_CASCADES = (
    ("eye", "eye"),
    ("eye_tree_eyeglasses", "eye_tree_eyeglasses"),
    ("righteye_2splits", "lefteye_2splits"),
)
_BORDERS = (cv2.BORDER_REPLICATE, cv2.BORDER_REFLECT_101, cv2.BORDER_CONSTANT)
_AGREE = 0.03  # sides of the crop
_RIDGE = 0.01
_LEAST_SCORE, _LEAST_VIEWS = 1.0, 4  # of six, for a mark by the first cascade of regressions
_N_WINDOWS = 400  # of each picture without faces


def mark_eyes(images):
    """Mark the eyes of face crops where two of OpenCV's eye cascades agree.

    Parameters
    ----------
    images : ndarray of shape (n, 48, 48), uint8

    Returns
    -------
    eyes : ndarray of shape (n, 2), complex
        In sides of the crop; NaN where fewer than two cascades agree.
    """
    marks = np.stack([_marks_of(image) for image in images])
    # What a cascade takes for the middle of an eye differs; that of the second is the pupil.
    for kind in (0, 2):
        marks[:, kind] -= np.nanmedian((marks[:, kind] - marks[:, 1]).real, axis=0) + 1j * (
            np.nanmedian((marks[:, kind] - marks[:, 1]).imag, axis=0)
        )
    eyes = np.full((len(images), 2), np.nan, dtype=complex)
    for one, other in ((1, 2), (0, 2), (0, 1)):
        agree = np.abs(marks[:, one] - marks[:, other]).max(axis=1) < _AGREE
        eyes[agree] = (marks[agree, one] + marks[agree, other]) / 2
    return eyes


def _marks_of(image):
    size = (_ENLARGED, _ENLARGED)
    large = cv2.equalizeHist(cv2.resize(image, size, interpolation=cv2.INTER_CUBIC))
    marks = np.full((len(_CASCADES), 2), np.nan, dtype=complex)
    for kind, pair in enumerate(_CASCADES):
        for side, (name, left) in enumerate(zip(pair, (0, 64), strict=True)):
            hits, _, weights = _load_cascade(_cascade_path(name)).detectMultiScale3(
                large[14:90, left : left + 80],
                1.08,
                3,
                minSize=(22, 22),
                maxSize=(60, 60),
                outputRejectLevels=True,
            )
            if len(hits):
                x, y, w, h = hits[np.argmax(weights)]
                marks[kind, side] = (left + x + w / 2 + 1j * (14 + y + h / 2)) / _ENLARGED
    return marks


def _view(image, eyes, rng):
    """Photograph a crop in another way, and frame it badly: picture, eyes in pixels, and square."""
    eyes = _SIDE * eyes
    if rng.random() < 0.5:
        image, eyes = image[:, ::-1], _SIDE - eyes[::-1].conj()
    if rng.random() < 0.3:
        image = 255 * (image / 255) ** np.exp(rng.uniform(-0.7, 0.7))
    if rng.random() < 0.3:
        image = cv2.GaussianBlur(np.float32(image), (0, 0), rng.uniform(0.4, 1.4))
    if rng.random() < 0.3:
        image = image + rng.normal(0, rng.uniform(2, 12), image.shape)
    if rng.random() < 0.3:
        across, down = np.linspace(-0.5, 0.5, _SIDE) * rng.uniform(-1, 1, (2, 1))
        image = image * (1 + across + down[:, np.newaxis])
    to_middle = _CENTER - (1 + 1j) * _SIDE / 2
    turn = turn_about(_CENTER, rng.uniform(-42, 42))
    turn = Similarity(turn.factor, turn(to_middle))
    picture = warp(
        np.clip(image, 0, 255).astype(np.uint8),
        turn,
        (_CANVAS, _CANVAS),
        border=_BORDERS[rng.integers(len(_BORDERS))],
        gray=int(rng.integers(256)),
    )
    side = _SIDE * np.exp(rng.uniform(-0.25, 0.22))
    left, top = (_CANVAS - side) / 2 + _SIDE * rng.uniform(-0.09, 0.09, 2)
    return picture, turn(eyes), (left, top, side)


def _views(images, eyes, n_views, rng):
    return [_view(*pair, rng) for _ in range(n_views) for pair in zip(images, eyes, strict=True)]


def _as_row(moves):
    """``x, y`` of both eyes one after the other, as the regressions give them."""
    return as_points(moves).reshape(-1)


def _fit_stages(views, rng):
    """Fit one regression after the other, each to the guesses that the ones before it give."""
    spread = 0.8 * max(STARTS)
    guesses = [
        average_eyes(square, roll_of(eyes) + rng.uniform(-spread, spread))
        for _, eyes, square in views
    ]
    stages = []
    for places in STAGES:
        features, wanted = [], []
        for (picture, eyes, _), guess in zip(views, guesses, strict=True):
            row, similarity = describe(picture, guess, places)
            features.append(row)
            wanted.append(_as_row(similarity(eyes) - in_patch(places)) / PATCH)
        stages.append(_ridge(np.stack(features), np.stack(wanted)))
        guesses = [
            refine(picture, guess, [stages[-1]], [places])
            for (picture, _, _), guess in zip(views, guesses, strict=True)
        ]
    return np.stack(stages)


def _ridge(features, wanted):
    """Weights, and last the offsets, of a linear regression whose weights are kept small."""
    center, level = features.mean(axis=0), wanted.mean(axis=0)
    features = features - center
    products = features.T @ features
    products[np.diag_indices_from(products)] += _RIDGE * len(features)
    weights = np.linalg.solve(products, features.T @ (wanted - level))
    return np.vstack([weights, level - center @ weights]).astype(np.float32)


def _fit_check(views, pictures, stages, rng):
    """Fit the classifier of eyes against the places where the stages end up without them."""
    rows, found = [], []

    def add(picture, eyes, right):
        rows.append(describe(picture, eyes, CHECK)[0])
        found.append(right)

    for picture, eyes, square in views:
        for roll in STARTS:
            guess = refine(picture, average_eyes(square, roll), stages)
            error = abs(guess - eyes).max() / abs(eyes[1] - eyes[0])
            # What lies between is neither right nor wrong.
            if not 0.12 < error < 0.25:
                add(picture, guess, error <= 0.12)
    for picture in pictures:
        for _ in range(_N_WINDOWS):
            side = int(rng.integers(_SIDE, min(picture.shape) + 1))
            top, left = (int(rng.integers(length - side + 1)) for length in picture.shape)
            window = picture[top : top + side, left : left + side]
            window = cv2.resize(window, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
            for roll in STARTS:
                add(window, refine(window, average_eyes((0, 0, _SIDE), roll), stages), False)
    judge = LogisticRegression(C=0.02, max_iter=300).fit(np.stack(rows), found)
    return np.append(judge.coef_[0], judge.intercept_[0]).astype(np.float32)


def _fit(images, eyes, pictures, n_views, rng):
    stages = _fit_stages(_views(images, eyes, n_views, rng), rng)
    check = _fit_check(_views(images, eyes, 1, rng), pictures, stages, rng)
    return EyeFinder(stages, check)


def _mark_again(images, finder):
    """Mark the eyes of all faces by the mean over several boxes and both mirror images."""
    marks = np.full((len(images), 2), np.nan, dtype=complex)
    for number, image in enumerate(images):
        found = []
        for picture, mirrored in ((image, False), (np.ascontiguousarray(image[:, ::-1]), True)):
            for grown in (-0.06, 0.0, 0.06):
                square = (-grown * _SIDE, -grown * _SIDE, (1 + 2 * grown) * _SIDE)
                eyes, score = search(picture, square, finder)
                if score > _LEAST_SCORE:
                    found.append(_SIDE - eyes[::-1].conj() if mirrored else eyes)
        if len(found) >= _LEAST_VIEWS:
            mean = np.mean(found, axis=0)
            if np.abs(found - mean).max() < 2 * _AGREE * _SIDE:
                marks[number] = mean / _SIDE
    return marks


def fit_eye_finder(images, eyes, pictures, *, n_views=2, random_state=0):
    """Fit the weights of :func:`find_eyes`.

    Parameters
    ----------
    images : ndarray of shape (n, 48, 48), uint8
        Face crops.
    eyes : ndarray of shape (n, 2), complex
        As :func:`mark_eyes` gives them.
    pictures : list of ndarray of shape (h, w), uint8
        Without faces, 48 pixels high and wide or more.
    n_views : int, default=2
        How often each crop is shown, turned, shifted, scaled and lit in another way.
    random_state : int, default=0

    Returns
    -------
    finder : EyeFinder
    """
    rng = np.random.default_rng(random_state)
    marked = np.isfinite(eyes).all(axis=1)
    finder = _fit(images[marked], eyes[marked], pictures, n_views, rng)
    again = _mark_again(images, finder)
    eyes = np.where(marked[:, np.newaxis] & np.isfinite(again), (eyes + again) / 2, again)
    marked = np.isfinite(eyes).all(axis=1)
    return _fit(images[marked], eyes[marked], pictures, n_views, rng)


def write_weights(path, images, pictures):
    """Mark the eyes of face crops, fit the weights, and write them to a file.

    Parameters
    ----------
    path : path-like
    images, pictures
        As in :func:`fit_eye_finder`.
    """
    finder = fit_eye_finder(images, mark_eyes(images), pictures)
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        # Half precision moves an eye by less than a hundredth of a pixel.
        np.savez_compressed(
            file, stages=finder.stages.astype(np.float16), check=finder.check.astype(np.float16)
        )
