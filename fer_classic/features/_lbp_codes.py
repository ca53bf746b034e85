"""Codes of local binary patterns."""

from functools import cache, lru_cache
from math import prod
from numbers import Integral, Real

import numpy as np

from fer_classic.units import check_gray
from fer_classic.utils._validation import Interval, StrOptions, validate_params

__all__ = ["CODES", "RADIUS", "as_float", "batch_codes", "count_codes", "lbp_codes"]

# Images are padded by the radius, which must not fill the memory.
RADIUS = Interval(Real, 0, 1000, closed="right")
# Constraints shared with the histograms, which also accept several radii.
CODES = {
    "points": [Interval(Integral, 2, 16, closed="both")],
    "radius": [RADIUS],
    "method": [StrOptions({"nri_uniform", "uniform", "default"})],
}


def count_codes(points, method):
    """Return the number of codes."""
    return {
        "nri_uniform": points * (points - 1) + 3,
        "uniform": points + 2,
        "default": 2**points,
    }[method]


@lru_cache(maxsize=8)
def _code_table(points, method):
    """Map each pattern of ``points`` bits to its code, numbered as in scikit-image."""
    patterns = np.arange(2**points, dtype=np.uint32)
    if method == "default":
        return patterns.astype(np.intp)
    rotated = (patterns >> 1) | ((patterns & 1) << (points - 1))
    starts = patterns & ~((patterns << 1) | (patterns >> (points - 1)))
    n_ones = np.bitwise_count(patterns).astype(np.intp)
    uniform = np.bitwise_count(patterns ^ rotated) <= 2
    if method == "uniform":
        return np.where(uniform, n_ones, points + 1)
    # A uniform pattern is one run of ones, identified by its length and start.
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
    # Rounded to five decimals as in scikit-image, so that samples on the axes are whole pixels.
    return np.round(-radius * np.sin(angles), 5), np.round(radius * np.cos(angles), 5)


def batch_codes(images, points, radius, method):
    """Return the codes of a batch ``(n, h, w)`` of float32 or float64 images.

    All images are stored in one line, padded with zeros between rows and between images, which
    represent the outside. A neighbour then has the same offset for all pixels, and each operation
    below is one pass through contiguous memory.
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
        # near + share * (far - near) is exact where both are equal, so that flat areas are ties.
        sample = far - near
        sample *= images.dtype.type(share)
        sample += near
        return sample

    @cache
    def across(dx):
        # Columns at dx for all rows; points with the same dx share this interpolation.
        left = int(np.floor(dx))
        near, far = (line[reach + x :][: size + 2 * reach * row] for x in (left, left + 1))
        return near if dx == left else between(near, far, dx - left)

    patterns = np.zeros(size, dtype=np.uint8 if points <= 8 else np.uint16)
    for dy, dx in reversed(list(zip(*_circle(points, radius), strict=True))):
        columns, top = across(float(dx)), int(np.floor(dy))
        sample, below = (columns[(reach + y) * row :][:size] for y in (top, top + 1))
        if dy != top:
            sample = between(sample, below, dy - top)
        # Doubling shifts the bits; unlike a shift, it is vectorised for bytes.
        patterns += patterns
        patterns |= sample >= pixels
    return _code_table(points, method).take(patterns.reshape(shape)[:, :height, :width])


def as_float(images):
    """Convert to float32 if it represents all values of the dtype exactly, else to float64."""
    # By kind: a dtype of another byte order than the processor's differs from np.float32.
    exact = images.dtype.itemsize <= (4 if images.dtype.kind == "f" else 2)
    return images.astype(np.float32 if exact else np.float64, copy=False)


@validate_params({"image": ["array-like"], **CODES}, prefer_skip_nested_validation=True)
def lbp_codes(image, *, points=8, radius=1, method="nri_uniform"):
    """Compute the local binary pattern of each pixel.

    Parameters
    ----------
    image : array-like of shape (h, w)
        Grey image in any range.
    points : int, default=8
        Number of neighbours on the circle, 2 to 16; counted anticlockwise from the right.
    radius : float, default=1
        Radius of the circle, in pixels; at most 1000.
    method : {"nri_uniform", "uniform", "default"}, default="nri_uniform"
        "nri_uniform": one code for each pattern with at most two changes around the circle, one
        for all others: ``points * (points - 1) + 3`` codes, not rotation-invariant (u2 in the
        literature). "uniform": the number of ones, rotation-invariant, ``points + 2`` codes.
        "default": all ``2 ** points`` patterns.

    Returns
    -------
    codes : ndarray of shape (h, w), intp

    See Also
    --------
    skimage.feature.local_binary_pattern : the same codes for one image.

    Notes
    -----
    Samples between pixels are interpolated bilinearly; pixels outside the image are 0. A neighbour
    equal to the pixel counts as 1. In scikit-image, such ties in flat areas depend on the rounding
    of a weighted sum; here equal neighbours always tie.

    References
    ----------
    Ojala, Pietikäinen, Mäenpää: Multiresolution gray-scale and rotation invariant texture
    classification with local binary patterns. IEEE TPAMI 24(7), 2002.
    """
    image = np.asarray(image)
    check_gray(image, name="lbp_codes")
    return batch_codes(as_float(image)[np.newaxis], points, radius, method)[0]
