import numpy as np
import pytest

from fer_classic.live import FrameResult
from fer_classic.live.sinks._group import MultiSink, NullSink, wants_end


class Recorder:
    """Notes in a common list what happens to it."""

    def __init__(self, name, events, *, go_on=True, fails=()):
        self.name = name
        self.events = events
        self.go_on = go_on
        self.fails = fails

    def note(self, event):
        self.events.append(f"{event} {self.name}")
        if event in self.fails:
            raise OSError(f"{event} {self.name}")

    def __enter__(self):
        self.note("open")
        return self

    def __exit__(self, *exc_info):
        self.note("close")

    def write(self, result):
        self.note(f"write {result.index}")
        return self.go_on


def test_the_null_sink_accepts_frames():
    with NullSink() as sink:
        assert sink.write(FrameResult(0, 0.0, None))


@pytest.mark.parametrize(
    ("answer", "ends"),
    [(False, True), (np.False_, True), (True, False), (np.True_, False), (None, False)]
    + [(0, False), (12, False), ("", False), ([], False)],
)
def test_only_false_ends_a_run(answer, ends):
    assert wants_end(answer) is ends
    with MultiSink(Recorder("a", [], go_on=answer), Recorder("b", [], go_on=None)) as sink:
        assert sink.write(FrameResult(0, 0.0, None)) is not ends


def test_every_sink_gets_every_frame_and_is_closed_in_reverse_order():
    events = []
    with MultiSink(Recorder("a", events), Recorder("b", events)) as sink:
        assert sink.write(FrameResult(0, 0.0, None))
        assert sink.write(FrameResult(1, 0.0, None))
    assert events == [
        *("open a", "open b", "write 0 a", "write 0 b", "write 1 a", "write 1 b"),
        *("close b", "close a"),
    ]


@pytest.mark.parametrize("answers", [(False, True), (True, False), (False, False)])
def test_one_sink_ends_the_run_and_the_others_get_the_frame(answers):
    events = []
    sinks = [Recorder(name, events, go_on=go) for name, go in zip("ab", answers, strict=True)]
    with MultiSink(*sinks) as sink:
        assert not sink.write(FrameResult(0, 0.0, None))
    assert events[2:4] == ["write 0 a", "write 0 b"]


def test_all_are_closed_when_one_fails_to_write():
    events = []
    group = MultiSink(Recorder("a", events, fails=["write 0"]), Recorder("b", events))
    with pytest.raises(OSError, match="write 0 a"), group as sink:
        sink.write(FrameResult(0, 0.0, None))
    assert events[-2:] == ["close b", "close a"]


def test_all_are_closed_when_one_fails_to_close():
    events = []
    group = MultiSink(Recorder("a", events), Recorder("b", events, fails=["close"]))
    with pytest.raises(OSError, match="close b"), group:
        pass
    assert events[-2:] == ["close b", "close a"]


def test_those_that_were_opened_are_closed_when_one_cannot_be_opened():
    events = []
    group = MultiSink(Recorder("a", events), Recorder("b", events, fails=["open"]))
    with pytest.raises(OSError, match="open b"), group:
        pytest.fail("the run has begun")
    assert events == ["open a", "open b", "close a"]


def test_an_empty_group_goes_on():
    with MultiSink() as sink:
        assert sink.write(FrameResult(0, 0.0, None))
