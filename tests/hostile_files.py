"""Images, videos and tables of every kind that is read, and ways to damage them."""

import bz2
import gzip
import io
import lzma
import tarfile
import tempfile
import warnings
import zipfile
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, features

from tests.utils.pictures import GRAY, RGB, encoded, palette, rotated

# Numbers that headers do not expect, as 2 or 4 bytes.
_EXTREMES = [0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 40_000]


def make_images():
    """Give the content of an image file of each kind, by name."""
    deep, alpha = GRAY.astype(np.uint16) * 257, np.dstack([RGB, GRAY])
    unit = (RGB / 255).astype(np.float32)
    pages = [Image.fromarray(one) for one in (RGB, 255 - RGB)]
    film = {"save_all": True, "append_images": pages[1:]}
    by_pillow = {
        "bmp": (RGB, "BMP", {}),
        "dds": (RGB, "DDS", {}),
        "gif": (palette(), "GIF", {}),
        "gif film": (pages[0], "GIF", film),
        "ico": (RGB, "ICO", {"sizes": [(16, 16), (24, 24)]}),
        "im": (RGB, "IM", {}),
        "jpeg": (RGB, "JPEG", {}),
        "jpeg cmyk": (Image.fromarray(RGB).convert("CMYK"), "JPEG", {}),
        "jpeg progressive": (RGB, "JPEG", {"progressive": True}),
        "jpeg rotated": (RGB, "JPEG", {"exif": rotated(6)}),
        "msp": (Image.fromarray(GRAY > 100), "MSP", {}),
        "pcx": (RGB, "PCX", {}),
        "png": (RGB, "PNG", {}),
        "png 16 bits": (deep, "PNG", {}),
        "png alpha": (alpha, "PNG", {}),
        "png film": (pages[0], "PNG", film),
        "png palette": (palette(), "PNG", {}),
        "ppm": (RGB, "PPM", {}),
        "qoi": (RGB, "QOI", {}),
        "sgi": (RGB, "SGI", {}),
        "tga": (alpha, "TGA", {"compression": "tga_rle"}),
        "tiff": (RGB, "TIFF", {}),
        "tiff 16 bits": (deep, "TIFF", {}),
        "tiff deflate": (RGB, "TIFF", {"compression": "tiff_adobe_deflate"}),
        "tiff float": (unit[..., 0], "TIFF", {}),
        "tiff jpeg": (RGB, "TIFF", {"compression": "jpeg"}),
        "tiff lzw": (RGB, "TIFF", {"compression": "tiff_lzw"}),
        "tiff pages": (pages[0], "TIFF", film),
        "xbm": (Image.fromarray(GRAY > 100), "XBM", {}),
    }
    for kind, feature in (("AVIF", "avif"), ("JPEG2000", "jpg_2000"), ("WEBP", "webp")):
        if features.check(feature):
            by_pillow[kind.lower()] = (RGB, kind, {})
    if features.check("webp"):
        by_pillow["webp film"] = (pages[0], "WEBP", {**film, "lossless": True})
    by_opencv = {"hdr": unit, "pam": RGB, "pfm": unit, "ras": RGB}
    return {
        **{name: encoded(one, kind, **options) for name, (one, kind, options) in by_pillow.items()},
        **{name: bytes(cv2.imencode(f".{name}", one)[1]) for name, one in by_opencv.items()},
    }


def make_videos():
    """Give the content of a short video of each kind, by suffix."""
    videos = {}
    with tempfile.TemporaryDirectory() as folder:
        for suffix, codec in (("avi", "MJPG"), ("mp4", "mp4v")):
            path = Path(folder) / f"film.{suffix}"
            writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*codec), 10, (64, 48))
            for shift in range(6):
                writer.write(np.roll(cv2.resize(RGB, (64, 48)), 4 * shift, axis=1))
            writer.release()
            if path.exists() and path.stat().st_size > 1000:
                videos[suffix] = path.read_bytes()
    return videos


def make_table(n_rows=14):
    """Give the text of a small table of FER2013."""
    rng = np.random.default_rng(0)
    rows = ["emotion,pixels,Usage"]
    usages = ("Training", "PublicTest", "PrivateTest")
    for number in range(n_rows):
        pixels = " ".join(map(str, rng.integers(0, 256, 2304)))
        rows.append(f"{number % 7},{pixels},{usages[number % 3]}")
    return "\n".join(rows) + "\n"


def pack_table(text, suffix, *, name="fer2013/fer2013.csv"):
    """Pack a table, given as bytes, as the suffix says; the name is that in an archive."""
    packers = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}
    packed = io.BytesIO()
    if suffix == ".zip":
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, text)
        return packed.getvalue()
    if suffix == ".tar.gz":
        with tarfile.open(fileobj=packed, mode="w:gz") as archive:
            member = tarfile.TarInfo(name)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text))
        return packed.getvalue()
    return packers[suffix](text) if suffix in packers else text


def cut(content, rng):
    """Cut a file off, anywhere."""
    return content[: rng.integers(len(content))]


def mutate(content, rng, others=()):
    """Change bytes of a file, at up to four places; more often in its header.

    Parameters
    ----------
    content : bytes
    rng : numpy.random.Generator
    others : sequence of bytes
        Files whose parts are inserted.

    Returns
    -------
    content : bytes
    """
    data = bytearray(content)
    for _ in range(rng.integers(1, 5)):
        size = max(len(data), 1)
        place = int(rng.integers(min(size, 200) if rng.integers(3) else size))
        length = int(rng.integers(1, 64))
        kind = rng.integers(8)
        if kind <= 1 and data:
            data[min(place, len(data) - 1)] ^= int(rng.integers(1, 256))
        elif kind <= 3:
            value = _EXTREMES[rng.integers(len(_EXTREMES))]
            width = 4 if value > 0xFFFF else int(rng.choice([2, 4]))
            order = "big" if rng.integers(2) else "little"
            data[place : place + width] = value.to_bytes(width, order)
        elif kind == 4:
            del data[place : place + length]
        elif kind == 5:
            data[place:place] = rng.bytes(length)
        elif kind == 6:
            data[place : place + length] = bytes(length)
        elif len(others):
            other = others[rng.integers(len(others))]
            start = int(rng.integers(len(other)))
            data[place : place + length] = other[start : start + length]
    return bytes(data)


def quiet():
    """Leave warnings out: those of Pillow about the files that are made here."""
    return warnings.catch_warnings(action="ignore")
