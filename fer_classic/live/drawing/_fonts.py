"""Words in pictures: a font that has their letters, and their rendered masks.

Pillow renders them, since ``cv2.putText`` has no letters beyond ASCII. A word is rendered once and
its mask is kept: blending a kept mask takes less time than ``putText`` needs to draw the word.
"""

from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from fer_classic.exceptions import DataFormatError, DataNotFoundError, DisplayError
from fer_classic.utils._opencv import cv2

__all__ = ["draw_text", "find_font", "text_width"]

# Pillow looks for such names, with any ending, in the font folders of the system.
_INSTALLED = (
    # Latin, Greek, Cyrillic
    *("NotoSans-Regular", "segoeui", "Helvetica", "Arial", "arial", "LiberationSans-Regular"),
    "DejaVuSans",
    # Chinese, Japanese, Korean
    *("NotoSansCJK-Regular", "NotoSansCJKsc-Regular", "SourceHanSans-Regular", "SourceHanSansSC"),
    *("wqy-microhei", "wqy-zenhei", "DroidSansFallbackFull", "DroidSansFallback"),
    *("PingFang", "Hiragino Sans GB", "AppleSDGothicNeo", "Arial Unicode"),
    *("msyh", "simhei", "YuGothM", "meiryo", "malgun", "ARIALUNI"),
    # The Linux wheel of OpenCV brings a font for its windows.
    str(Path(cv2.__file__).parent / "qt" / "fonts" / "DejaVuSans.ttf"),
)
_NUMBERS = "0123456789.%-#"
# The last code point is a letter of no script, so fonts draw the sign for what they lack.
_NO_LETTER = "\U0010ffff"
# Size in pixels at which letters are compared.
_PROBE = 16


@lru_cache
def find_font(texts, *, font=None):
    """Find a font that can show texts, and numbers.

    Parameters
    ----------
    texts : tuple of str
        Text to show.
    font : str or path-like, optional
        A font file; it is the only one tried then. Otherwise the font that Pillow brings (ASCII),
        then well-known fonts that are installed.

    Returns
    -------
    font : str or None
        File of the font; None is the font that Pillow brings.

    Raises
    ------
    DataNotFoundError
        If there is no file ``font``.
    DataFormatError
        If ``font`` is not a font.
    DisplayError
        If the font, or every font that was found, lacks a letter; the message names the text.
    """
    if font is not None:
        return _checked(str(font), texts)
    for name in (None, *_INSTALLED):
        try:
            missing = _first_missing(name, texts)
        except OSError:
            continue
        if missing is None:
            return None if name is None else _sized(name, _PROBE).path
    raise DisplayError(
        f"no font that was found on this machine can show {missing!r}; install one, such as Noto "
        "Sans CJK, or name a font file that can with font= (--font FILE)."
    )


def text_width(text, size, font=None):
    """Width of a text in pixels.

    Parameters
    ----------
    text : str
    size : int
        Size of the font in pixels.
    font : str, optional
        As :func:`find_font` gives it.

    Returns
    -------
    width : int
    """
    return _render(text, size, font)[1]


def draw_text(picture, text, position, *, size, color, font=None):
    """Write a text into a picture, in place; what lies outside is cut off.

    Parameters
    ----------
    picture : ndarray of shape (h, w, 3), uint8
        BGR.
    text : str
    position : tuple of two int
        Left end of the text, and the line that runs through the middle of its capitals.
    size : int
        Size of the font in pixels.
    color : tuple of three int
        BGR.
    font : str, optional
        As :func:`find_font` gives it.
    """
    mask, _, (left, top) = _render(text, size, font)
    x, y = position[0] + left, position[1] + top
    bottom, right = y + mask.shape[0], x + mask.shape[1]
    region = picture[max(y, 0) : max(bottom, 0), max(x, 0) : max(right, 0)]
    if region.size == 0:
        return
    height, width = region.shape[:2]
    mask = mask[max(-y, 0) :, max(-x, 0) :][:height, :width]
    mask = cv2.cvtColor(mask, cv2.COLOR_GRAY2BGR)
    ground = cv2.multiply(region, cv2.bitwise_not(mask), scale=1 / 255)
    ink = cv2.multiply(mask, color, scale=1 / 255)
    cv2.add(ground, ink, dst=region)


# Names, percentages and tenths of milliseconds: what comes back from frame to frame.
@lru_cache(maxsize=1024)
def _render(text, size, font):
    """Mask of shape (h, w), width to the next word, and where the mask begins."""
    face = _sized(font, size)
    left, top, right, bottom = (round(edge) for edge in face.getbbox(text, anchor="ls"))
    image = Image.new("L", (right - left, bottom - top))
    ImageDraw.Draw(image).text((-left, -top), text, fill=255, font=face, anchor="ls")
    capital = -face.getbbox("H", anchor="ls")[1]
    return np.array(image), round(face.getlength(text)), (left, top + round(capital / 2))


@lru_cache(maxsize=256)
def _sized(font, size):
    return ImageFont.load_default(size) if font is None else ImageFont.truetype(font, size)


def _checked(font, texts):
    if not Path(font).is_file():
        raise DataNotFoundError(f"no such font file: {font}")
    try:
        missing = _first_missing(font, texts)
    except OSError as error:
        raise DataFormatError(f"{font} is not a font that can be read ({error}).") from error
    if missing is not None:
        raise DisplayError(
            f"the font {font} lacks letters of {missing!r}; name another file with font= "
            "(--font FILE), or leave it out to have the installed fonts searched."
        )
    return font


def _first_missing(font, texts):
    """The first text with a letter that a font lacks, or None."""
    face = _sized(font, _PROBE)
    lacking = _signature(face, _NO_LETTER)
    for text in (*texts, _NUMBERS):
        if any(_signature(face, char) == lacking for char in text if not char.isspace()):
            return text
    return None


def _signature(face, char):
    mask = face.getmask(char)
    return mask.size, bytes(mask)
