import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from fer_classic.utils import read_image
from fer_classic.utils._header import read_header
from tests.hostile_files import make_images, quiet

with quiet():
    IMAGES = make_images()


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*sizes):
    """A PNG with a header for each of the sizes, and few pixels."""
    heads = (struct.pack(">IIBBBBB", *size, 8, 0, 0, 0, 0) for size in sizes)
    parts = [chunk(b"IHDR", head) for head in heads]
    pixels = chunk(b"IDAT", zlib.compress(bytes(100)))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts) + pixels + chunk(b"IEND", b"")


def icon(image):
    entry = struct.pack("<BBBBHHII", 16, 16, 0, 0, 1, 32, len(image), 22)
    return b"\0\0\1\0\1\0" + entry + image


@pytest.mark.parametrize("name", IMAGES)
def test_the_size_is_that_of_the_decoded_image(name):
    header = read_header(IMAGES[name])
    with quiet():
        height, width = read_image(IMAGES[name]).shape[:2]
    assert header.size == ((height, width) if name == "jpeg rotated" else (width, height))
    assert header.animated == name.endswith(("film", "pages"))


@pytest.mark.parametrize(
    ("content", "size"),
    [
        (b"\xff\xd8\xff\xff\xc4\0\5abc junk \xff\0\xff\xc2\0\x11\x08\1\0\2\0", (512, 256)),
        (b"\xff\xd8\xff\xe0\0\2" + b"\xff\xc8\0\2" * 9, None),
        (b"\xff\xd8\xff", None),
        (b"P7\nWIDTH 7\nDEPTH 1\nHEIGHT 9\nENDHDR\n", (7, 9)),
        (b"#?RGBE\nEXPOSURE=1\n\n-Y 9 +X 7\n", (7, 9)),
        (b"PF\n" + b"9" * 5000 + b" 1\n", None),
        (png((7, 9))[:-12], (7, 9)),
        (png((7, 9))[:-1], None),
        (png((7, 9)) + b"more", (7, 9)),
        (png((7, 9))[:33] + b"\x7f\xff\xff\xffiCCP" + png((7, 9))[33:], None),
        (png((7, 9)).replace(b"IHDR", b"IHDX"), None),
        (b"II*\0\x08\0\0\0\2\0\0\1\3\0\1\0\0\0\7\0\0\0\1\1\3\0\1\0\0\0\x09\0\0\0", (7, 9)),
        (icon(png((500, 400))), (500, 400)),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n", None),
        (b"", None),
        (b"hello", None),
    ],
)
def test_headers(content, size):
    header = read_header(content)
    assert (header and header.size) == size


@pytest.mark.parametrize("content", [png((10, 10), (90_000, 90_000)), icon(png((90_000, 90_000)))])
def test_a_second_header_is_not_believed(content):
    limit = Image.MAX_IMAGE_PIXELS
    with pytest.raises(ValueError, match="90000 x 90000 = 8,100,000,000 pixels"):
        read_image(content)
    assert limit == Image.MAX_IMAGE_PIXELS


def test_the_limit_is_that_of_the_grid_of_jpeg_2000():
    content = bytearray(IMAGES["jpeg2000"])
    place = content.find(b"\xff\x4f\xff\x51") + 8
    content[place : place + 8] = struct.pack(">II", 90_000, 90_000)
    assert read_header(bytes(content)).size == (90_000, 90_000)


def test_random_bytes_have_no_header():
    rng = np.random.default_rng(0)
    for start in (b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"II*\0", b"RIFF"):
        assert read_header(start + rng.bytes(300)) is None or start == b"GIF89a"
