from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from fer_classic.exceptions import DisplayError
from fer_classic.expressions import EXPRESSIONS
from fer_classic.live import NO_FACE, UNCERTAIN, Face, annotate
from fer_classic.live.drawing import _canvas, _fonts
from fer_classic.live.drawing._fonts import text_width
from fer_classic.live.drawing._labels import load_labels

BLACK = np.zeros((240, 320, 3), np.uint8)
DIM = np.full((240, 320, 3), 40, np.uint8)
LARGE = np.zeros((480, 640, 3), np.uint8)
BOX = (100, 100, 60, 60)
# Colours of a track, of the chosen bar and of the others, as they come out on black.
ORANGE, GRAY = (0, 159, 230), (185, 185, 185)
STAGES = {"grab": 0.5, "detect": 20.25, "predict": 3.0}


def face(box=BOX, expression="happy", scores=None, kind=None, track=None):
    return Face(box, expression, scores, kind, None, track)


def scored(box=BOX, expression="happy", score=0.87, **kwargs):
    rest = (1 - score) / (len(EXPRESSIONS) - 1)
    scores = {name: score if name == expression else rest for name in EXPRESSIONS}
    return face(box, expression, scores, "probability", **kwargs)


def drawn(picture):
    """The box ``x0, y0, x1, y1`` around all that is not black, ends included."""
    rows, columns = np.nonzero(picture.any(axis=2) if picture.ndim == 3 else picture)
    return columns.min(), rows.min(), columns.max(), rows.max()


def color_of(shown, **kwargs):
    """Colour of the lower edge of the box."""
    return tuple(annotate(BLACK, [shown], **kwargs)[159, 130].tolist())


def changed_by_chart(frame, faces):
    """Where the charts are."""
    return (annotate(frame, faces) != annotate(frame, faces, chart=False)).any(axis=2)


def test_the_frame_is_left_alone_and_the_copy_is_drawn_on():
    frame = BLACK.copy()
    picture = annotate(frame, [face()])
    assert not frame.any()
    x0, y0, x1, y1 = drawn(picture)
    assert (x0, y1) == pytest.approx((100, 160), abs=2)
    assert y0 < 100 < x1


@pytest.mark.parametrize(
    "frame",
    [
        DIM[..., 0],
        DIM,
        DIM[..., :1],
        np.dstack([DIM[..., 0], np.full_like(DIM[..., 0], 255)]),
        np.dstack([DIM, np.full_like(DIM[..., 0], 255)]),
        DIM[..., 0].astype(np.uint16) * 257 - 128,
        DIM.astype(np.float32) / 255,
        DIM.copy()[:, ::-1],
    ],
    ids=["gray", "bgr", "one", "gray alpha", "bgra", "uint16", "float", "view"],
)
def test_frames_of_every_kind_become_bgr(frame):
    picture = annotate(frame, [face()])
    np.testing.assert_array_equal(picture, annotate(DIM, [face()]))
    np.testing.assert_array_equal(picture[200, 200], DIM[200, 200])
    assert picture.dtype == np.uint8


def test_transparent_parts_are_white_as_they_are_to_the_detector():
    frame = np.dstack([DIM, np.zeros_like(DIM[..., 0])])
    np.testing.assert_array_equal(annotate(frame, []), annotate(np.full_like(DIM, 255), []))


@pytest.mark.parametrize("shape", [(5,), (4, 4, 5), (0, 4, 3)])
def test_what_is_no_image_is_refused(shape):
    with pytest.raises(ValueError, match=r"expected an image of shape \(h, w\)"):
        annotate(np.zeros(shape, np.uint8), [])


@pytest.mark.parametrize("shape", [(90, 120), (240, 320), (480, 360), (1080, 1920)])
@pytest.mark.parametrize(
    "place", [(0, 0), (1, 0), (0, 1), (1, 1), (-0.2, -0.2), (1.1, 1.1), (3, -2), (0.4, 0.4)]
)
def test_words_are_inside_the_picture_wherever_the_face_is(monkeypatch, shape, place):
    height, width = shape
    side = height // 3
    box = (round(place[0] * (width - side)), round(place[1] * (height - side)), side, side)
    words = []

    def remember(picture, text, position, *, size, color, font):
        words.append(text)
        x, y = position
        assert 0 < x <= x + text_width(text, size, font) < width
        assert size / 2 < y < height - size / 2

    monkeypatch.setattr(_canvas, "draw_text", remember)
    frame = np.zeros((*shape, 3), np.uint8)
    annotate(frame, [scored(box, "contempt", track=8)], fps=25, milliseconds=STAGES)
    assert {"25 FPS", "contempt", "87%", "#8"} <= set(words)
    # All but the chart and the times fit a thumbnail.
    assert ("surprise" in words, "20.2 ms" in words) == (height > 90, height > 90)


@pytest.mark.parametrize("shape", [(1, 1), (5, 300), (48, 48), (300, 20)])
def test_pictures_too_small_for_words(shape):
    frame = np.zeros((*shape, 3), np.uint8)
    picture = annotate(frame, [scored((0, 0, *shape[::-1]), track=1)], fps=9.5, milliseconds=STAGES)
    assert picture.shape == frame.shape


@pytest.mark.parametrize("box", [(10, 10, 0, 0), (-500, -500, 20, 20), (900, 10, 5, 5)])
def test_boxes_of_nothing(box):
    assert annotate(BLACK, [scored(box)]).any()


@pytest.mark.parametrize(
    "longer",
    [
        face(scores={"happy": 0.87}, kind="probability"),
        face(scores={"happy": -1.5}, kind="decision"),
        face(track=3),
        face(scores={"happy": 0.87}, kind="probability", track=3),
    ],
)
def test_scores_and_tracks_are_written_behind_the_name(longer):
    def width(shown):
        label = annotate(BLACK, [shown], chart=False)[:99]
        x0, _, x1, _ = drawn(label)
        return x1 - x0

    assert width(longer) > width(face())


def test_words_that_do_not_fit_are_left_out():
    def label(width, **kwargs):
        frame = np.zeros((200, width, 3), np.uint8)
        return annotate(frame, [face((0, 60, 40, 40), "contempt", **kwargs)], chart=False)

    scores = {"scores": {"contempt": 0.9}, "kind": "probability"}
    for width, kept, left_out in [(50, {}, scores), (80, scores, scores | {"track": None})]:
        np.testing.assert_array_equal(label(width, **kept), label(width, **left_out))
    assert (label(80, **scores) != label(80)).any()


def test_expressions_have_colors_of_their_own():
    assert len({color_of(face(expression=name)) for name in EXPRESSIONS}) == len(EXPRESSIONS)


@pytest.mark.parametrize("classes", [("bored", "engaged"), (*EXPRESSIONS, "bored")])
def test_classes_of_ones_own_have_colors_of_their_own(classes):
    scores = dict.fromkeys(classes, 0.1)
    colors = {color_of(face(expression=name, scores=scores), chart=False) for name in classes}
    assert len(colors) == len(classes)
    assert (255, 255, 255) not in colors


def test_tracks_have_colors_of_their_own_whatever_the_expression():
    colors = [color_of(face(track=track)) for track in range(10)]
    assert len(set(colors)) == len(colors)
    assert [color_of(face(track=track, expression="sad")) for track in range(10)] == colors
    assert color_of(face(track=123_456)) in colors


@pytest.mark.parametrize("track", [None, 0, 5])
def test_uncertain_faces_are_muted(track):
    def vivid(shown):
        color = color_of(shown)
        return max(color) - min(color)

    assert vivid(face(expression=UNCERTAIN, track=track)) < vivid(face(track=track)) / 2
    sure, unsure = (
        annotate(LARGE, [face((200, 200, 150, 150), name, track=track)]).sum()
        for name in ("happy", UNCERTAIN)
    )
    assert unsure < 0.6 * sure


@pytest.mark.parametrize(
    ("labels", "words"),
    [(None, "uncertain: blurred"), (load_labels("de"), "unsicher: unscharf")],
)
def test_the_label_says_why_a_face_cannot_be_seen(monkeypatch, labels, words):
    written = []

    def remember(picture, text, position, **options):
        written.append(text)

    monkeypatch.setattr(_canvas, "draw_text", remember)
    annotate(LARGE, [replace(face(expression=UNCERTAIN), reason="blurred")], labels=labels)
    assert written == [words]


def longest(picture, color):
    """Length of the longest bar of a colour."""
    return (picture == color).all(axis=2).sum(axis=1).max()


@pytest.mark.parametrize(
    ("kind", "scores", "chosen", "other"),
    [
        ("probability", {"happy": 0.75, "sad": 0.25}, 0.75, 0.25),
        ("probability", {"happy": 1.0, "sad": 0.0}, 1.0, 0.0),
        ("decision", {"happy": 3.0, "neutral": -1.0, "sad": -1.0}, 1.0, 0.0),
        ("decision", {"happy": -2.0, "neutral": -6.0, "sad": -3.0}, 1.0, 0.75),
        ("decision", {"happy": 2.0, "sad": 2.0}, 0.0, 0.0),
        (None, {"happy": 5.0, "neutral": 1.0, "sad": 2.0}, 1.0, 0.25),
        ("probability", {"happy": 1.0, "sad": float("nan")}, 1.0, 0.0),
    ],
)
def test_bars_have_the_length_of_the_scores(kind, scores, chosen, other):
    shown = face((50, 200, 150, 150), "happy", scores, kind)
    _, y0, x1, y1 = drawn(changed_by_chart(LARGE, [shown]))
    rail = 60
    chart = annotate(LARGE, [shown])[y0 : y1 + 1, x1 - rail - 8 : x1 + 1]
    # A bar of nothing can still be seen.
    assert longest(chart, ORANGE) == max(1, chosen * rail)
    assert longest(chart, GRAY) == max(1, other * rail)


@pytest.mark.parametrize("scores", [None, {}])
def test_no_chart_without_scores(scores):
    assert not changed_by_chart(LARGE, [face(scores=scores)]).any()


@pytest.mark.parametrize(
    "box",
    [
        (245, 165, 150, 150),
        (0, 0, 200, 200),
        (440, 0, 200, 200),
        (440, 280, 200, 200),
        (-50, 300, 200, 200),
        (100, 10, 440, 250),
    ],
)
def test_charts_never_cover_a_face_when_there_is_room(box):
    chart = changed_by_chart(LARGE, [scored(box)])
    assert chart.any()
    x, y, w, h = box
    assert not chart[max(y, 0) : y + h, max(x, 0) : x + w].any()


def test_a_single_face_may_lend_its_edge_to_the_chart():
    x, y, w, h = box = (115, 20, 420, 440)
    chart = changed_by_chart(LARGE, [scored(box)])
    assert chart.any()
    assert np.count_nonzero(chart[y : y + h, x : x + w]) < 0.1 * w * h


@pytest.mark.parametrize(
    ("shape", "box"),
    [
        ((240, 320), (0, 0, 320, 240)),
        ((90, 120), (30, 20, 50, 50)),
        ((240, 60), (0, 0, 50, 50)),
        ((60, 240), (0, 0, 50, 50)),
    ],
)
def test_no_chart_without_room(shape, box):
    assert not changed_by_chart(np.zeros((*shape, 3), np.uint8), [scored(box)]).any()


def test_charts_stay_next_to_their_faces_in_a_crowd():
    crowd = [face((200 + 70 * i, 120 + 90 * j, 60, 60)) for i in range(3) for j in range(3)]
    crowd[4] = scored((270, 210, 64, 64))
    assert not changed_by_chart(LARGE, crowd).any()
    assert changed_by_chart(LARGE, crowd[4:5]).any()


def test_many_faces_get_labels_and_the_largest_get_charts():
    frame = np.zeros((1200, 1920, 3), np.uint8)
    boxes = [(60 + 460 * (i % 4), 80 + 340 * (i // 4), 80 + i, 80 + i) for i in range(12)]
    faces = [scored(box, EXPRESSIONS[i % 8], track=i) for i, box in enumerate(boxes)]
    picture = annotate(frame, faces, fps=30, milliseconds=STAGES)
    np.testing.assert_array_equal(
        picture, annotate(frame, faces[::-1], fps=30, milliseconds=STAGES)
    )
    charts = changed_by_chart(frame, faces)
    on_the_right = [bool(charts[y : y + h, x + w : x + w + 100].any()) for x, y, w, h in boxes]
    assert on_the_right == [False] * 9 + [True] * 3
    assert not any(charts[y : y + h, x : x + w].any() for x, y, w, h in boxes)


def test_words_do_not_cover_the_faces_of_neighbours():
    boxes = [(100, 100, 100, 100), (110, 210, 100, 100)]
    picture = annotate(LARGE, [scored(box) for box in boxes])
    for x, y, w, h in boxes:
        assert not picture[y + 9 : y + h - 9, x + 9 : x + w - 9].any()


def test_the_rate_is_written_into_the_corner():
    x0, y0, x1, y1 = drawn(annotate(BLACK, [face()], fps=24.96)[:90, :90])
    assert max(x0, y0) < 8
    assert x1 < 80
    assert y1 < 30


@pytest.mark.parametrize(
    ("same", "other"), [((24.6, 25.4), 26), ((9.61, 9.64), 9.7), ((0.0, 0.04), 0.1)]
)
def test_digits_of_the_rate(same, other):
    first, second = (annotate(BLACK, [face()], fps=fps) for fps in same)
    np.testing.assert_array_equal(first, second)
    assert (first != annotate(BLACK, [face()], fps=other)).any()


def test_the_rate_makes_way_for_a_face():
    box = (0, 0, 100, 100)
    shown = partial(annotate, LARGE, [face(box)], chart=False)
    rate = (shown(fps=25) != shown()).any(axis=2)
    x0, y0, _, _ = drawn(rate)
    assert x0 < 10
    assert y0 > 400
    assert not rate[:100, :100].any()


def test_each_stage_has_a_line():
    def height(n_stages):
        stages = dict(list(STAGES.items())[:n_stages])
        picture = annotate(LARGE, [face((400, 300, 90, 90))], fps=25, milliseconds=stages)
        _, y0, _, y1 = drawn(picture[:250, :250])
        return y1 - y0

    assert np.diff([height(n) for n in range(4)]).tolist() == [18, 18, 18]


def test_stages_are_left_out_of_small_pictures():
    small = np.zeros((90, 120, 3), np.uint8)
    np.testing.assert_array_equal(
        annotate(small, [face((50, 40, 30, 30))], fps=25, milliseconds=STAGES),
        annotate(small, [face((50, 40, 30, 30))], fps=25),
    )


def test_no_face_is_reported():
    empty, other = annotate(BLACK, []), annotate(BLACK, [], labels={NO_FACE: "nobody"})
    assert drawn(empty)[3] < 40
    assert (empty != other).any()
    assert drawn(annotate(BLACK, [], fps=25))[3] > drawn(empty)[3]


def test_labels_take_the_place_of_names():
    def shown(name, other):
        return [face(expression=name, scores={name: 0.75, other: 0.25}, track=1)]

    plain = annotate(LARGE, shown("happy", "sad"))
    foreign = annotate(LARGE, shown("joy", "grief"), labels={"joy": "happy", "grief": "sad"})
    np.testing.assert_array_equal(foreign, plain)
    assert (annotate(LARGE, shown("joy", "sad")) != plain).any()
    assert (annotate(LARGE, shown("happy", "grief")) != plain).any()


@pytest.fixture
def forgetful():
    """Fonts found in one test are not remembered in the next."""
    _fonts.find_font.cache_clear()
    yield
    _fonts.find_font.cache_clear()


@pytest.mark.usefixtures("forgetful")
def test_labels_that_no_font_can_show_are_refused(monkeypatch):
    monkeypatch.setattr(_fonts, "_INSTALLED", ())
    with pytest.raises(DisplayError, match="愤怒"):
        annotate(BLACK, [face()], labels=load_labels("zh"))


@pytest.mark.usefixtures("forgetful")
@pytest.mark.parametrize(
    "shown", [face(expression="开心"), face(scores={"happy": 0.9, "开心": 0.1}, kind="probability")]
)
def test_classes_that_no_font_can_show_are_refused(monkeypatch, shown):
    monkeypatch.setattr(_fonts, "_INSTALLED", ())
    with pytest.raises(DisplayError, match="开心"):
        annotate(BLACK, [face(), shown])
    labels = {"开心": "happy"}
    assert annotate(BLACK, [face(), shown], labels=labels).any()


@pytest.mark.usefixtures("forgetful")
def test_a_font_is_looked_for_once_in_a_run():
    for name in EXPRESSIONS:
        annotate(BLACK, [scored(expression=name), scored(expression="sad")])
    assert _fonts.find_font.cache_info().misses == 1


def test_accents_of_classes_are_drawn():
    named = {"happy": "χαρά"}
    try:
        labelled = annotate(BLACK, [face(track=1)], labels=named)
    except DisplayError:
        pytest.skip("no font with Greek letters is installed")
    np.testing.assert_array_equal(annotate(BLACK, [face(expression="χαρά", track=1)]), labelled)


def test_accents_are_drawn():
    try:
        german = annotate(BLACK, [face(expression="angry")], labels=load_labels("de"))
    except DisplayError:
        pytest.skip("no font with accents is installed")
    bare = annotate(
        BLACK, [face(expression="angry")], labels=load_labels("de") | {"angry": "Arger"}
    )
    assert (german != bare).any()
