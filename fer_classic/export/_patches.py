"""The dictionary of learned patches, as convolutions."""

import numpy as np

from fer_classic.export._networks import to_unit_images
from fer_classic.features._spherical import MIN_NORM
from fer_classic.features._windows import window_averages, windows

__all__ = ["patch_rows"]


def patch_rows(builder, value, patches):
    """Give the averaged responses."""
    graph, sides = builder.graph, patches._sides()
    blank = np.empty((1, *value.shape), dtype=bool)
    lattice = patches._places(blank).shape[1:3]
    images = to_unit_images(builder, value)
    # As in the class, the remainder of the stride is split between both sides.
    start = [
        (length - side) % patches.stride // 2
        for length, side in zip(value.shape, sides, strict=True)
    ]
    images = graph.add("Slice", images, np.array(start), np.array(value.shape), np.array([2, 3]))
    # The middle pixel is subtracted first, so that flat patches are exactly 0.
    n_pixels = sides[0] * sides[1]
    differences = np.eye(n_pixels, dtype=np.float32)
    differences[:, n_pixels // 2] -= 1
    pixels = graph.add(
        "Conv", images, differences.reshape(n_pixels, 1, *sides), strides=[patches.stride] * 2
    )
    vectors = graph.add("Conv", pixels, _pointwise(patches.whitening_))
    squares = graph.add("Mul", vectors, vectors)
    lengths = graph.add("Sqrt", graph.add("ReduceSum", squares, np.array([1]), keepdims=1))
    vectors = graph.add("Div", vectors, graph.add("Max", lengths, MIN_NORM))
    features = _averages(graph, vectors, patches, lattice)
    if patches.normalization == "sqrt":
        features = graph.add("Sqrt", features)
    # Ordered by window, then by atom.
    features = graph.add("Transpose", features, perm=[0, 2, 3, 1])
    return builder.rows(graph.add("Flatten", features, axis=1))


def _averages(graph, vectors, patches, lattice):
    """Give the averages of responses over windows, ``(n, n_atoms, rows, columns)``."""
    (height, width), grid = lattice, patches.grid
    down = _matrix(height, grid[0], patches.overlap)
    across = _matrix(width, grid[1], patches.overlap)
    # The response of an atom on the mirrored face is that of its mirror image, at the mirrored
    # place.
    kinds = [(patches.atoms_, across)]
    if patches.mirror:
        kinds.append((patches.atoms_ * patches.parity_.astype(np.float32), across[:, ::-1]))
    threshold = np.full(len(patches.atoms_), -patches.threshold, dtype=np.float32)
    averages = []
    for atoms, columns in kinds:
        responses = graph.add("Relu", graph.add("Conv", vectors, _pointwise(atoms), threshold))
        by_row = graph.add("MatMul", down, responses)
        averages.append(graph.add("MatMul", by_row, np.ascontiguousarray(columns.T)))
    return graph.add("Mean", *averages)


def _matrix(length, count, overlap):
    return window_averages(windows(length, count, overlap), range(length + 1))


def _pointwise(matrix):
    return matrix[:, :, np.newaxis, np.newaxis]
