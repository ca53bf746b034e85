"""Gabor filter bank.

A complex Gabor kernel with a circular envelope is a product of one factor along rows and one along
columns. Its responses on a grid of places are therefore two small matrix products, and no
convolution is needed: ``response = A @ image @ B.T``, where the rows of ``A`` and ``B`` are the
factors, centred on the rows and columns of the grid.
"""

from functools import lru_cache
from math import inf
from numbers import Integral, Real

import numpy as np

from fer_classic.base import ImageDescriptor
from fer_classic.features._cells import cell_bands, cell_boxes, cell_names, check_grid
from fer_classic.features._chunks import unit_chunks
from fer_classic.units import check_depth, check_gray, to_unit
from fer_classic.utils._validation import Interval, StrOptions, validate_params

__all__ = ["GaborBank", "gabor_energy", "gabor_kernel", "kernel_reach"]

# The envelope is truncated at exp(-4.5), about 1 % of its peak.
_REACH_SIGMAS = 3.0
# In pixels. A longer kernel is nearly constant on a face, and could fill the memory.
_MAX_REACH = 1000

_BANDWIDTH = Interval(Real, 0, 100, closed="right")
_WAVELENGTH = Interval(Real, 2, None, closed="left")
_ORIENTATION = Interval(Real, -1e6, 1e6, closed="both")
_KERNEL = {
    "wavelength": [_WAVELENGTH],
    "orientation": [_ORIENTATION],
    "bandwidth": [_BANDWIDTH],
}


def _sigma(wavelength, bandwidth):
    octaves = 2.0**bandwidth
    if octaves == 1:
        # The bandwidth is below the rounding error.
        return inf
    return wavelength / np.pi * np.sqrt(np.log(2) / 2) * (octaves + 1) / (octaves - 1)


def kernel_reach(wavelength, bandwidth):
    """Return how many pixels a kernel reaches to each side, before it is rounded up."""
    # Python's integers may be too long for floats.
    return _REACH_SIGMAS * _sigma(float(min(wavelength, 1e300)), bandwidth)


def _check_reach(wavelength, bandwidth, *, name):
    """Raise ValueError if the kernel is too long."""
    reach = kernel_reach(wavelength, bandwidth)
    if not reach <= _MAX_REACH:
        raise ValueError(
            f"{name}: a kernel of wavelength={wavelength} and bandwidth={bandwidth} reaches "
            f"{reach:.4g} pixels to each side, more than {_MAX_REACH}; use a shorter wavelength "
            "or a larger bandwidth."
        )


def _factors(wavelength, orientation, bandwidth):
    """Return the complex factors of a kernel, its envelope along one axis, and its mean.

    Returns ``along_y, along_x, envelope, mean``: the zero-mean kernel is
    ``outer(along_y, along_x) - mean * outer(envelope, envelope)``.
    """
    sigma = _sigma(wavelength, bandwidth)
    reach = int(np.ceil(kernel_reach(wavelength, bandwidth)))
    offsets = np.arange(-reach, reach + 1)
    envelope = np.exp(-(offsets**2) / (2 * sigma**2))
    envelope /= envelope.sum()
    angle, frequency = np.deg2rad(orientation), 2 * np.pi / wavelength
    along_y = envelope * np.exp(1j * frequency * np.sin(angle) * offsets)
    along_x = envelope * np.exp(1j * frequency * np.cos(angle) * offsets)
    # The envelope sums to 1, so that this fraction of it cancels the response to brightness.
    return along_y, along_x, envelope, along_y.sum() * along_x.sum()


@validate_params(_KERNEL, prefer_skip_nested_validation=True)
def gabor_kernel(wavelength, orientation, *, bandwidth=1.0):
    """Create a complex Gabor kernel with a circular envelope and zero mean.

    Parameters
    ----------
    wavelength : float
        Wavelength in pixels, at least 2.
    orientation : float
        Direction of the wave in degrees, clockwise from the horizontal: 0 responds to vertical
        edges, 90 to horizontal ones.
    bandwidth : float, default=1.0
        Full width at half maximum of the pass band, in octaves; at most 100. The kernel grows with
        the wavelength and, for narrow bands, with ``1 / bandwidth``.

    Returns
    -------
    kernel : ndarray of shape (2 r + 1, 2 r + 1), complex128
        Sums to 0. Its envelope sums to 1, so that the response to a grating of amplitude 1 with
        the same wavelength and direction is about 1/2.

    Raises
    ------
    ValueError
        If a parameter is out of range, or ``r`` exceeds 1000.

    References
    ----------
    Daugman: Uncertainty relation for resolution in space, spatial frequency, and orientation
    optimized by two-dimensional visual cortical filters. JOSA A 2(7), 1985.
    """
    _check_reach(wavelength, bandwidth, name="gabor_kernel")
    along_y, along_x, envelope, mean = _factors(wavelength, orientation, bandwidth)
    return np.outer(along_y, along_x) - mean * np.outer(envelope, envelope)


@validate_params({"image": ["array-like"], **_KERNEL}, prefer_skip_nested_validation=True)
def gabor_energy(image, wavelength, orientation, *, bandwidth=1.0):
    """Compute the magnitude of the response to one Gabor kernel at every pixel.

    Parameters
    ----------
    image : array-like of shape (h, w)
        Grey image; white is 1, whatever the dtype. Borders are extended by reflection.
    wavelength, orientation, bandwidth : float
        See :func:`gabor_kernel`.

    Returns
    -------
    energy : ndarray of shape (h, w), float32
        0 for a constant image.

    Raises
    ------
    ValueError
        If the image is not grey or empty, or the kernel is too long, see :func:`gabor_kernel`.
    """
    image = np.asarray(image)
    check_gray(image, name="gabor_energy")
    _check_reach(wavelength, bandwidth, name="gabor_energy")
    check_depth(image)
    rows, columns = (np.arange(size, dtype=float) for size in image.shape)
    return _energies(
        to_unit(image[np.newaxis]), [(wavelength, orientation)], bandwidth, rows, columns
    )[0, 0]


def _centred(factor, length, centers):
    """Return a matrix of rows with ``factor`` centred on each place, reflected at borders."""
    reach = len(factor) // 2
    source = np.pad(np.arange(length), reach, mode="symmetric")
    matrix = np.zeros((len(centers), length), dtype=factor.dtype)
    for row, center in enumerate(np.rint(centers).astype(int)):
        np.add.at(matrix[row], source[center : center + len(factor)], factor)
    return matrix


@lru_cache(maxsize=16)
def _matrices(kernels, bandwidth, height, width, rows, columns):
    """Return the stacked real matrices of a bank, float32.

    ``down`` is ``(k, 2, p, height)`` and ``across`` ``(k, 2, q, width)``, real and imaginary parts
    in the second axis; ``envelopes`` holds the two envelope matrices of each kernel, ``means`` its
    complex mean.
    """
    down, across, envelopes, means = [], [], [], []
    for wavelength, orientation in kernels:
        along_y, along_x, envelope, mean = _factors(wavelength, orientation, bandwidth)
        on_rows = _centred(along_y, height, rows)
        on_columns = _centred(along_x, width, columns)
        down.append([on_rows.real, on_rows.imag])
        across.append([on_columns.real, on_columns.imag])
        envelopes.append((_centred(envelope, height, rows), _centred(envelope, width, columns)))
        means.append(mean)
    single = [(a.astype(np.float32), b.astype(np.float32)) for a, b in envelopes]
    return np.float32(down), np.float32(across), single, means


def _energies(images, kernels, bandwidth, rows, columns):
    """Return the magnitudes ``(n, k, p, q)`` of all kernels at places ``rows`` x ``columns``."""
    n_images, height, width = images.shape
    down, across, envelopes, means = _matrices(
        tuple(kernels), bandwidth, height, width, tuple(rows), tuple(columns)
    )
    n_kernels, _, n_columns, _ = across.shape
    n_rows = down.shape[2]
    # One large product along the image rows for the whole bank: (n, h, k, 2, q).
    sampled = images.reshape(-1, width) @ across.reshape(-1, width).T
    sampled = sampled.reshape(n_images, height, n_kernels, 2 * n_columns)
    magnitudes = images if images.min() >= 0 else np.abs(images)
    # A response is a sum along rows and columns of products with rounded factors; this is its
    # relative rounding error.
    share = np.finfo(np.float32).eps * np.float32(height + width + 4)
    brightness, rounding = {}, {}
    out = np.empty((n_images, n_kernels, n_rows, n_columns), dtype=np.float32)
    for k, (wavelength, _) in enumerate(kernels):
        parts = down[k].reshape(2 * n_rows, height) @ sampled[:, :, k]
        real = parts[:, :n_rows, :n_columns] - parts[:, n_rows:, n_columns:]
        imaginary = parts[:, :n_rows, n_columns:] + parts[:, n_rows:, :n_columns]
        if wavelength not in brightness:
            envelope_y, envelope_x = envelopes[k]
            brightness[wavelength] = envelope_y @ (images @ envelope_x.T)
            rounding[wavelength] = share * (
                brightness[wavelength]
                if magnitudes is images
                else envelope_y @ (magnitudes @ envelope_x.T)
            )
        real -= np.float32(means[k].real) * brightness[wavelength]
        imaginary -= np.float32(means[k].imag) * brightness[wavelength]
        energies = np.hypot(real, imaginary, out=real)
        # Square roots would magnify them, and they depend on the order of summation.
        nothing = energies <= rounding[wavelength]
        if nothing.any():
            energies[nothing] = 0
        out[:, k] = energies
    return out


def _centers(length, count):
    """Return the middle pixel of each of ``count`` equal parts of ``length`` pixels."""
    return tuple(np.floor((np.arange(count) + 0.5) * length / count).tolist())


class GaborBank(ImageDescriptor):
    """Magnitudes of complex Gabor responses, pooled on a grid.

    This transformer is stateless: ``fit`` only validates parameters and input.

    Parameters
    ----------
    wavelengths : tuple of float, default=(4, 6, 8, 12, 16)
        Wavelengths in pixels, at least 2. Kernels may reach 1000 pixels to each side, see
        :func:`gabor_kernel`.
    orientations : int or tuple of float, default=8
        Number of directions, spread evenly over 180 degrees, or the directions in degrees; see
        :func:`gabor_kernel`.
    bandwidth : float, default=1.0
        Width of the pass band of each kernel, in octaves; at most 100.
    grid : tuple of two int, default=(12, 12)
        Rows and columns of places.
    pooling : {"sample", "mean", "max"}, default="sample"
        "sample": the magnitude at the centre of each cell of the grid, which is fast. "mean" and
        "max": over the magnitudes at all pixels of the cell.
    normalization : {"sqrt"} or None, default=None
        "sqrt" takes the square root of the pooled magnitudes, which makes their distribution less
        skewed.
    image_shape : tuple of two int, optional
        ``(h, w)`` of the images in flat rows; None takes batches ``(n, h, w)``.

    Attributes
    ----------
    image_shape_ : tuple of two int
        Size of the images seen in ``fit``.
    n_features_in_ : int
        Number of pixels of one image.

    See Also
    --------
    gabor_energy : the magnitudes of one kernel at every pixel of one image.

    Notes
    -----
    Features are named ``gabor_w08_o045_r2c1``: wavelength 8 pixels, direction 45 degrees, row 2 and
    column 1 of the grid. White is 1 for all dtypes. Borders are extended by reflection, so that
    the response to a constant image is 0 everywhere. Magnitudes below the rounding error of their
    sums are set to 0.

    References
    ----------
    Lyons, Akamatsu, Kamachi, Gyoba: Coding facial expressions with Gabor wavelets. FG 1998.

    Examples
    --------
    >>> import numpy as np
    >>> from fer_classic.features import GaborBank
    >>> faces = np.random.default_rng(0).integers(0, 256, (3, 48, 48), dtype=np.uint8)
    >>> GaborBank().fit_transform(faces).shape
    (3, 5760)
    """

    _parameter_constraints = {
        "wavelengths": [tuple, list],
        "orientations": [Interval(Integral, 1, 180, closed="both"), tuple, list],
        "bandwidth": [_BANDWIDTH],
        "grid": [tuple, list],
        "pooling": [StrOptions({"sample", "mean", "max"})],
        "normalization": [StrOptions({"sqrt"}), None],
        "image_shape": [tuple, list, None],
    }

    def __init__(
        self,
        *,
        wavelengths=(4, 6, 8, 12, 16),
        orientations=8,
        bandwidth=1.0,
        grid=(12, 12),
        pooling="sample",
        normalization=None,
        image_shape=None,
    ):
        self.wavelengths = wavelengths
        self.orientations = orientations
        self.bandwidth = bandwidth
        self.grid = grid
        self.pooling = pooling
        self.normalization = normalization
        self.image_shape = image_shape

    def _kernels(self):
        if isinstance(self.orientations, Integral):
            degrees = [180.0 * k / self.orientations for k in range(self.orientations)]
        else:
            degrees = self.orientations
        return [(float(length), float(angle)) for length in self.wavelengths for angle in degrees]

    def _check_size(self, height, width):
        check_grid(self.grid, height, width, name=type(self).__name__)
        if not _all_in(self.wavelengths, _WAVELENGTH):
            raise ValueError(
                "GaborBank: wavelengths must be one or more numbers of at least 2 pixels (shorter "
                f"waves cannot be sampled), got {self.wavelengths!r}."
            )
        for wavelength in self.wavelengths:
            _check_reach(wavelength, self.bandwidth, name="GaborBank")
        if not isinstance(self.orientations, Integral) and not _all_in(
            self.orientations, _ORIENTATION
        ):
            raise ValueError(
                "GaborBank: orientations must be an integer, or one or more directions in "
                f"degrees, from -1e6 to 1e6, got {self.orientations!r}."
            )

    def _transform_images(self, images):
        height, width = images.shape[1:]
        if self.pooling == "sample":
            rows, columns = _centers(height, self.grid[0]), _centers(width, self.grid[1])
        else:
            rows, columns = tuple(map(float, range(height))), tuple(map(float, range(width)))
        kernels, n_cells = self._kernels(), self.grid[0] * self.grid[1]
        out = np.empty((len(images), len(kernels), n_cells), dtype=np.float32)
        for chunk, units in unit_chunks(images, height * width):
            energies = _energies(units, kernels, self.bandwidth, rows, columns)
            out[chunk] = self._pool(energies)
        if self.normalization == "sqrt":
            np.sqrt(out, out=out)
        return out.reshape(len(images), -1)

    def _pool(self, energies):
        if self.pooling == "sample":
            return energies.reshape(*energies.shape[:2], -1)
        reduce = np.add if self.pooling == "mean" else np.maximum
        for axis, count in ((2, self.grid[0]), (3, self.grid[1])):
            starts, stops = cell_bands(energies.shape[axis], count)
            energies = reduce.reduceat(energies, starts, axis=axis)
            if self.pooling == "mean":
                shape = [1] * 4
                shape[axis] = count
                energies /= (stops - starts).astype(np.float32).reshape(shape)
        return energies.reshape(*energies.shape[:2], -1)

    def _feature_names(self, height, width):
        return [
            f"gabor_w{_number(wavelength, 2)}_o{_number(angle, 3)}_{cell}"
            for wavelength, angle in self._kernels()
            for cell in cell_names(self.grid)
        ]

    def _feature_boxes(self, height, width):
        return np.tile(cell_boxes(height, width, self.grid), (len(self._kernels()), 1))


def _all_in(values, interval):
    """Whether the values are one or more numbers in the interval."""
    return len(values) > 0 and all(interval.is_satisfied_by(value) for value in values)


def _number(value, digits):
    """Format ``8.0`` as ``08``, ``22.5`` as ``022.5``."""
    whole, _, rest = f"{value:g}".partition(".")
    return whole.zfill(digits) + (f".{rest}" if rest else "")
