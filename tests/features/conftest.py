import numpy as np
import pytest

_LAYOUTS = {
    "uint8": lambda images: images,
    "int64": lambda images: images.astype(np.int64),
    "uint16": lambda images: images.astype(np.uint16) * 257,
    "float32": lambda images: images.astype(np.float32) / 255,
    "float64": lambda images: images / 255,
    "big-endian": lambda images: images.astype(">f8") / 255,
    "fortran": lambda images: np.asfortranarray(images / 255),
    "reversed": lambda images: images[::-1, ::-1, ::-1],
    "every second": lambda images: np.repeat(images, 2, axis=2)[:, :, ::2],
    "transposed": lambda images: images.transpose(0, 2, 1),
}


@pytest.fixture(params=_LAYOUTS)
def any_batch(request):
    """Random images in one of many dtypes and memory layouts, read-only; more than one chunk."""
    images = np.random.default_rng(0).integers(0, 256, (70, 17, 22), dtype=np.uint8)
    batch = _LAYOUTS[request.param](images)
    batch.flags.writeable = False
    return batch


@pytest.fixture
def shuffled():
    """A function that draws an image without two equal pixels: shuffled(seed, height, width)."""

    def draw(seed=0, height=23, width=31):
        pixels = np.random.default_rng(seed).permutation(height * width)
        return pixels.reshape(height, width) + 1

    return draw
