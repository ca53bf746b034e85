import itertools
import os
import signal
import threading
import tracemalloc

import numpy as np
import pytest

from fer_classic.exceptions import SourceError
from fer_classic.live import ArraySource, Face, Faces, NullSink, run_live
from fer_classic.live._run import _Quantiles, ending_on_sigterm
from fer_classic.live.sources._cameras import CameraSource, Latest

FACE = Face((1, 2, 3, 4), "happy", None, None, None)
FRAME = np.zeros((4, 4), np.uint8)


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

    def write(self, result):
        self.frames.append(result)
        return result.index != self.last


class ClosingSource:
    """Endless frames that record whether they were closed."""

    closed = False

    def __iter__(self):
        try:
            for index in itertools.count():
                yield index, index / 25, FRAME
        finally:
            self.closed = True


class Stages:
    """Source, recognizer, sink and clock in one: each stage takes a given time."""

    def __init__(self, grab, recognize, draw):
        self.now = 0.0
        self.durations = zip(grab, recognize, draw, strict=True)
        self.frames = []

    def clock(self):
        return self.now

    def __iter__(self):
        for index, (grab, *others) in enumerate(self.durations):
            self.recognizing, self.drawing = others
            self.now += grab
            yield index, self.now, FRAME

    def recognize(self, frame):
        self.now += self.recognizing
        return [FACE]

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        return None

    def write(self, result):
        self.now += self.drawing
        self.frames.append(result)
        return True

    def run(self):
        return run_live(self, self, self, clock=self.clock)


class TimedStages(Stages):
    """Times the stages of its recognition, of which one only now and then takes place."""

    def recognize(self, frame):
        stages = {"detect": 8.0} if len(self.frames) % 2 else {"follow": 1.0}
        return Faces(super().recognize(frame), stages)


def test_every_frame_passes_from_the_source_to_the_sink():
    sink = ListSink()
    frames = [np.full((4, 4), value, np.uint8) for value in range(5)]
    stats = run_live(ArraySource(frames, fps=2), EveryOther(), sink)
    assert [live.index for live in sink.frames] == [0, 1, 2, 3, 4]
    assert [live.time for live in sink.frames] == [0.0, 0.5, 1.0, 1.5, 2.0]
    assert [live.faces for live in sink.frames] == [[FACE], [], [FACE], [], [FACE]]
    assert all(live.image is frame for live, frame in zip(sink.frames, frames, strict=True))
    assert (stats.frames, stats.faces) == (5, 3)
    assert (sink.entered, sink.left) == (1, 1)


def test_each_stage_is_timed():
    stages = Stages(grab=[0.25, 0.5, 1], recognize=[2, 4, 8], draw=[16, 32, 64])
    stats = stages.run()
    assert [live.milliseconds for live in stages.frames] == [
        {"grab": 250, "recognize": 2000},
        {"grab": 500, "recognize": 4000, "draw": 16000},
        {"grab": 1000, "recognize": 8000, "draw": 32000},
    ]
    assert stats.seconds == 127.75
    assert stats.fps == 3 / 127.75
    assert {stage: (spent.p50, spent.p95) for stage, spent in stats.milliseconds.items()} == {
        "grab": pytest.approx((500, 1000), rel=0.025),
        "recognize": pytest.approx((4000, 8000), rel=0.025),
        "draw": pytest.approx((32000, 64000), rel=0.025),
    }


def test_the_stages_of_the_recognition_come_with_the_faces():
    stages = TimedStages(grab=[0, 0, 0, 0], recognize=[1, 1, 1, 1], draw=[0, 0, 0, 0])
    stats = stages.run()
    assert [live.milliseconds for live in stages.frames] == [
        {"grab": 0, "follow": 1},
        {"grab": 0, "detect": 8, "draw": 0},
        {"grab": 0, "follow": 1, "draw": 0},
        {"grab": 0, "detect": 8, "draw": 0},
    ]
    assert stats.milliseconds.keys() == {"grab", "follow", "detect", "draw"}
    assert stats.milliseconds["detect"].p50 == pytest.approx(8, rel=0.025)


def test_the_rate_follows_a_change_of_pace():
    stages = Stages(grab=[1] * 40 + [0.1] * 35, recognize=[0] * 75, draw=[0] * 75)
    stages.run()
    assert stages.frames[0].fps is None
    assert stages.frames[30].fps == pytest.approx(1)
    assert stages.frames[-1].fps == pytest.approx(10)


@pytest.mark.parametrize(
    ("values", "p50", "p95"),
    [
        ([3.0], 3.0, 3.0),
        ([1.0] * 19 + [100.0], 1.0, 1.0),
        ([1.0] * 18 + [100.0] * 2, 1.0, 100.0),
        (range(1, 101), 50.0, 95.0),
        ([0.0, 0.0], 0.001, 0.001),
    ],
)
def test_quantiles_by_hand(values, p50, p95):
    quantiles = _Quantiles()
    for value in values:
        quantiles.add(value)
    assert (quantiles.at(0.5), quantiles.at(0.95)) == pytest.approx((p50, p95), rel=0.025)


def test_the_sink_ends_the_run_and_the_source_is_closed():
    source, sink = ClosingSource(), ListSink(last=6)
    stats = run_live(source, EveryOther(), sink)
    assert stats.frames == len(sink.frames) == 7
    assert source.closed
    assert sink.left == 1


@pytest.mark.parametrize("answer", [None, 0, "written"])
def test_a_sink_that_does_not_return_false_gets_every_frame(answer):
    class Silent(ListSink):
        def write(self, result):
            super().write(result)
            return answer

    sink = Silent()
    assert run_live(ArraySource([FRAME] * 5), EveryOther(), sink).frames == 5
    assert len(sink.frames) == 5


def test_numpy_s_false_ends_a_run():
    class Limited(ListSink):
        def write(self, result):
            return np.less(result.index, 2)

    source = ClosingSource()
    assert run_live(source, EveryOther(), Limited()).frames == 3
    assert source.closed


class Failing:
    """Fails as a source, a recognizer or a sink."""

    def __init__(self, error):
        self.error = error

    def recognize(self, frame):
        raise self.error

    write = recognize

    def __next__(self):
        raise self.error

    def __iter__(self):
        return self


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
@pytest.mark.parametrize("stage", ["source", "recognizer", "sink"])
def test_source_and_sink_are_closed_after_an_error(stage, error):
    source, sink, recognizer = ClosingSource(), ListSink(), EveryOther()
    frames = source
    if stage == "source":
        frames = Failing(error)
        frames.close = lambda: setattr(source, "closed", True)
    elif stage == "recognizer":
        recognizer = Failing(error)
    else:
        sink.write = Failing(error).write
    with pytest.raises(error):
        run_live(frames, recognizer, sink)
    assert source.closed
    assert sink.left == 1


def test_outputs_are_whole_before_a_source_that_blocks_is_waited_for():
    class Watching(ListSink):
        def __exit__(self, *exc_info):
            self.source_was_closed = source.closed

    source, sink = ClosingSource(), Watching(last=2)
    run_live(source, EveryOther(), sink)
    assert not sink.source_was_closed


def test_the_source_is_closed_where_the_sink_cannot_be():
    class Stuck(ListSink):
        def __exit__(self, *exc_info):
            raise OSError("disk full")

    source = ClosingSource()
    with pytest.raises(OSError, match="disk full"):
        run_live(source, EveryOther(), Stuck(last=2))
    assert source.closed


def test_a_camera_that_dies_leaves_whole_frames_behind():
    class Dying:
        read_frames = 0
        released = False

        def isOpened(self):  # noqa: N802
            return True

        def read(self):
            self.read_frames += 1
            return self.read_frames <= 3, FRAME

        def release(self):
            self.released = True

    capture, sink = Dying(), ListSink()
    source = CameraSource(capture=lambda index: capture, timeout=0.05)
    with pytest.raises(SourceError, match="after 3 frames"):
        run_live(source, EveryOther(), sink)
    # A camera's frames may give way to newer ones, but the last one is there.
    assert sink.frames[-1].index == 2
    assert sink.left == 1
    assert capture.released


def test_a_source_without_frames():
    stats = run_live([], EveryOther(), ListSink(), clock=lambda: 1.0)
    assert (stats.frames, stats.faces, stats.fps, stats.milliseconds) == (0, 0, 0.0, {})


def test_memory_stays_flat_over_many_frames():
    class Watching(ListSink):
        def write(self, result):
            if result.index in (2_000, 19_999):
                self.frames.append(tracemalloc.get_traced_memory()[0])
            return True

    frames = (np.zeros((30, 40), np.uint8) for _ in range(20_000))
    sink = Watching()
    tracemalloc.start()
    try:
        stats = run_live(ArraySource(frames), EveryOther(), sink)
        before, after = sink.frames
    finally:
        tracemalloc.stop()
    assert stats.frames == 20_000
    assert after - before < 20_000


@pytest.fixture
def old_handler():
    """A handler of our own for SIGTERM, in place of the one that ends the tests."""
    received = []
    before = signal.signal(signal.SIGTERM, lambda number, frame: received.append(number))
    yield received
    signal.signal(signal.SIGTERM, before)


def test_sigterm_ends_a_run_as_ctrl_c_does(old_handler):
    class Terminating(EveryOther):
        def recognize(self, frame):
            signal.raise_signal(signal.SIGTERM)
            return []

    source, sink = ClosingSource(), ListSink()
    with pytest.raises(KeyboardInterrupt) as caught, ending_on_sigterm():
        run_live(source, Terminating(), sink)
    assert caught.value.args == (signal.SIGTERM,)
    assert source.closed
    assert sink.left == 1
    assert old_handler == []


def test_the_old_handler_comes_back(old_handler):
    with ending_on_sigterm():
        pass
    signal.raise_signal(signal.SIGTERM)
    assert old_handler == [signal.SIGTERM]


def test_other_threads_leave_the_signal_alone(old_handler):
    def body():
        with ending_on_sigterm():
            handlers.append(signal.getsignal(signal.SIGTERM))

    handlers = []
    thread = threading.Thread(target=body)
    thread.start()
    thread.join()
    assert handlers == [signal.getsignal(signal.SIGTERM)]


@pytest.mark.skipif(os.name != "posix", reason="sends a signal to its own process")
def test_a_run_that_waits_for_a_blocked_camera_can_be_ended(old_handler):
    hold = threading.Event()

    def blocked():
        yield 0, 0.0, FRAME
        hold.wait(10)

    timer = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGTERM))

    class Starting(ListSink):
        def write(self, result):
            timer.start()
            return super().write(result)

    sink = Starting()
    with pytest.raises(KeyboardInterrupt), ending_on_sigterm():
        run_live(Latest(blocked(), timeout=0.05), EveryOther(), sink)
    hold.set()
    timer.join()
    assert len(sink.frames) == 1
    assert sink.left == 1


def test_a_live_source_is_read_in_a_thread_of_its_own():
    threads = set()

    class Camera:
        live = True

        def __iter__(self):
            for index in range(3):
                threads.add(threading.current_thread())
                yield index, index / 10, np.zeros((4, 4), np.uint8)

    class Nobody:
        def recognize(self, frame):
            return []

    run_live(Camera(), Nobody(), NullSink())
    assert threading.current_thread() not in threads
    assert len(threads) == 1
