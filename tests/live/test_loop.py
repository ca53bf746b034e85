import itertools

import numpy as np
import pytest

from fer_classic.live import ArraySource, Face, run_live

FACE = Face((1, 2, 3, 4), "happy", None, None, None)


class EveryOther:
    """Finds a face in each second frame."""

    def __init__(self):
        self.calls = 0

    def recognize(self, frame):
        self.calls += 1
        return [FACE] * (self.calls % 2)


class ListSink:
    """Keeps what it gets and ends after some frames."""

    def __init__(self, last=None):
        self.last = last
        self.frames = []
        self.entered = self.left = 0

    def __enter__(self):
        self.entered += 1
        return self

    def __exit__(self, *exc_info):
        self.left += 1

    def write(self, live_frame):
        self.frames.append(live_frame)
        return live_frame.index != self.last


class ClosingSource:
    """Frames without end that know whether they were closed."""

    closed = False

    def __iter__(self):
        try:
            for index in itertools.count():
                yield index, index / 25, np.zeros((4, 4), np.uint8)
        finally:
            self.closed = True


def ticking(step):
    return itertools.count(10.0, step).__next__


def test_every_frame_passes_from_the_source_to_the_sink():
    sink = ListSink()
    frames = [np.full((4, 4), value, np.uint8) for value in range(5)]
    stats = run_live(ArraySource(frames, fps=2), EveryOther(), sink, clock=ticking(0.25))
    assert [live.index for live in sink.frames] == [0, 1, 2, 3, 4]
    assert [live.time for live in sink.frames] == [0.0, 0.5, 1.0, 1.5, 2.0]
    assert [live.faces for live in sink.frames] == [[FACE], [], [FACE], [], [FACE]]
    assert all(live.image is frame for live, frame in zip(sink.frames, frames, strict=True))
    assert [live.fps for live in sink.frames] == [None, 4.0, 4.0, 4.0, 4.0]
    assert (stats.frames, stats.faces) == (5, 3)
    assert stats.seconds == pytest.approx(0.25 * 6)
    assert stats.fps == pytest.approx(5 / stats.seconds)
    assert (sink.entered, sink.left) == (1, 1)


def test_the_sink_ends_the_run_and_the_source_is_closed():
    source, sink = ClosingSource(), ListSink(last=6)
    assert run_live(source, EveryOther(), sink).frames == 7
    assert source.closed
    assert sink.left == 1


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_source_and_sink_are_closed_after_an_error(error):
    class Failing:
        def recognize(self, frame):
            raise error

    source, sink = ClosingSource(), ListSink()
    with pytest.raises(error):
        run_live(source, Failing(), sink)
    assert source.closed
    assert sink.left == 1


def test_the_rate_follows_a_change_of_pace():
    steps = itertools.chain([0.0], itertools.repeat(1.0, 40), itertools.repeat(0.1, 40))
    clock = itertools.accumulate(steps).__next__
    sink = ListSink()
    run_live([(i, 0.0, np.zeros((4, 4))) for i in range(75)], EveryOther(), sink, clock=clock)
    assert sink.frames[30].fps == pytest.approx(1)
    assert sink.frames[-1].fps == pytest.approx(10)


def test_a_source_without_frames():
    stats = run_live([], EveryOther(), ListSink(), clock=lambda: 1.0)
    assert (stats.frames, stats.faces, stats.fps) == (0, 0, 0.0)
