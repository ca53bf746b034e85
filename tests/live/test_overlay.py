import numpy as np
import pytest

from fer_classic.live import Face, annotate

BLACK = np.zeros((240, 320, 3), np.uint8)


def face(box, emotion="happy", scores=None, kind=None):
    return Face(box, emotion, scores, kind, None)


def drawn(picture):
    """The box ``x0, y0, x1, y1`` around all that is not black."""
    rows, columns = np.nonzero(picture.any(axis=2))
    return columns.min(), rows.min(), columns.max(), rows.max()


def test_the_frame_is_left_alone_and_the_copy_is_drawn_on():
    frame = BLACK.copy()
    picture = annotate(frame, [face((100, 100, 60, 60))])
    assert not frame.any()
    x0, y0, x1, y1 = drawn(picture)
    assert (x0, y1) == pytest.approx((100, 160), abs=2)
    assert y0 < 100 < x1


def test_nothing_to_draw():
    picture = annotate(BLACK, [])
    np.testing.assert_array_equal(picture, BLACK)
    assert picture is not BLACK


@pytest.mark.parametrize(
    "frame",
    [
        BLACK[..., 0],
        BLACK,
        np.dstack([BLACK, BLACK[..., :1] + np.uint8(255)]),
        BLACK[..., 0].astype(np.uint16),
        BLACK.astype(np.float32),
        np.zeros((240, 320, 3), np.uint8)[:, ::-1],
    ],
    ids=["gray", "bgr", "bgra", "uint16", "float", "view"],
)
def test_frames_of_every_kind_become_bgr(frame):
    picture = annotate(frame, [face((100, 100, 60, 60))])
    np.testing.assert_array_equal(picture, annotate(BLACK, [face((100, 100, 60, 60))]))
    assert picture.dtype == np.uint8


@pytest.mark.parametrize(
    "box", [(0, 0, 60, 60), (300, 0, 20, 20), (-20, -20, 90, 90), (310, 230, 40, 40)]
)
def test_labels_stay_inside_the_picture(box):
    plain = annotate(BLACK, [face(box, emotion="x")])
    labelled = annotate(BLACK, [face(box, emotion="x", scores={"x": 0.5}, kind="probability")])
    x0, y0, x1, y1 = drawn(labelled)
    assert labelled.shape == BLACK.shape
    assert (labelled != plain).any()
    assert 0 <= x0 < x1 < 320
    assert 0 <= y0 < y1 < 240


@pytest.mark.parametrize(
    ("scores", "kind"),
    [(None, None), ({"happy": 0.87}, "probability"), ({"happy": -1.5}, "decision")],
)
def test_longer_labels_take_more_room(scores, kind):
    def room(label):
        return np.count_nonzero(annotate(BLACK, [label]).any(axis=2))

    bare = room(face((100, 100, 60, 60)))
    full = room(face((100, 100, 60, 60), scores=scores, kind=kind))
    assert full == bare if scores is None else full > bare


def test_expressions_have_colors_of_their_own():
    names = ["angry", "contempt", "disgust", "fear", "happy", "neutral", "sad", "surprise"]
    colors = {
        tuple(annotate(BLACK, [face((100, 100, 60, 60), emotion=name)])[160, 130]) for name in names
    }
    assert len(colors) == len(names)


def test_the_rate_is_written_into_the_corner():
    x0, y0, x1, y1 = drawn(annotate(BLACK, [], fps=24.96))
    assert (x0, y0) == (0, 0)
    assert x1 < 160
    assert y1 < 40
