"""Small pictures, and files made of them."""

import io

import numpy as np
from PIL import Image

# A smooth picture, so that lossy formats keep it, that is unlike its mirror images.
Y, X = np.mgrid[:40, :30]
GRAY = np.uint8(4 * Y + 3 * X)
RGB = np.dstack([GRAY, GRAY // 2, 255 - GRAY])
BGR = np.ascontiguousarray(RGB[..., ::-1])


def encoded(picture, kind, **options):
    """Content of a file, by Pillow, from an array or a Pillow image."""
    file = io.BytesIO()
    picture = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    picture.save(file, kind, **options)
    return file.getvalue()


def palette():
    """A grey image whose pixels are numbers of a scrambled palette."""
    order = np.random.default_rng(0).permutation(256).astype(np.uint8)
    picture = Image.fromarray(np.argsort(order).astype(np.uint8)[GRAY], "P")
    picture.putpalette(np.repeat(order, 3).tolist())
    return picture


def rotated(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif
