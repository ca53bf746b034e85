from pathlib import Path

import cv2
import numpy as np
import pytest

from fer_classic.exceptions import DataFormatError, DataNotFoundError, DisplayError
from fer_classic.live.drawing import _fonts
from fer_classic.live.drawing._fonts import draw_text, find_font, text_width

WHITE = (255, 255, 255)
GREEK = ("χαρά", "θλίψη")
CHINESE = ("高兴", "悲伤")


@pytest.fixture(autouse=True)
def forgetful():
    """Fonts found in one test are not remembered in the next."""
    find_font.cache_clear()
    yield
    find_font.cache_clear()


@pytest.fixture
def wide_font():
    """A font with Greek letters, and without Chinese ones."""
    bundled = Path(cv2.__file__).parent / "qt" / "fonts" / "DejaVuSans.ttf"
    if bundled.is_file():
        return str(bundled)
    matplotlib = pytest.importorskip("matplotlib")
    return str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf")


def written(text, position=(10, 30), *, size=20, color=WHITE, font=None, shape=(60, 120)):
    picture = np.zeros((*shape, 3), np.uint8)
    draw_text(picture, text, position, size=size, color=color, font=font)
    return picture


def test_words_begin_at_their_position_and_lie_around_their_line():
    rows, columns = np.nonzero(written("HHH").any(axis=2))
    assert columns.min() == pytest.approx(10, abs=2)
    assert columns.max() == pytest.approx(10 + text_width("HHH", 20), abs=3)
    assert (rows.min() + rows.max()) / 2 == pytest.approx(30, abs=1)
    assert rows.max() - rows.min() == pytest.approx(0.7 * 20, abs=2)


def test_the_color_is_blended_with_the_ground():
    ground = np.full((60, 120, 3), (200, 100, 0), np.uint8)
    picture = ground.copy()
    draw_text(picture, "HHH", (10, 30), size=30, color=(0, 100, 250))
    share = written("HHH", size=30)[..., 0] / 255
    expected = ground + share[..., np.newaxis] * (np.array((0, 100, 250)) - ground)
    np.testing.assert_allclose(picture, expected, atol=1)
    assert (picture == (0, 100, 250)).all(axis=2).any()


def test_nothing_is_written_for_an_empty_text():
    assert text_width("", 20) == 0
    assert not written("").any()


@pytest.mark.parametrize("x", [-200, -20, 0, 90, 200])
@pytest.mark.parametrize("y", [-100, -3, 0, 57, 100])
def test_what_lies_outside_is_cut_off(x, y):
    large = written("Hjgf", (x + 300, y + 200), shape=(460, 720))
    np.testing.assert_array_equal(written("Hjgf", (x, y)), large[200:260, 300:420])


def test_width_grows_with_text_and_size():
    assert text_width("aa", 40) == pytest.approx(2 * text_width("a", 40), abs=1)
    assert text_width("happy", 40) == pytest.approx(2 * text_width("happy", 20), abs=3)


def test_ascii_needs_no_other_font(monkeypatch):
    monkeypatch.setattr(_fonts, "_INSTALLED", ())
    assert find_font(("happy", "no face")) is None
    assert find_font(()) is None


def test_the_first_installed_font_with_all_letters_is_taken(monkeypatch, wide_font):
    monkeypatch.setattr(_fonts, "_INSTALLED", ("no-such-font", wide_font, "never-asked"))
    assert find_font(("happy", *GREEK)) == wide_font


def test_a_text_that_no_font_has_is_named_with_the_way_out(monkeypatch, wide_font):
    monkeypatch.setattr(_fonts, "_INSTALLED", ("no-such-font", wide_font))
    with pytest.raises(DisplayError, match=r"can show '高兴'.*--font FILE"):
        find_font(("happy", *GREEK, *CHINESE))


def test_a_font_of_ones_own(monkeypatch, wide_font):
    monkeypatch.setattr(_fonts, "_INSTALLED", ())
    assert find_font(GREEK, font=wide_font) == wide_font
    assert find_font(GREEK, font=Path(wide_font)) == wide_font


def test_a_font_of_ones_own_that_lacks_letters(wide_font):
    with pytest.raises(DisplayError, match=r"DejaVuSans\.ttf lacks letters of '高兴'.*--font FILE"):
        find_font((*GREEK, *CHINESE), font=wide_font)


def test_fonts_that_are_none(tmp_path):
    with pytest.raises(DataNotFoundError, match=r"no such font file: .*none\.ttf"):
        find_font(("happy",), font=tmp_path / "none.ttf")
    (tmp_path / "text.ttf").write_text("no font")
    with pytest.raises(DataFormatError, match=r"text\.ttf is not a font"):
        find_font(("happy",), font=tmp_path / "text.ttf")


def test_letters_are_drawn_where_the_font_has_them(wide_font):
    # The built-in font has neither and draws the same sign for both.
    np.testing.assert_array_equal(written("θ"), written("高"))
    assert (written("θ", font=wide_font) != written("高", font=wide_font)).any()


def test_an_installed_chinese_font_has_all_languages():
    try:
        font = find_font(CHINESE)
    except DisplayError:
        pytest.skip("no Chinese font is installed")
    assert (written("高", font=font) != written("兴", font=font)).any()
