"""What an image step of the library makes of a batch, and the time and memory that this takes.

As in :mod:`~fer_classic.persistence.rules._costs`; the work is proportional to the pixels, and to
powers of the parameters.
"""

from math import log, prod
from numbers import Integral

from fer_classic.persistence.rules._costs import Cost
from fer_classic.persistence.rules._require import require

__all__ = ["IMAGE_COSTS"]

# Nanoseconds for one product and sum of a matrix product.
_MAC = 0.06


def _images(estimator, shape):
    """Return the shape ``(n, h, w)`` of the images that a step of the library gets."""
    if estimator.image_shape is None:
        require(len(shape) == 3, estimator, "it gets rows instead of images")
        return shape
    height, width = (int(side) for side in estimator.image_shape)
    n_pixels = prod(shape[1:])
    height, width = (
        n_pixels // abs(other) if side == -1 else side
        for side, other in ((height, width), (width, height))
    )
    return shape[0], height, width


def _pair(size):
    return (size, size) if isinstance(size, Integral) else tuple(size)


def _denoiser(estimator, shape):
    shape = _images(estimator, shape)
    per_pixel = {
        "median": 3 + estimator.size,
        "gaussian": 5 + 8 * estimator.sigma,
        "bilateral": 5 + 8 * estimator.sigma**2,
        "nlmeans": 500 + 40 * estimator.size,
    }[estimator.method]
    return Cost(shape, per_pixel * prod(shape), 10 * prod(shape))


def _equalizer(estimator, shape):
    shape = _images(estimator, shape)
    return Cost(shape, 40 * prod(shape) + 100 * shape[0] * estimator.tiles**2, 40 * prod(shape))


def _face_step(estimator, shape):
    shape = _images(estimator, shape)
    size = _pair(estimator.size)
    per_pixel = n_steps = 0.0
    if estimator.detector is not None and shape[1:] != size:
        min_size = getattr(estimator.detector, "min_size", 0.1)
        min_size *= min(shape[1:]) if min_size < 1 else 1
        # The cascade searches windows of 24 pixels in images that are reduced in such steps.
        n_steps = (
            1 / log(getattr(estimator.detector, "scale_factor", 1.1)) / max(1, min_size / 24) ** 2
        )
        per_pixel = 300 + 80 * n_steps
    n_drawn = shape[0] * prod(size)
    work = (20 + per_pixel) * prod(shape) + 20 * n_drawn + 1e6 * shape[0]
    n_bytes = (120 + 4 * n_steps) * prod(shape[1:]) + 20 * n_drawn
    return Cost((shape[0], *size), work, n_bytes)


def _flatten(estimator, shape):
    return Cost((shape[0], prod(shape[1:])), 1.0 * prod(shape), 1.0 * prod(shape))


def _described(shape, n_features, nanoseconds, n_bytes):
    """Cost of features of images, given that of one image without the features themselves."""
    n, total = shape[0], shape[0] * n_features
    return Cost((n, n_features), n * nanoseconds + 5 * total, n_bytes + 4 * total)


def _lbp(estimator, shape):
    shape = _images(estimator, shape)
    radii = estimator.radius if isinstance(estimator.radius, list | tuple) else [estimator.radius]
    n_codes = {
        "default": 2**estimator.points,
        "nri_uniform": estimator.points * (estimator.points - 1) + 3,
        "uniform": estimator.points + 2,
    }[estimator.method]
    n_padded = prod(side + max(radii) + 1 for side in shape[1:])
    work = len(radii) * n_padded * (10 + 3 * estimator.points)
    n_features = len(radii) * prod(estimator.grid) * n_codes
    return _described(shape, n_features, work + 20 * n_features, 60 * n_padded + 12 * n_features)


def _gabor(estimator, shape):
    from fer_classic.features._gabor import kernel_reach

    shape = _images(estimator, shape)
    height, width = shape[1:]
    given = estimator.orientations
    n_kernels = len(estimator.wavelengths) * (given if isinstance(given, Integral) else len(given))
    rows, columns = estimator.grid if estimator.pooling == "sample" else (height, width)
    # The matrices that sample the image, and how long they take to fill.
    n_entries = rows * height + columns * width
    reach = max(
        kernel_reach(wavelength, estimator.bandwidth) for wavelength in estimator.wavelengths
    )
    fill = 80 * (rows + columns) * (reach + 1) + 20 * n_entries
    macs = 2 * height * width * columns + 4 * rows * height * columns + rows * columns * 4
    work = n_kernels * (macs * _MAC + 60 * rows * columns + 2 * height * columns)
    n_bytes = n_kernels * (32 * n_entries + 8 * height * columns + 4 * rows * columns)
    cost = _described(shape, n_kernels * prod(estimator.grid), work, n_bytes + 30 * height * width)
    return cost._replace(
        nanoseconds=cost.nanoseconds + n_kernels * fill, n_kept=12 * n_kernels * n_entries
    )


def _hog(estimator, shape):
    shape = _images(estimator, shape)
    cells = [
        side // pixels for side, pixels in zip(shape[1:], estimator.pixels_per_cell, strict=True)
    ]
    blocks = [max(0, n - k + 1) for n, k in zip(cells, estimator.cells_per_block, strict=True)]
    n_votes = prod(cells) * estimator.orientations
    n_features = prod(blocks) * prod(estimator.cells_per_block) * estimator.orientations
    n_pixels = prod(shape[1:])
    work = n_pixels * (60 + estimator.orientations) + 10 * n_votes + 40 * n_features
    return _described(shape, n_features, work, 100 * n_pixels + 8 * n_votes + 20 * n_features)


def _sift_of_one(estimator, shape, bin_size):
    """Return the numbers of places and values, the time and the memory of one image."""
    _, height, width = shape
    sides = [
        max(0, side - 1 - (count - 1) * bin_size) // estimator.stride + 1
        for side, count in zip((height, width), estimator.bins, strict=True)
    ]
    n_values = 8 * prod(estimator.bins) * prod(sides)
    n_across = 8 * height * estimator.bins[1] * sides[1]
    work = 150 * height * width + n_across * width * _MAC + n_values * (15 + height * _MAC)
    return sides, n_values, work, 120 * height * width + 4 * n_across + 12 * n_values


def _sift(estimator, shape):
    shape = _images(estimator, shape)
    _, n_values, work, n_bytes = _sift_of_one(estimator, shape, estimator.bin_size)
    return _described(shape, n_values, work, n_bytes)


def _encoded(estimator, shape, grids, n_atoms, lattices, n_inputs, n_coordinates):
    """Cost of responses of atoms at the places of lattices, averaged over windows."""
    n_features = sum(map(prod, grids)) * n_atoms
    n_places = sum(map(prod, lattices))
    macs = n_coordinates * (n_inputs + n_atoms)
    # Windows may share no sums.
    averaged = sum(prod(grid) * (rows + columns) for grid in grids for rows, columns in lattices)
    work = n_places * (macs * _MAC + 20 * n_atoms + 10 * n_inputs) + averaged * n_atoms * _MAC
    n_bytes = n_places * (10 * n_atoms + 12 * n_coordinates + 12 * n_inputs)
    return _described(shape, n_features, work + 20 * n_features, n_bytes + 16 * n_features)


def _patches(estimator, shape):
    shape = _images(estimator, shape)
    sides = [
        max(0, side - length) // estimator.stride + 1
        for side, length in zip(shape[1:], _pair(estimator.patch_size), strict=True)
    ]
    n_pixels = prod(_pair(estimator.patch_size))
    return _encoded(
        estimator, shape, [estimator.grid], estimator.n_atoms, [sides], n_pixels, n_pixels
    )


def _words(estimator, shape):
    shape = _images(estimator, shape)
    lattices, work, n_bytes = _reduced_sift(estimator, shape)
    cost = _encoded(
        estimator,
        shape,
        estimator.grids,
        estimator.n_words,
        lattices,
        8 * prod(estimator.bins),
        estimator.n_components,
    )
    return cost._replace(
        nanoseconds=cost.nanoseconds + shape[0] * work, n_bytes=cost.n_bytes + n_bytes
    )


def _reduced_sift(estimator, shape):
    """Return the lattices of descriptors, the time and the memory of one image."""
    parts = [_sift_of_one(estimator, shape, size) for size in estimator.bin_sizes]
    return [part[0] for part in parts], sum(part[2] for part in parts), sum(p[3] for p in parts)


def _fisher(estimator, shape):
    shape = _images(estimator, shape)
    lattices, work, n_bytes = _reduced_sift(estimator, shape)
    n_inputs, n_words, n_components = (
        8 * prod(estimator.bins),
        estimator.n_words,
        estimator.n_components,
    )
    n_moments = n_words * (1 + 2 * n_components)
    n_places = sum(map(prod, lattices))
    # Windows start and stop at these places, between which sums are shared.
    n_tiles = sum(
        min(rows, 2 * sum(grid[0] for grid in estimator.grids))
        * min(columns, 2 * sum(grid[1] for grid in estimator.grids))
        for rows, columns in lattices
    )
    n_features = sum(map(prod, estimator.grids)) * n_moments
    macs = n_components * n_inputs + 4 * n_moments
    averaged = n_tiles * n_moments * max(max(grid) for grid in estimator.grids)
    work += n_places * (macs * _MAC + 30 * (n_components + n_words)) + 20 * n_features
    work += averaged * _MAC + 5000 * n_tiles
    n_bytes += n_places * (24 * n_components + 16 * n_words) + 8 * n_tiles * n_moments
    return _described(shape, n_features, work, n_bytes + 16 * n_features)


def _network(estimator, shape):
    n_pixels = prod(shape[1:])
    layers, state = vars(estimator).get("layers_"), vars(estimator).get("state_")
    if layers is None or state is None:
        return Cost((shape[0], n_pixels), 5000 * prod(shape), 1000 * n_pixels)
    from fer_classic.neural._layers import check_layers

    shapes = check_layers(layers, state, estimator.image_shape_)
    sizes = [prod(values) for values in shapes]
    work = 0.0
    for layer, size in zip(layers, sizes[1:], strict=True):
        weight = layer["weights"].get("weight")
        inner = state[weight].shape[1:] if weight in state else ()
        macs = prod(inner) + prod(layer["settings"].get("kernel", [1]))
        # Convolutions are faster than products of matrices.
        work += size * (3 + macs * _MAC / 1.5)
    # Its embedding is no longer than the longest value.
    width = max([0, *(sum(values) for values in shapes if len(values) == 1)])
    # Most values are overwritten by later ones.
    n_bytes = shape[0] * (20 * max(sizes) + sum(sizes))
    return Cost((shape[0], width), shape[0] * work, n_bytes)


IMAGE_COSTS = {
    "BagOfVisualWords": _words,
    "CNNClassifier": _network,
    "DenseSIFT": _sift,
    "Denoiser": _denoiser,
    "Equalizer": _equalizer,
    "FaceAligner": _face_step,
    "FaceCropper": _face_step,
    "FisherVectors": _fisher,
    "Flatten": _flatten,
    "GaborBank": _gabor,
    "HOGDescriptor": _hog,
    "LBPHistogram": _lbp,
    "PatchDictionary": _patches,
}
"""By class name."""
