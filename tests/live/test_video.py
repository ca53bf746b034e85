import numpy as np
import pytest

from fer_classic.exceptions import SourceError
from fer_classic.live import ArraySource, FrameResult, Recognizer, recognize_video
from tests.live.test_stream import BOX, Brightness, Fixed, textured


@pytest.fixture
def recognizer():
    return Recognizer(Brightness(), detector=Fixed(BOX))


def source(n=4):
    return ArraySource([textured(200)] * n, fps=10)


def test_frames_one_after_the_other(recognizer):
    frames = recognize_video(source(), recognizer, smoothing="none")
    first = next(frames)
    assert isinstance(first, FrameResult)
    assert [first.index, *(frame.index for frame in frames)] == [0, 1, 2, 3]
    (face,) = first.faces
    assert (face.track_id, face.emotion, face.smoothing) == (1, "happy", "none")
    assert list(first.milliseconds) == ["follow", "detect", "features", "predict"]


def test_a_data_frame(recognizer):
    pandas = pytest.importorskip("pandas")
    table = recognize_video(source(), recognizer, to_dataframe=True, detect_every=2)
    assert isinstance(table, pandas.DataFrame)
    assert table["frame"].tolist() == [0, 1, 2, 3]
    np.testing.assert_allclose(table["time"], [0, 0.1, 0.2, 0.3])
    assert table["track"].tolist() == [1] * 4
    assert table["expression"].tolist() == ["happy"] * 4


@pytest.mark.parametrize("path", ["none.mp4", "none-at-all"])
def test_a_missing_file(path, recognizer, tmp_path):
    with pytest.raises(SourceError, match="none"):
        next(recognize_video(tmp_path / path, recognizer))


def test_the_source_is_closed_when_the_reader_stops(recognizer):
    closed = []

    def frames():
        try:
            for index in range(9):
                yield index, index / 10, textured(200)
        finally:
            closed.append(True)

    generator = recognize_video(frames(), recognizer)
    next(generator)
    generator.close()
    assert closed == [True]
