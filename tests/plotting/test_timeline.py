import io

import numpy as np
import pytest

from fer_classic.plotting import plot_timeline
from fer_classic.utils._palette import EXPRESSION_COLORS
from tests.plotting.conftest import texts

pytest.importorskip("matplotlib.figure", reason="matplotlib is not installed")


def episode(track, expression, start, end):
    return {"track": track, "expression": expression, "start": start, "end": end}


TALK = [
    episode(2, "sad", 1.0, 2.0),
    episode(1, "happy", 0.0, 2.5),
    episode(1, "uncertain", 2.5, 3.0),
    episode(1, "happy", 3.0, 4.0),
]


def rows(ax):
    return [label.get_text() for label in ax.get_yticklabels()]


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def spans(bars):
    """``(start, end, middle)`` of each bar."""
    boxes = [path.get_extents() for path in bars.get_paths()]
    return [(box.x0, box.x1, (box.y0 + box.y1) / 2) for box in boxes]


def test_a_row_for_each_person_in_the_order_of_appearance():
    ax = plot_timeline(TALK)
    assert rows(ax) == ["#1", "#2"]
    assert legend(ax) == ["happy", "sad", "uncertain"]
    happy, uncertain, sad = map(spans, ax.collections)
    np.testing.assert_allclose(happy, [(0, 2.5, 0), (3, 4, 0)])
    np.testing.assert_allclose(uncertain, [(2.5, 3, 0)])
    np.testing.assert_allclose(sad, [(1, 2, 1)])
    assert ax.get_xlim() == (0, 4)
    # The first person is above.
    assert ax.yaxis_inverted()


def test_colors_are_those_of_annotated_pictures():
    happy, *_ = plot_timeline(TALK).collections
    np.testing.assert_allclose(255 * happy.get_facecolor()[0, :3], EXPRESSION_COLORS["happy"])


def test_classes_of_ones_own_have_colors_of_their_own():
    ax = plot_timeline([episode(None, "bored", 0, 1), episode(None, "engaged", 1, 2)])
    first, second = (tuple(bars.get_facecolor()[0]) for bars in ax.collections)
    assert first != second
    assert rows(ax) == ["no track"]


def test_the_people_longest_in_sight_get_the_rows():
    many = [episode(k, "sad", k, k + 1 + k % 3) for k in range(9)]
    ax = plot_timeline(many, max_tracks=3)
    assert rows(ax) == ["#2", "#5", "#8"]
    assert ax.get_ylabel() == "3 of 9 people"


def test_the_axis_of_time():
    ax = plot_timeline(TALK, seconds=100)
    assert ax.get_xlim() == (0, 100)
    assert ax.get_xlabel() == "time in seconds"
    ax = plot_timeline(TALK, seconds=3599)
    assert ax.get_xlabel() == "time in minutes and seconds"
    assert ax.xaxis.get_major_formatter()(119.7) == "2:00"


def test_nobody():
    ax = plot_timeline([], seconds=5)
    assert texts(ax) == ["no faces"]
    assert ax.get_legend() is None


def test_too_few_rows():
    with pytest.raises(ValueError, match="max_tracks must be 1 or more, got 0"):
        plot_timeline(TALK, max_tracks=0)


def test_names_are_no_formulas():
    ax = plot_timeline([episode(1, "$_^", 0, 1)], title="pay $_^ $1")
    ax.figure.savefig(io.BytesIO())
    assert (ax.get_title(), legend(ax)) == ("pay $_^ $1", ["$_^"])


def test_displayed_names():
    ax = plot_timeline(TALK, labels={"sad": "traurig", "happy": "froh"})
    assert legend(ax) == ["froh", "traurig", "uncertain"]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (episode(1, "sad", 0.0, np.nan), "the end of episode 4 must be a finite number, got nan"),
        (episode(1, "sad", "0", 1.0), "the start of episode 4 must be a finite number, got '0'"),
        (episode(1, "sad", 2.0, 1.0), r"episode 4 must not end before it starts, got start=2\.0"),
        ({"track": 1, "start": 0.0, "end": 1.0}, "episode 4 must be a dict with track, expression"),
        ("track", r"episode 4 must be a dict .* got 'track'; of a DataFrame, pass to_dict"),
    ],
)
def test_episodes_that_cannot_be_drawn(wrong, message):
    with pytest.raises(ValueError, match=message):
        plot_timeline([*TALK, wrong])


@pytest.mark.parametrize("seconds", [np.nan, -1, "5"])
def test_an_end_that_is_none(seconds):
    with pytest.raises(ValueError, match=f"seconds must be a number of 0 or more, got {seconds!r}"):
        plot_timeline(TALK, seconds=seconds)
