"""Tests of maps: scores while the parts with the largest values are removed, or inserted."""

from dataclasses import dataclass
from numbers import Integral
from typing import Literal

import numpy as np

from fer_classic.inspection._explanation import Explanation, Scorer, as_crop
from fer_classic.inspection._finite import finite_map
from fer_classic.inspection._occlusion import FILLS, default_patch, filled
from fer_classic.utils import as_gray

__all__ = ["Curve", "centered_blob", "deletion_curve", "insertion_curve", "random_order"]

# Standard deviation of the blob, as a share of the sides. Only its order counts.
_BLOB = 1 / 4


@dataclass(frozen=True, eq=False)
class Curve:
    """Score of a class against the share of the image that was changed.

    Parameters
    ----------
    shares : ndarray of shape (n_steps + 1,), float64
        Share of the parts that were removed or inserted, from 0 to 1.
    scores : ndarray of shape (n_steps + 1,), float64
        Scores of the class.
    score_kind : {"decision", "probability"}
        Whether scores are values of the decision function or probabilities.
    """

    shares: np.ndarray
    scores: np.ndarray
    score_kind: Literal["decision", "probability"]

    @property
    def area(self):
        """Area under the curve: the mean score. Low is good for deletion, high for insertion."""
        return float(np.trapezoid(self.scores, self.shares))

    @property
    def aopc(self):
        """Mean fall of the score below its first value, over all steps (Samek 2017)."""
        return float(self.scores[0] - self.scores.mean())


def deletion_curve(
    model, image, ranking, *, target=None, fill="blur", block=None, n_steps=24
) -> Curve:
    """Remove parts of a face in the order of a map, and compute the score after each step.

    Parameters
    ----------
    model : estimator
        A fitted classifier, as for :func:`explain`.
    image : ndarray of shape (h, w), (h, w, 3) or (h, w, 4)
        The face, as for :func:`explain`.
    ranking : Explanation, or array-like of shape (h, w)
        The map; parts with the largest mean come first.
    target : str, optional
        The class; by default that of the explanation, or else the one with the highest score.
    fill : {"blur", "mean", "gray"}, default="blur"
        Replacement of removed parts.
    block : int, optional
        Side of the square parts, in pixels; by default a twelfth of the shorter side, 4 of 48.
    n_steps : int, default=24
        Number of steps, each of which removes an equal number of parts; at most one for each part.

    Returns
    -------
    curve : Curve
        The earlier it falls, the smaller its area, and the better the map.

    Raises
    ------
    ValueError
        If a parameter is not valid, or the map has another size than the face or something else
        than finite numbers.
    UnknownNameError, NoFaceError, PredictionError
        As for :func:`explain`.

    Notes
    -----
    Parts are square blocks, and not pixels as in the references: removing single pixels in random
    order adds noise to the whole face, which lowers the score faster than any map.

    References
    ----------
    Petsiuk, Das, Saenko: RISE: randomized input sampling for explanation of black-box models. BMVC
    2018. Samek, Binder, Montavon, Lapuschkin, Müller: Evaluating the visualization of what a deep
    neural network has learned. IEEE TNNLS 28(11), 2017.
    """
    return _curve(model, image, ranking, target, fill, block, n_steps, insert=False)


def insertion_curve(
    model, image, ranking, *, target=None, fill="blur", block=None, n_steps=24
) -> Curve:
    """Insert parts of a face in the order of a map, and compute the score after each step.

    Parameters
    ----------
    model, image, ranking, target, block, n_steps
        As for :func:`deletion_curve`.
    fill : {"blur", "mean", "gray"}, default="blur"
        The image into which parts are inserted.

    Returns
    -------
    curve : Curve
        The earlier it rises, the larger its area, and the better the map.

    Raises
    ------
    ValueError, UnknownNameError, NoFaceError, PredictionError
        As for :func:`deletion_curve`.
    """
    return _curve(model, image, ranking, target, fill, block, n_steps, insert=True)


def centered_blob(shape):
    """Make the map of a blob in the middle, a baseline that uses only that faces are centred.

    Parameters
    ----------
    shape : tuple of two int
        ``(h, w)``.

    Returns
    -------
    blob : ndarray of shape (h, w), float64

    Raises
    ------
    ValueError
        If the shape is not that of an image.
    """
    height, width = _checked_shape(shape)
    down = (np.arange(height) + 0.5) / height - 0.5
    across = (np.arange(width) + 0.5) / width - 0.5
    return np.exp(-(down[:, np.newaxis] ** 2 + across**2) / (2 * _BLOB**2))


def random_order(shape, rng, *, block=None):
    """Make the map of blocks in random order, as a baseline.

    Parameters
    ----------
    shape : tuple of two int
        ``(h, w)``.
    rng : numpy.random.Generator
    block : int, optional
        Side of the blocks, as for :func:`deletion_curve`.

    Returns
    -------
    values : ndarray of shape (h, w), float64
    """
    blocks = _blocks(_checked_shape(shape), block)
    return rng.permutation(blocks.max() + 1)[blocks].astype(np.float64)


def _checked_shape(shape):
    sides = tuple(np.atleast_1d(shape).tolist())
    if len(sides) != 2 or not all(isinstance(side, int) and side >= 1 for side in sides):
        raise ValueError(f"shape must be two whole numbers of 1 or more, (h, w); got {shape!r}.")
    return sides


def _blocks(shape, block):
    """Number of the block of each pixel."""
    if block is None:
        _, block = default_patch(shape)
    if not isinstance(block, Integral) or not 1 <= block <= min(shape):
        raise ValueError(
            f"block must lie between 1 and the shorter side of the image, {min(shape)} pixels; "
            f"got {block!r}."
        )
    across = -(-shape[1] // block)
    return np.arange(shape[0])[:, np.newaxis] // block * across + np.arange(shape[1]) // block


def _curve(model, image, ranking, target, fill, block, n_steps, *, insert):
    if fill not in FILLS:
        raise ValueError(f"fill must be one of {', '.join(FILLS)}, got {fill!r}.")
    image = as_crop(model, as_gray(image))
    if isinstance(ranking, Explanation):
        target = ranking.target if target is None else target
        ranking = ranking.map
    ranking = finite_map(ranking, "the map")
    if ranking.shape != image.shape:
        raise ValueError(
            f"the map has the shape {ranking.shape} and the face {image.shape}; give the map of "
            "this face."
        )
    scorer = Scorer(model, image.shape)
    column = scorer.column(image, target)
    ranks = _ranks(ranking, _blocks(image.shape, block))
    n_blocks = ranks.max() + 1
    if not isinstance(n_steps, Integral) or not 1 <= n_steps <= n_blocks:
        raise ValueError(
            f"n_steps must lie between 1 and the number of parts, {n_blocks}; got {n_steps!r}."
        )
    counts = np.rint(np.linspace(0, n_blocks, n_steps + 1))
    changed = ranks < counts[:, np.newaxis, np.newaxis]
    cover = filled(image, fill)
    before, after = (cover, image) if insert else (image, cover)
    scores, kind = scorer(np.where(changed, after, before))
    return Curve(counts / n_blocks, scores[:, column], kind)


def _ranks(ranking, blocks):
    """Rank of the block of each pixel: 0 has the largest mean; ties keep their order."""
    means = np.bincount(blocks.ravel(), ranking.ravel()) / np.bincount(blocks.ravel())
    ranks = np.empty(len(means), dtype=int)
    ranks[np.argsort(-means, kind="stable")] = np.arange(len(means))
    return ranks[blocks]
