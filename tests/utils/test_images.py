import io

import cv2
import numpy as np
import pytest
from PIL import Image

from fer_classic.base import to_uint8
from fer_classic.exceptions import DataNotFoundError, ImageReadError
from fer_classic.utils import (
    IMAGE_SUFFIXES,
    as_bgr,
    as_gray,
    find_images,
    iter_images,
    read_image,
)

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

    def test_16_bits(self):
        deep = GRAY.astype(np.uint16) * 257
        image = read_image(encoded(deep, "PNG"))
        assert image.dtype == np.uint16
        np.testing.assert_array_equal(image, deep)
        np.testing.assert_array_equal(as_gray(image), GRAY)

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

    def test_floating_tiff(self):
        image = read_image(encoded((GRAY / 255).astype(np.float32), "TIFF"))
        assert image.dtype == np.uint16
        np.testing.assert_array_equal(as_gray(image), GRAY)

    def test_floating_tiff_is_turned_upright(self):
        content = encoded((GRAY / 255).astype(np.float32), "TIFF", exif=rotated(6))
        np.testing.assert_array_equal(as_gray(read_image(content)), np.rot90(GRAY, -1))

    @pytest.mark.parametrize("kind", ["PCX", "TGA"])
    def test_formats_that_opencv_does_not_know(self, kind):
        np.testing.assert_array_equal(read_image(encoded(RGB, kind)), BGR)
        image = read_image(encoded(np.dstack([RGB, GRAY]), "TGA"))
        np.testing.assert_array_equal(image, np.dstack([BGR, GRAY]))

    @pytest.mark.parametrize("kind", ["GIF", "WEBP", "TIFF"])
    def test_of_a_film_the_first_frame(self, kind):
        frames = [Image.fromarray(one) for one in (GRAY, 255 - GRAY, GRAY // 2)]
        options = {"lossless": True} if kind == "WEBP" else {}
        film = encoded(frames[0], kind, save_all=True, append_images=frames[1:], **options)
        np.testing.assert_allclose(as_gray(read_image(film)), GRAY, atol=1)

    @pytest.mark.parametrize(
        ("orientation", "turn"),
        [
            (1, lambda image: image),
            (2, np.fliplr),
            (3, lambda image: np.rot90(image, 2)),
            (6, lambda image: np.rot90(image, -1)),
            (8, np.rot90),
        ],
    )
    @pytest.mark.parametrize("kind", ["JPEG", "PNG"])
    def test_photos_are_turned_upright(self, kind, orientation, turn):
        image = read_image(encoded(GRAY, kind, exif=rotated(orientation)))
        upright = turn(GRAY)
        assert image.shape == upright.shape
        assert np.abs(as_gray(image).astype(int) - upright).max() < 10

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


class TestAsGray:
    @pytest.mark.parametrize(
        ("pixel", "dtype", "gray"),
        [
            ([255, 0, 0], np.uint8, 29),
            ([0, 255, 0], np.uint8, 150),
            ([0, 0, 255], np.uint8, 76),
            ([90, 90, 90], np.uint8, 90),
            ([1.0, 0.0, 0.0], np.float32, 0.114),
            ([0.0, 0.0, 1.0], np.float64, 0.299),
            ([65535, 65535, 65535], np.uint16, 255),
            ([77], np.uint8, 77),
            ([True], bool, 255),
            ([0, 0, 0, 0], np.uint8, 255),
            ([90, 90, 90, 255], np.uint8, 90),
            ([0, 0, 0, 51], np.uint8, 204),
            ([100, 0], np.uint8, 255),
            ([100, 255], np.uint8, 100),
            ([0.0, 0.25], np.float32, 0.75),
            ([0.2, 0.2, 0.2, 0.5], np.float64, 0.6),
            ([0, 0, 0, 32768], np.uint16, 127),
        ],
    )
    def test_pixels(self, pixel, dtype, gray):
        image = np.full((2, 3, len(pixel)), pixel, dtype=dtype)
        result = as_gray(image)
        assert result.shape == (2, 3)
        assert result.dtype == (np.float32 if np.dtype(dtype).kind == "f" else np.uint8)
        assert result == pytest.approx(np.full((2, 3), gray), abs=1e-3)

    @pytest.mark.parametrize(
        ("value", "gray"), [(0, 0), (128, 0), (129, 1), (257, 1), (65534, 255), (65535, 255)]
    )
    def test_16_bits_are_rounded(self, value, gray):
        assert as_gray(np.array([[value, 65535]], np.uint16)).tolist() == [[gray, 255]]

    def test_grey_bytes_are_not_copied(self):
        assert as_gray(GRAY) is GRAY or np.shares_memory(as_gray(GRAY), GRAY)

    def test_views(self):
        expected = cv2.cvtColor(BGR, cv2.COLOR_BGR2GRAY)
        np.testing.assert_array_equal(as_gray(RGB[..., ::-1]), expected)
        np.testing.assert_array_equal(as_gray(BGR[::-1, ::2]), expected[::-1, ::2])

    def test_the_image_is_not_changed(self):
        image = np.dstack([BGR, GRAY])
        before = image.copy()
        image.flags.writeable = False
        as_gray(image)
        np.testing.assert_array_equal(image, before)

    @pytest.mark.parametrize("shape", [(3,), (4, 4, 5), (2, 4, 4, 3), (0, 4), (4, 0, 3), ()])
    def test_other_shapes(self, shape):
        with pytest.raises(ValueError, match=r"expected an image of shape \(h, w\), or"):
            as_gray(np.zeros(shape, np.uint8))

    def test_what_a_failed_imread_gives(self):
        with pytest.raises(ValueError, match=r"got an array of shape \(\)"):
            as_gray(None)

    @pytest.mark.parametrize("dtype", [np.int16, np.int64, np.uint32])
    def test_integers_of_every_size_hold_grey_levels(self, dtype):
        np.testing.assert_array_equal(as_gray(BGR.astype(dtype)), as_gray(BGR))

    @pytest.mark.parametrize("convert", [as_gray, as_bgr])
    @pytest.mark.parametrize(
        ("image", "message"),
        [
            (BGR.astype(np.float32), "floating images hold 0 to 1, got values from 0 to 255"),
            (np.full((2, 2), np.nan), "floating images hold 0 to 1, got none and 4 that are no"),
            (np.array([[-0.5, 1.5]]), "floating images hold 0 to 1, got values from -0.5 to 1.5"),
            (GRAY.astype(np.int64) * 16, "int64 hold 0 to 255, got values from 0 to 3888"),
            (GRAY.astype(np.uint16), "uint16 hold 0 to 65535, got values from 0 to 243"),
            (np.zeros((2, 2), complex), "expected an image of dtype uint8, uint16, another int"),
            (np.zeros((2, 2), "U1"), "expected an image of dtype uint8, uint16, another int"),
        ],
    )
    def test_numbers_that_are_not_in_their_unit(self, image, message, convert):
        with pytest.raises(ValueError, match=message):
            convert(image)


COLOR = np.array([[[10, 20, 30], [0, 255, 51]]], np.uint8)


class TestAsBGR:
    @pytest.mark.parametrize(
        ("image", "expected"),
        [
            (np.array([[7, 200]], np.uint8), [[[7, 7, 7], [200, 200, 200]]]),
            (np.array([[[7], [200]]], np.uint8), [[[7, 7, 7], [200, 200, 200]]]),
            (np.array([[[7, 255], [200, 0]]], np.uint8), [[[7, 7, 7], [255, 255, 255]]]),
            (np.array([[True, False]]), [[[255, 255, 255], [0, 0, 0]]]),
            (COLOR, COLOR),
            (COLOR / 255, COLOR),
            (COLOR.astype(np.uint16) * 257, COLOR),
            (np.array([[[128, 129, 65534]]], np.uint16), [[[0, 1, 255]]]),
            (COLOR[:, ::-1], COLOR[:, ::-1]),
            (np.dstack([COLOR, [[255, 0]]]).astype(np.uint8), [[[10, 20, 30], [255, 255, 255]]]),
            (np.array([[[0, 0.2, 1, 0.6]]]), [[[102, 133, 255]]]),
            (np.array([[[-1e-3, 1.001, 0.5]]]), [[[0, 255, 128]]]),
            (COLOR.astype(np.int64), COLOR),
        ],
    )
    def test_pixels(self, image, expected):
        picture = as_bgr(image)
        assert picture.dtype == np.uint8
        assert picture.flags.c_contiguous
        np.testing.assert_array_equal(picture, expected)

    @pytest.mark.parametrize("channels", [1, 2, 3, 4])
    @pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
    def test_its_grey_is_that_of_the_image(self, channels, dtype):
        top = 1 if dtype is np.float32 else np.iinfo(dtype).max
        image = (np.random.default_rng(0).random((20, 30, channels)) * top).astype(dtype)
        gray = to_uint8(as_gray(image)).astype(int)
        np.testing.assert_allclose(as_gray(as_bgr(image)), gray, atol=1 if channels > 2 else 0)

    def test_colour_of_8_bits_is_not_copied(self):
        assert np.shares_memory(as_bgr(BGR), BGR)

    @pytest.mark.parametrize("shape", [(5,), (4, 4, 5), (4, 0), (0, 4, 3), (1, 2, 3, 4)])
    def test_other_shapes(self, shape):
        with pytest.raises(ValueError, match="expected an image of shape"):
            as_bgr(np.zeros(shape, np.uint8))


class TestIterImages:
    @pytest.fixture
    def folder(self, tmp_path):
        content = encoded(GRAY, "PNG")
        for name in ("b/2.PNG", "b/10.png", "a.png", ".hidden.png", ".git/x.png", "c/notes.txt"):
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
        (tmp_path / "folder.png").mkdir()
        return tmp_path

    @pytest.mark.parametrize("as_path", [str, lambda path: path])
    def test_a_folder_is_searched_in_the_order_of_names(self, as_path, folder):
        found = list(iter_images(as_path(folder)))
        names = [str(path.relative_to(folder)) for path, _ in found]
        assert names == ["a.png", "b/10.png", "b/2.PNG"]
        assert all((image == GRAY).all() for _, image in found)

    def test_the_files_alone(self, folder):
        names = ["a.png", "b/10.png", "b/2.PNG"]
        assert find_images(folder) == [folder / name for name in names]
        assert find_images(folder / "c") == []

    def test_a_list_is_taken_as_it_is(self, folder):
        files = [folder / "c" / "notes.txt", str(folder / ".hidden.png")]
        assert [str(path) for path, _ in iter_images(files)] == list(map(str, files))

    def test_one_file(self, folder):
        assert len(list(iter_images(folder / "a.png"))) == 1

    def test_an_empty_folder(self, tmp_path):
        assert list(iter_images(tmp_path)) == []

    @pytest.mark.parametrize("wrap", [lambda path: path, lambda path: [path]])
    def test_what_is_not_there(self, wrap, tmp_path):
        with pytest.raises(DataNotFoundError, match="no such"):
            list(iter_images(wrap(tmp_path / "nothing")))

    def test_damaged_files_stop_it_when_they_are_reached(self, folder):
        (folder / "b" / "10.png").write_bytes(b"junk")
        images = iter_images(folder)
        assert next(images)[0].name == "a.png"
        with pytest.raises(ImageReadError, match=r"10\.png"):
            next(images)

    def test_suffixes_are_lower_case_and_sorted(self):
        assert list(IMAGE_SUFFIXES) == sorted(suffix.lower() for suffix in IMAGE_SUFFIXES)
