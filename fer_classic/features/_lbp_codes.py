"""Local binary patterns: how each pixel compares with the circle around it."""

from functools import cache, lru_cache
from math import prod
from numbers import Integral, Real

import numpy as np

from fer_classic.utils._validation import Interval, StrOptions, validate_params

__all__ = ["CODES", "RADIUS", "as_float", "batch_codes", "count_codes", "lbp_codes"]

RADIUS = Interval(Real, 0, None, closed="neither")
# Parameters of all that makes codes; histograms take several radii.
CODES = {
    "points": [Interval(Integral, 2, 16, closed="both")],
    "radius": [RADIUS],
    "method": [StrOptions({"nri_uniform", "uniform", "default"})],
}


def count_codes(points, method):
    """How many codes there are."""
    return {
        "nri_uniform": points * (points - 1) + 3,
        "uniform": points + 2,
        "default": 2**points,
    }[method]


@lru_cache(maxsize=8)
def _code_table(points, method):
    """Map each pattern of ``points`` bits to its code, as scikit-image numbers them."""
    patterns = np.arange(2**points, dtype=np.uint32)
    if method == "default":
        return patterns.astype(np.intp)
    rotated = (patterns >> 1) | ((patterns & 1) << (points - 1))
    starts = patterns & ~((patterns << 1) | (patterns >> (points - 1)))
    n_ones = np.bitwise_count(patterns).astype(np.intp)
    uniform = np.bitwise_count(patterns ^ rotated) <= 2
    if method == "uniform":
        return np.where(uniform, n_ones, points + 1)
    # A uniform pattern is one run of ones: its length and where it starts say which.
    start = np.zeros(len(patterns), dtype=np.intp)
    for point in range(points):
        start[(starts >> point) & 1 == 1] = point
    codes = 1 + (n_ones - 1) * points + (points - start) % points
    codes[n_ones == 0] = 0
    codes[n_ones == points] = points * (points - 1) + 1
    codes[~uniform] = points * (points - 1) + 2
    return codes


def _circle(points, radius):
    angles = 2 * np.pi * np.arange(points) / points
    # Five decimals, as scikit-image rounds them, put the samples on the axes onto whole pixels.
    return np.round(-radius * np.sin(angles), 5), np.round(radius * np.cos(angles), 5)


def batch_codes(images, points, radius, method):
    """Codes of a batch ``(n, h, w)``; the images must be float32 or float64.

    The images lie in one long line, with zeros between rows and between images that stand for what
    is outside. A neighbour then is the same step away for all pixels, and each operation below is
    one run through contiguous memory.
    """
    n_images, height, width = images.shape
    reach = int(np.ceil(radius))
    shape = (n_images, height + reach, width + reach)
    row, size = shape[2], prod(shape)
    margin = reach * row + reach
    line = np.zeros(margin + size + margin, dtype=images.dtype)
    pixels = line[margin : margin + size]
    pixels.reshape(shape)[:, :height, :width] = images

    def between(near, far, share):
        # near + share * (far - near) is exact where both are equal, so flat skin counts as a tie.
        sample = far - near
        sample *= images.dtype.type(share)
        sample += near
        return sample

    @cache
    def across(dx):
        # Columns at dx for all rows; the points that share a dx share this interpolation.
        left = int(np.floor(dx))
        near, far = (line[reach + x :][: size + 2 * reach * row] for x in (left, left + 1))
        return near if dx == left else between(near, far, dx - left)

    patterns = np.zeros(size, dtype=np.uint8 if points <= 8 else np.uint16)
    for dy, dx in reversed(list(zip(*_circle(points, radius), strict=True))):
        columns, top = across(float(dx)), int(np.floor(dy))
        sample, below = (columns[(reach + y) * row :][:size] for y in (top, top + 1))
        if dy != top:
            sample = between(sample, below, dy - top)
        # Doubling shifts the bits; unlike a shift it runs through bytes at full width.
        patterns += patterns
        patterns |= sample >= pixels
    return _code_table(points, method).take(patterns.reshape(shape)[:, :height, :width])


def as_float(images):
    """The batch in float32 if that holds all values of its dtype exactly, else in float64."""
    exact = images.dtype.itemsize <= 2 or images.dtype == np.float32
    return images.astype(np.float32 if exact else np.float64, copy=False)


@validate_params({"image": ["array-like"], **CODES}, prefer_skip_nested_validation=True)
def lbp_codes(image, *, points=8, radius=1, method="nri_uniform"):
    """Code each pixel by the signs of its neighbours on a circle, relative to itself.

    Parameters
    ----------
    image : array-like of shape (h, w)
        Grey image of any unit.
    points : int, default=8
        Neighbours on the circle, 2 to 16, counted anticlockwise from the right.
    radius : float, default=1
        Radius of the circle, in pixels.
    method : {"nri_uniform", "uniform", "default"}, default="nri_uniform"
        "nri_uniform": one code for each pattern with at most two changes around the circle, one
        for all others: ``points * (points - 1) + 3`` codes, which keep orientation (u2 in the
        literature). "uniform": the number of ones, rotation-invariant, ``points + 2`` codes.
        "default": all ``2 ** points`` patterns.

    Returns
    -------
    codes : ndarray of shape (h, w), intp

    See Also
    --------
    skimage.feature.local_binary_pattern : the same codes, one image at a time.

    Notes
    -----
    Samples between pixels are interpolated bilinearly, outside the image they are 0. A neighbour
    equal to the pixel counts as 1. scikit-image interpolates by a weighted sum whose rounding
    decides such ties in flat areas; here equal neighbours always tie.

    References
    ----------
    Ojala, Pietikäinen, Mäenpää: Multiresolution gray-scale and rotation invariant texture
    classification with local binary patterns. IEEE TPAMI 24(7), 2002.
    """
    image = np.asarray(image)
    if image.ndim != 2:
        raise ValueError(f"lbp_codes expects a grey image of shape (h, w), got {image.shape}.")
    return batch_codes(as_float(image)[np.newaxis], points, radius, method)[0]
