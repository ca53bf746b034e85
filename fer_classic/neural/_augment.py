"""Random changes of training images that leave the expression what it is."""

import math
from numbers import Real

import numpy as np
import torch
from torch.nn import functional

from fer_classic.utils import disturb

__all__ = ["PRESETS", "augment", "check_augmentation", "degrade", "degrades", "mix_up"]

PRESETS = {
    "flip": {"flip": 0.5},
    "full": {
        "flip": 0.5,
        "shift": 0.1,
        "rotation": 15.0,
        "scale": 0.1,
        "brightness": 0.2,
        "contrast": 0.2,
        "erasing": 0.5,
    },
    # What a detector and a camera do: a box that is too large, small or off, a head that is
    # tilted, little light, a poor lens and a poor stream.
    "camera": {
        "flip": 0.5,
        "shift": 0.1,
        "rotation": 20.0,
        "scale": 0.25,
        "brightness": 0.2,
        "contrast": 0.2,
        "erasing": 0.5,
        "darkness": 0.2,
        "noise": 0.15,
        "blur": 0.15,
        "resolution": 0.2,
        "compression": 0.2,
    },
}
# Applied to the pixels, before they are standardised, in the order of a camera.
_DEGRADATIONS = ("blur", "resolution", "darkness", "noise", "compression")
# Above which value a setting makes no sense; none may be below 0.
_MAX_STRENGTHS = {
    "flip": 1.0,
    "shift": 1.0,
    "rotation": 180.0,
    "scale": 0.9,
    "brightness": math.inf,
    "contrast": 1.0,
    "erasing": 1.0,
    **dict.fromkeys(_DEGRADATIONS, 1.0),
}
# Share of the image that is erased, and height over width of what is erased (Zhong et al. 2020).
_ERASED_AREA = (0.02, 0.2)
_ERASED_ASPECT = (0.3, 1 / 0.3)


def check_augmentation(setting):
    """Turn the parameter ``augment`` into strengths by name, or raise ValueError."""
    if setting is None:
        return {}
    strengths = PRESETS[setting] if isinstance(setting, str) else setting
    for name, strength in strengths.items():
        if name not in _MAX_STRENGTHS:
            raise ValueError(
                f"augment has no setting {name!r}; it has {', '.join(map(repr, _MAX_STRENGTHS))}."
            )
        if not (isinstance(strength, Real) and 0 <= strength <= _MAX_STRENGTHS[name]):
            raise ValueError(
                f"augment: {name}={strength!r} must lie between 0 and {_MAX_STRENGTHS[name]:g}."
            )
    return {name: strength for name, strength in strengths.items() if strength > 0}


def degrades(strengths):
    """Say whether :func:`degrade` changes images at these strengths."""
    return not strengths.keys().isdisjoint(_DEGRADATIONS)


def degrade(images, strengths, rng):
    """Degrade some images of a batch as a camera does.

    Parameters
    ----------
    images : ndarray of shape (n, h, w), float32
        Grey values in 0-1.
    strengths : dict of str to float
        Probabilities of ``blur``, ``resolution``, ``darkness``, ``noise`` and ``compression``,
        see :func:`~fer_classic.utils.disturb`; each is of a strength between 0 and 1 at random.
    rng : numpy.random.Generator

    Returns
    -------
    images : ndarray of the same shape and dtype
        The batch itself if none of them is named.
    """
    if not degrades(strengths):
        return images
    images = images.copy()
    for kind in (kind for kind in _DEGRADATIONS if kind in strengths):
        for place in np.flatnonzero(rng.random(len(images)) < strengths[kind]):
            images[place] = disturb(images[place], kind, rng.random(), rng)
    return images


def augment(images, strengths, rng):
    """Change each image of a batch at random.

    Parameters
    ----------
    images : tensor of shape (n, 1, h, w), float
        Standardised images: the mean of the data is 0, their standard deviation 1.
    strengths : dict of str to float
        ``flip`` and ``erasing``: probability; ``shift``: largest shift as a share of the side;
        ``rotation``: largest angle in degrees; ``scale`` and ``contrast``: largest change of the
        factor 1; ``brightness``: largest change in standard deviations. What is not named is off;
        what :func:`degrade` does is passed over.
    rng : numpy.random.Generator

    Returns
    -------
    images : tensor of the same shape
        Border pixels are repeated where the image was moved away.
    """
    if "flip" in strengths:
        flipped = _column(rng.random(len(images)) < strengths["flip"], images.device)
        images = torch.where(flipped, images.flip(-1), images)
    if not strengths.keys().isdisjoint(("shift", "rotation", "scale")):
        images = _move(images, strengths, rng)
    if "contrast" in strengths:
        factors = 1 + _uniform(rng, strengths["contrast"], images)
        means = images.mean(dim=(1, 2, 3), keepdim=True)
        images = means + factors * (images - means)
    if "brightness" in strengths:
        images = images + _uniform(rng, strengths["brightness"], images)
    if "erasing" in strengths:
        images = images.masked_fill(_rectangles(images, strengths["erasing"], rng), 0.0)
    return images


def mix_up(images, alpha, rng):
    """Blend each image with another one of the batch (Zhang et al.: mixup, ICLR 2018).

    Parameters
    ----------
    images : tensor of shape (n, 1, h, w), float
    alpha : float
        Both parameters of the beta distribution of the share.
    rng : numpy.random.Generator

    Returns
    -------
    images : tensor of the same shape
    partners : tensor of shape (n,), int64
        The other image of each.
    share : float
        Share of the image itself.
    """
    share = float(rng.beta(alpha, alpha))
    partners = torch.from_numpy(rng.permutation(len(images))).to(images.device)
    return share * images + (1 - share) * images[partners], partners, share


def _column(values, device):
    """One value an image, as a tensor that meets ``(n, 1, h, w)``."""
    values = values.astype(np.float32) if values.dtype == np.float64 else values
    return torch.from_numpy(values).to(device).view(-1, 1, 1, 1)


def _uniform(rng, limit, images):
    return _column(rng.uniform(-limit, limit, len(images)), images.device)


def _move(images, strengths, rng):
    """Rotate, scale and shift in one step of bilinear sampling."""
    n, (height, width) = len(images), images.shape[2:]
    angles = np.deg2rad(rng.uniform(-1, 1, n) * strengths.get("rotation", 0.0))
    zooms = 1 + rng.uniform(-1, 1, n) * strengths.get("scale", 0.0)
    # Sides of the image run from -1 to 1.
    shifts = rng.uniform(-2, 2, (2, n)) * strengths.get("shift", 0.0)
    cosines, sines = np.cos(angles) / zooms, np.sin(angles) / zooms
    rows = [
        [cosines, -sines * height / width, shifts[0]],
        [sines * width / height, cosines, shifts[1]],
    ]
    matrices = torch.from_numpy(np.moveaxis(np.array(rows), 2, 0)).to(images)
    grid = functional.affine_grid(matrices, images.shape, align_corners=False)
    return functional.grid_sample(images, grid, padding_mode="border", align_corners=False)


def _rectangles(images, probability, rng):
    """True in one rectangle of some of the images."""
    n, sides = len(images), np.array(images.shape[2:])
    area = rng.uniform(*_ERASED_AREA, n)
    aspect = np.exp(rng.uniform(*np.log(_ERASED_ASPECT), n))
    shares = np.minimum(np.stack([np.sqrt(area * aspect), np.sqrt(area / aspect)], axis=1), 1)
    extents = np.rint(shares * sides)
    starts = np.floor(rng.random((n, 2)) * (sides - extents + 1))
    starts[rng.random(n) >= probability] = np.inf
    masks = []
    for axis in (0, 1):
        first, extent = starts[:, axis, np.newaxis], extents[:, axis, np.newaxis]
        places = np.arange(sides[axis])
        masks.append((places >= first) & (places < first + extent))
    mask = masks[0][:, np.newaxis, :, np.newaxis] & masks[1][:, np.newaxis, np.newaxis, :]
    return torch.from_numpy(mask).to(images.device)
