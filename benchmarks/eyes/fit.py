"""Fitting the weights of the eye finder to marked face crops."""

import numpy as np
from sklearn.linear_model import LogisticRegression

from benchmarks.eyes.marks import SIDE, mark_again
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
)
from fer_classic.faces._similarity import Similarity, as_points, turn_about, warp
from fer_classic.utils._opencv import cv2

__all__ = ["fit_eye_finder"]

_CANVAS = 96
_CENTER = (1 + 1j) * _CANVAS / 2
_BORDERS = (cv2.BORDER_REPLICATE, cv2.BORDER_REFLECT_101, cv2.BORDER_CONSTANT)
_RIDGE = 0.01


def _view(image, eyes, rng):
    """Augment a crop and perturb its box: picture, eyes in pixels, and square."""
    eyes = SIDE * eyes
    if rng.random() < 0.5:
        image, eyes = image[:, ::-1], SIDE - eyes[::-1].conj()
    if rng.random() < 0.3:
        image = 255 * (image / 255) ** np.exp(rng.uniform(-0.7, 0.7))
    if rng.random() < 0.3:
        image = cv2.GaussianBlur(np.float32(image), (0, 0), rng.uniform(0.4, 1.4))
    if rng.random() < 0.3:
        image = image + rng.normal(0, rng.uniform(2, 12), image.shape)
    if rng.random() < 0.3:
        across, down = np.linspace(-0.5, 0.5, SIDE) * rng.uniform(-1, 1, (2, 1))
        image = image * (1 + across + down[:, np.newaxis])
    to_middle = _CENTER - (1 + 1j) * SIDE / 2
    turn = turn_about(_CENTER, rng.uniform(-42, 42))
    turn = Similarity(turn.factor, turn(to_middle))
    picture = warp(
        np.clip(image, 0, 255).astype(np.uint8),
        turn,
        (_CANVAS, _CANVAS),
        border=_BORDERS[rng.integers(len(_BORDERS))],
        gray=int(rng.integers(256)),
    )
    side = SIDE * np.exp(rng.uniform(-0.25, 0.22))
    left, top = (_CANVAS - side) / 2 + SIDE * rng.uniform(-0.09, 0.09, 2)
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


def _fit_check(views, pictures, stages, n_windows, rng):
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
        for _ in range(n_windows):
            side = int(rng.integers(SIDE, min(picture.shape) + 1))
            top, left = (int(rng.integers(length - side + 1)) for length in picture.shape)
            window = picture[top : top + side, left : left + side]
            window = cv2.resize(window, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
            for roll in STARTS:
                add(window, refine(window, average_eyes((0, 0, SIDE), roll), stages), False)
    judge = LogisticRegression(C=0.02, max_iter=300).fit(np.stack(rows), found)
    return np.append(judge.coef_[0], judge.intercept_[0]).astype(np.float32)


def _fit(images, eyes, pictures, n_views, n_windows, rng):
    stages = _fit_stages(_views(images, eyes, n_views, rng), rng)
    check = _fit_check(_views(images, eyes, 1, rng), pictures, stages, n_windows, rng)
    return EyeFinder(stages, check)


def fit_eye_finder(images, eyes, pictures, *, n_views=2, n_windows=400, random_state=0):
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
    n_windows : int, default=400
        How many windows of each picture are shown.
    random_state : int, default=0

    Returns
    -------
    finder : EyeFinder
    """
    rng = np.random.default_rng(random_state)
    sizes = n_views, n_windows, rng
    marked = np.isfinite(eyes).all(axis=1)
    finder = _fit(images[marked], eyes[marked], pictures, *sizes)
    again = mark_again(images, finder)
    eyes = np.where(marked[:, np.newaxis] & np.isfinite(again), (eyes + again) / 2, again)
    marked_again = np.isfinite(eyes).all(axis=1)
    if marked_again.sum() < marked.sum():
        # So few faces teach too little to mark others.
        return finder
    return _fit(images[marked_again], eyes[marked_again], pictures, *sizes)
