import struct
import sys

import cv2
import numpy as np
import pytest
from PIL import Image, features

from fer_classic.exceptions import DataNotFoundError, DataWarning, ImageReadError
from fer_classic.utils import as_gray, read_image
from tests.utils.pictures import BGR, GRAY, RGB, encoded, palette, rotated

TURNS = {
    1: lambda image: image,
    2: np.fliplr,
    3: lambda image: image[::-1, ::-1],
    4: np.flipud,
    5: np.transpose,
    6: lambda image: np.rot90(image, -1),
    7: lambda image: image[::-1, ::-1].T,
    8: np.rot90,
}


def written(picture, kind, *, exif=None):
    """Content of a file of any kind that can be written here."""
    options = {"exif": exif.tobytes()} if exif else {}
    if kind == "HEIF":
        pillow_heif = pytest.importorskip("pillow_heif")
        pillow_heif.register_heif_opener()
    elif kind in ("AVIF", "WEBP") and not features.check(kind.lower()):
        pytest.skip(f"this build of Pillow cannot write {kind}")
    if kind != "TIFF":
        options["quality"] = 95
    return encoded(picture, kind, **options)


def packed_tiff(levels, bits):
    """A TIFF whose values of 10, 12 or 14 bits lie one after the other, row by row."""
    height, width = levels.shape
    rows = ["".join(format(value, f"0{bits}b") for value in row) for row in levels.tolist()]
    rows = [row + "0" * (-len(row) % 8) for row in rows]
    data = b"".join(int(row, 2).to_bytes(len(row) // 8, "big") for row in rows)
    tags = {256: width, 257: height, 258: bits, 259: 1, 262: 1, 273: 0, 277: 1, 278: height}
    tags |= {279: len(data)}
    tags[273] = 8 + 2 + 12 * len(tags) + 4
    entries = [struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items()]
    head = b"II*\0" + struct.pack("<IH", 8, len(tags))
    return head + b"".join(entries) + bytes(4) + data


class TestReadImage:
    @pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "PPM", "GIF"])
    def test_grey(self, kind):
        np.testing.assert_array_equal(as_gray(read_image(encoded(GRAY, kind))), GRAY)

    @pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "PPM"])
    def test_colour_comes_as_bgr(self, kind):
        np.testing.assert_array_equal(read_image(encoded(RGB, kind)), BGR)

    @pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
    def test_lossy_colour(self, kind):
        image = read_image(encoded(RGB, kind, quality=95))
        assert image.dtype == np.uint8
        assert np.abs(image.astype(int) - BGR).max() < 25
        assert np.abs(image.astype(int) - BGR).mean() < 3

    @pytest.mark.parametrize("kind", ["PNG", "TIFF"])
    def test_16_bits_become_8(self, kind):
        image = read_image(encoded(GRAY.astype(np.uint16) * 257, kind))
        assert image.dtype == np.uint8
        np.testing.assert_array_equal(image, GRAY)

    def test_transparent_colour_comes_as_bgra(self):
        alpha = np.full_like(GRAY, 255)
        alpha[:10] = 0
        image = read_image(encoded(np.dstack([RGB, alpha]), "PNG"))
        np.testing.assert_array_equal(image, np.dstack([BGR, alpha]))
        assert (as_gray(image)[:10] == 255).all()

    def test_grey_with_alpha(self):
        alpha = np.full_like(GRAY, 255)
        alpha[:10] = 0
        picture = Image.merge("LA", [Image.fromarray(GRAY), Image.fromarray(alpha)])
        gray = as_gray(read_image(encoded(picture, "PNG")))
        np.testing.assert_array_equal(gray[10:], GRAY[10:])
        assert (gray[:10] == 255).all()

    @pytest.mark.parametrize("kind", ["PNG", "TIFF", "GIF", "BMP"])
    def test_palettes(self, kind):
        np.testing.assert_array_equal(as_gray(read_image(encoded(palette(), kind))), GRAY)

    @pytest.mark.parametrize(("kind", "tolerance"), [("JPEG", 12), ("TIFF", 1)])
    def test_cmyk(self, kind, tolerance):
        image = read_image(encoded(Image.fromarray(RGB).convert("CMYK"), kind))
        assert np.abs(image[..., :3].astype(int) - BGR).max() <= tolerance

    def test_one_bit(self):
        image = read_image(encoded(Image.fromarray(GRAY > 100), "PNG"))
        np.testing.assert_array_equal(as_gray(image), np.uint8(255) * (GRAY > 100))

    @pytest.mark.parametrize("scale", [1, 1 / 255, 257])
    def test_floating_tiff(self, scale):
        image = read_image(encoded((GRAY.astype(float) * scale).astype(np.float32), "TIFF"))
        assert image.dtype == np.uint8
        np.testing.assert_array_equal(image, GRAY)

    @pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
    @pytest.mark.parametrize(("dtype", "kind"), [(np.uint16, "PNG"), (np.int32, "TIFF")])
    def test_fewer_bits_than_the_file_has_room_for(self, bits, dtype, kind):
        levels = np.rint(GRAY / 255 * (2**bits - 1)).astype(dtype)
        np.testing.assert_array_equal(read_image(encoded(levels, kind)), GRAY)

    def test_a_tag_says_what_white_is(self):
        # Dark, so that the values alone would make it 8 bits.
        dark = (GRAY // 16).astype(np.uint16)
        content = encoded(dark, "TIFF", tiffinfo={341: 4095})
        np.testing.assert_array_equal(read_image(content), np.rint(dark / 4095 * 255))

    @pytest.mark.parametrize("bits", [10, 12, 14])
    def test_packed_tiff(self, bits):
        levels = np.rint(GRAY / 255 * (2**bits - 1)).astype(int)
        assert np.abs(read_image(packed_tiff(levels, bits)).astype(int) - GRAY).max() <= 1

    @pytest.mark.parametrize("largest", [100, 255, 1023, 4095, 65535])
    def test_pnm_of_any_largest_value(self, largest):
        levels = np.rint(GRAY / 255 * largest)
        header = b"P5\n# a comment\n30 40\n%d\n" % largest
        content = header + levels.astype(">u2" if largest > 255 else "u1").tobytes()
        tolerance = 1 if largest < 255 else 0
        np.testing.assert_allclose(as_gray(read_image(content)), GRAY, atol=tolerance)

    @pytest.mark.parametrize(("depth", "top"), [(10, 1023), (12, 4095)])
    def test_deep_avif(self, depth, top):
        if not cv2.haveImageWriter("x.avif"):
            pytest.skip("this build of OpenCV cannot write AVIF")
        # Dark, so that the values alone would make it 8 bits.
        dark = np.dstack([GRAY * (top / 255 / 8)] * 3).astype(np.uint16)
        content = bytes(cv2.imencode(".avif", dark, [cv2.IMWRITE_AVIF_DEPTH, depth])[1])
        # The format is lossy; taken for 8 bits, the values would be four times as high.
        np.testing.assert_allclose(as_gray(read_image(content)), GRAY / 8, atol=4)

    def test_deep_jpeg_2000(self):
        if not features.check("jpg_2000"):
            pytest.skip("this build of Pillow cannot write JPEG 2000")
        deep = GRAY.astype(np.uint16) * 257
        dark = encoded(deep // 64, "JPEG2000", irreversible=False)
        np.testing.assert_allclose(as_gray(read_image(dark)), GRAY / 64, atol=1)

    def test_floats_that_are_no_numbers(self):
        levels = (GRAY / 255).astype(np.float32)
        levels[3, 4:6] = np.nan
        message = r"image of \d+ bytes holds 2 pixels that are not finite .*, of 1200"
        with pytest.raises(ImageReadError, match=message):
            read_image(encoded(levels, "TIFF"))

    def test_floating_tiff_is_turned_upright(self):
        content = encoded((GRAY / 255).astype(np.float32), "TIFF", exif=rotated(6))
        np.testing.assert_array_equal(as_gray(read_image(content)), np.rot90(GRAY, -1))

    @pytest.mark.parametrize("kind", ["PCX", "TGA"])
    def test_formats_that_opencv_does_not_know(self, kind):
        np.testing.assert_array_equal(read_image(encoded(RGB, kind)), BGR)
        image = read_image(encoded(np.dstack([RGB, GRAY]), "TGA"))
        np.testing.assert_array_equal(image, np.dstack([BGR, GRAY]))

    @pytest.mark.parametrize("kind", ["GIF", "WEBP", "TIFF", "PNG", "AVIF"])
    def test_of_a_film_the_first_frame(self, kind):
        frames = [Image.fromarray(one) for one in (GRAY, 255 - GRAY, GRAY // 2)]
        options = {"lossless": True} if kind == "WEBP" else {}
        film = encoded(frames[0], kind, save_all=True, append_images=frames[1:], **options)
        with pytest.warns(DataWarning, match="several frames or pages; only the first is read"):
            image = read_image(film)
        np.testing.assert_allclose(as_gray(image), GRAY, atol=3 if kind == "AVIF" else 1)

    @pytest.mark.parametrize("orientation", range(1, 9))
    @pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
    def test_photos_are_turned_upright(self, kind, mode, orientation):
        if kind == "JPEG" and mode == "RGBA":
            pytest.skip("JPEG has no transparency")
        picture = Image.fromarray(GRAY).convert(mode)
        image = read_image(written(picture, kind, exif=rotated(orientation)))
        upright = TURNS[orientation](GRAY)
        assert image.shape[:2] == upright.shape
        assert np.abs(as_gray(image).astype(int) - upright).max() < 12

    @pytest.mark.parametrize("dtype", [np.uint16, np.int32, np.float32])
    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_deep_tiff_is_turned_upright(self, orientation, dtype):
        content = encoded(GRAY.astype(dtype), "TIFF", exif=rotated(orientation))
        np.testing.assert_array_equal(as_gray(read_image(content)), TURNS[orientation](GRAY))

    def test_deep_png_is_turned_upright(self):
        content = encoded(GRAY.astype(np.uint16) * 257, "PNG", exif=rotated(6))
        np.testing.assert_array_equal(read_image(content), TURNS[6](GRAY))

    @pytest.mark.parametrize("orientation", [0, 9, 6000])
    def test_orientations_that_are_none(self, orientation):
        content = encoded(GRAY, "PNG", exif=rotated(orientation))
        np.testing.assert_array_equal(read_image(content), GRAY)

    def test_a_photo_too_large_for_pillow_is_turned_upright(self, monkeypatch):
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
        content = written(Image.fromarray(GRAY), "JPEG", exif=rotated(6))
        assert read_image(content).shape == (30, 40)

    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "TGA", "GIF", "WEBP", "PPM"])
    def test_more_pixels_than_the_limit(self, kind, tmp_path, monkeypatch):
        path = tmp_path / "large"
        path.write_bytes(encoded(RGB, kind))
        assert read_image(path, max_pixels=1200).shape == (40, 30, 3)
        message = (
            r"large has 30 x 40 = 1,200 pixels; the limit is 1,199, .* Make it smaller; or, if you "
            r"trust it, raise the limit with .* FER_CLASSIC_MAX_PIXELS \(max_pixels=\.\.\. of read"
        )
        with pytest.raises(ImageReadError, match=message):
            read_image(path, max_pixels=1199)
        monkeypatch.setenv("FER_CLASSIC_MAX_PIXELS", "1_199")
        with pytest.raises(ImageReadError, match=message):
            read_image(path)

    def test_the_limit_of_pillow_has_no_effect(self, monkeypatch):
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
        assert read_image(encoded(RGB, "TGA")).shape == (40, 30, 3)
        assert Image.MAX_IMAGE_PIXELS == 100

    def test_a_header_that_promises_too_much(self):
        # OpenCV refuses it too, Pillow only from 178,956,970 pixels on.
        content = b"P5\n40000 3000\n255\n" + bytes(100)
        with pytest.raises(ImageReadError, match=r"40000 x 3000 = 120,000,000 pixels; the limit"):
            read_image(content)

    def test_a_heic_photo_without_the_package(self, monkeypatch, tmp_path):
        monkeypatch.setitem(sys.modules, "pillow_heif", None)
        box = b"ftypheic" + bytes(4) + b"mif1heic"
        (tmp_path / "IMG_1.HEIC").write_bytes((len(box) + 4).to_bytes(4, "big") + box + bytes(99))
        message = (
            r"IMG_1\.HEIC is a HEIC photo, .* reading HEIC photos needs the package 'pillow_heif'; "
            r'install it with: pip install "fer-classic\[heic\]", or save it as JPEG\.'
        )
        with pytest.raises(ImageReadError, match=message):
            read_image(tmp_path / "IMG_1.HEIC")

    @pytest.mark.parametrize("share", [0.02, 0.5, 0.95])
    def test_a_damaged_heic_photo(self, share):
        content = written(Image.fromarray(RGB), "HEIF")
        with pytest.raises(ImageReadError, match="is not an image that can be decoded"):
            read_image(content[: int(share * len(content))])

    @pytest.mark.parametrize(
        "name", ["gesicht.png", "Gesicht mit Lücken.png", "顔.png", "no suffix"]
    )
    @pytest.mark.parametrize("as_path", [str, lambda path: path])
    def test_names_of_files_do_not_matter(self, as_path, name, tmp_path):
        path = tmp_path / name
        path.write_bytes(encoded(GRAY, "PNG"))
        np.testing.assert_array_equal(read_image(as_path(path)), GRAY)

    @pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
    def test_content(self, kind):
        np.testing.assert_array_equal(read_image(kind(encoded(GRAY, "PNG"))), GRAY)

    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "BMP", "GIF", "WEBP", "PPM"])
    @pytest.mark.parametrize("share", [0.02, 0.5, 0.95])
    def test_files_that_were_cut_off(self, share, kind, tmp_path):
        noise = np.random.default_rng(0).integers(0, 256, (60, 60, 3), dtype=np.uint8)
        content = encoded(noise, kind)
        path = tmp_path / "photo"
        path.write_bytes(content[: int(share * len(content))])
        with pytest.raises(ImageReadError, match=r"photo is not an image that can be decoded"):
            read_image(path)

    @pytest.mark.parametrize("content", [b"hello", b"<svg/>", b"\0" * 999, b"\x89PNG\r\n\x1a\n"])
    def test_what_is_no_image(self, content):
        message = rf"image of {len(content)} bytes is not an image that can be decoded"
        with pytest.raises(ImageReadError, match=message):
            read_image(content)

    def test_a_flipped_bit_is_noticed(self):
        content = bytearray(encoded(RGB, "PNG"))
        content[len(content) // 2] ^= 0x40
        with pytest.raises(ImageReadError, match="damaged"):
            read_image(bytes(content))

    def test_empty(self, tmp_path):
        (tmp_path / "empty.png").touch()
        with pytest.raises(ImageReadError, match=r"empty\.png is empty \(0 bytes\)"):
            read_image(tmp_path / "empty.png")

    def test_missing(self, tmp_path):
        with pytest.raises(DataNotFoundError, match=r"no such image file: .*nothing\.png"):
            read_image(tmp_path / "nothing.png")

    def test_a_folder(self, tmp_path):
        with pytest.raises(ImageReadError, match=r"cannot read .*: Is a directory"):
            read_image(tmp_path)


def progressive(n_scans):
    """A progressive JPEG whose last scan comes again and again."""
    content = encoded(GRAY, "JPEG", progressive=True)
    last = content[content.rindex(b"\xff\xda") : -2]
    n_there = content.count(b"\xff\xda")
    return content[:-2] + (n_scans - n_there) * last + content[-2:]


def test_a_jpeg_of_very_many_scans_is_not_decoded():
    with pytest.raises(ImageReadError, match="more than 100 scans"):
        read_image(progressive(101))
    assert read_image(progressive(100)).shape == GRAY.shape


def test_what_follows_a_jpeg_are_no_scans():
    motion_photo = encoded(GRAY, "JPEG") + 200 * b"\xff\xda\0\0"
    assert read_image(motion_photo).shape == GRAY.shape
