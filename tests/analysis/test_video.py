import sys

import numpy as np
import pytest

from fer_classic.analysis import VideoAnalysis
from fer_classic.exceptions import MissingDependencyError
from tests.analysis.conftest import face, frame, picture


def talk():
    result = VideoAnalysis("talk.mp4", ["happy", "sad"], fps=1)
    far, near = (5, 5, 20, 20), (5, 5, 40, 40)
    result.add(frame(0, 0.0, face("happy", box=far), image=picture(50)))
    result.add(frame(1, 1.0, face("sad", box=near), image=picture(200)))
    result.add(frame(2, 2.0, face("sad", box=far), image=picture(90)))
    result.add(frame(3, 3.0))
    return result


def test_rows_frames_and_times():
    result = talk()
    assert [row["time"] for row in result.rows] == [0, 1, 2, 3]
    assert [row["expression"] for row in result.rows] == ["happy", "sad", "sad", "no face"]
    assert result.frames[1].faces[0].track_id == 1
    assert not hasattr(result.frames[0], "image")
    assert result.classes == ("happy", "sad")


def test_the_portrait_is_from_the_frame_in_which_the_face_is_largest():
    portrait = talk().portraits[1]
    assert max(portrait.shape) <= 96
    assert portrait.mean() == pytest.approx(200, abs=5)


def test_summary_and_episodes():
    result = talk()
    assert result.summary()[0]["share_sad"] == pytest.approx(2 / 3)
    assert [e["expression"] for e in result.episodes(min_seconds=2)] == ["sad"]


def test_data_frames():
    pytest.importorskip("pandas")
    result = talk()
    assert list(result.to_dataframe().columns) == list(result.rows[0])
    assert len(result.summary(to_dataframe=True)) == 1
    assert len(result.episodes(to_dataframe=True)) == 2


def test_a_plot_is_the_timeline():
    pytest.importorskip("matplotlib.figure")
    ax = talk().plot(min_seconds=2, title="talk")
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["sad"]
    assert ax.get_xlim() == (0, 4)
    assert talk().plot_timeline(ax=ax) is ax


def test_without_extras_there_are_rows(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    monkeypatch.setitem(sys.modules, "pandas", None)
    result = talk()
    assert np.shape(result.rows) == (4,)
    for call in (result.to_dataframe, result.plot, lambda: result.summary(to_dataframe=True)):
        with pytest.raises(MissingDependencyError, match=r"fer-classic\["):
            call()


def test_in_one_line():
    assert repr(talk()) == "<VideoAnalysis: talk.mp4, 4 frames, 4.0 s, 1 person>"
