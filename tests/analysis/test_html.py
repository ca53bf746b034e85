import sys
from html.parser import HTMLParser

import numpy as np
import pytest

from fer_classic.analysis import VideoAnalysis, analyze
from tests.analysis.conftest import BRIGHT, DARK, face, frame

# The folder holds a photo that is damaged.
pytestmark = pytest.mark.filterwarnings(
    "ignore:.* photos cannot be read:fer_classic.exceptions.DataWarning"
)

VOID = {"img", "br"}


class Reader(HTMLParser):
    """Counts tags and rows of cells, and wants every tag to be closed."""

    def __init__(self, html):
        super().__init__()
        self.open, self.images, self.rows, self.words = [], [], [], []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        if tag == "img":
            self.images.append(dict(attributes)["src"])
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)
        if {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data


def test_a_photo(options):
    page = Reader(analyze(BRIGHT, **options)._repr_html_())
    (image,) = page.images
    assert image.startswith("data:image/jpeg;base64,")
    header, row = page.rows
    cells = dict(zip(header, row, strict=True))
    assert (cells["photo"], cells["expression"], cells["box"]) == (
        "image 0",
        "happy",
        "5, 5, 50 x 50",
    )
    assert cells["score"] == "90%"


def test_a_folder_with_a_photo_that_cannot_be_read(folder, options):
    page = Reader(analyze(folder, **options)._repr_html_())
    assert len(page.images) == 3
    assert [row[2] for row in page.rows[1:]] == ["happy", "sad", "no face", ""]
    assert "is not an image" in page.rows[4][-1]


def test_many_photos_are_cut(options):
    page = Reader(analyze([BRIGHT, DARK] * 30, **options)._repr_html_())
    assert (len(page.images), len(page.rows)) == (12, 1 + 20)
    assert "Shown: 12 of 60 photos, 20 of 60 rows" in "".join(page.words)


def test_names_are_escaped(folder, options):
    target = folder / "<b>&amp;.png"
    try:
        (folder / "a.png").rename(target)
    except OSError:
        pytest.skip("the file system has no such names")
    page = Reader(analyze(target, **options)._repr_html_())
    assert page.rows[1][0] == str(target)


def video(n_people):
    result = VideoAnalysis("talk.mp4", ["happy", "sad"], fps=1)
    result.add(frame(0, 0.0, *(face("sad", track) for track in range(n_people))))
    result.damage = "the end is missing"
    return result


def test_a_video_with_and_without_matplotlib(monkeypatch):
    pytest.importorskip("matplotlib.figure")
    page = Reader(video(2)._repr_html_())
    assert [image[:15] for image in page.images] == ["data:image/jpeg"] * 2 + ["data:image/png;"]
    assert page.rows[1][1:] == ["#0", "0.0", "1.0", "1.0", "sad 100%"]
    assert "the end is missing" in page.words
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    assert len(Reader(video(2)._repr_html_()).images) == 2


def test_many_people_are_cut():
    pytest.importorskip("matplotlib.figure")
    page = Reader(video(50)._repr_html_())
    assert (len(page.images), len(page.rows)) == (20 + 1, 1 + 20)
    assert "Shown: 20 of 50 people" in "".join(page.words)


def test_nobody():
    pytest.importorskip("matplotlib.figure")
    assert len(Reader(video(0)._repr_html_()).rows) == 1


def test_the_note_says_why_a_face_cannot_be_judged(options):
    page = Reader(
        analyze(np.full((48, 48), 90, np.uint8), min_probability=0.1, **options)._repr_html_()
    )
    cells = dict(zip(*page.rows, strict=True))
    assert (cells["expression"], cells["note"]) == ("uncertain", "blurred")
