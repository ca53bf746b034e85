import itertools
import math
import re

import cv2
import pytest

from fer_classic.live.sources._decoding import Tally, VideoFacts, grabbed, read_facts

NAN = float("nan")


class Capture:
    """Succeeds and fails to grab as a text says: a dot is a frame, all else is damaged."""

    def __init__(self, pattern="", **facts):
        self.pattern = pattern
        self.facts = {getattr(cv2, f"CAP_PROP_{name.upper()}"): v for name, v in facts.items()}
        self.tries = 0

    def grab(self):
        self.tries += 1
        return self.pattern[self.tries - 1 : self.tries] == "."

    def get(self, what):
        if what == cv2.CAP_PROP_POS_MSEC and what not in self.facts:
            return 40.0 * (self.tries - 1)
        return self.facts.get(what, 0.0)


@pytest.mark.parametrize(
    ("pattern", "indices"),
    [
        ("", []),
        ("...", [0, 1, 2]),
        ("..x.", [0, 1, 3]),
        ("xx.", [2]),
        ("." + 999 * "x" + ".", [0, 1000]),
        (".xx" * 3, [0, 3, 6]),
    ],
)
def test_failures_are_passed_over(pattern, indices):
    assert list(grabbed(Capture(pattern))) == [(index, 40.0 * index) for index in indices]


def test_a_video_ends_after_many_failures():
    video = Capture("." + 1000 * "x" + ".")
    assert list(grabbed(video)) == [(0, 0.0)]
    assert video.tries == 1001


def test_what_the_file_promises_is_waited_for():
    pattern = "." + 4000 * "x" + "."
    assert [index for index, _ in grabbed(Capture(pattern), 4002)] == [0, 4001]
    # The failures that follow the last promised frame are those of any end.
    video = Capture(pattern)
    list(grabbed(video, 4002))
    assert video.tries == 4002 + 1000


def test_a_promise_without_measure_ends_too():
    video = Capture("..")
    assert len(list(grabbed(video, 10**18))) == 2
    assert video.tries == 2 + 1000 + 100_000


def test_failures_that_take_their_time_end_at_the_timeout():
    seconds = itertools.count(0.0, 4.0)
    video = Capture(".." + 100 * "x" + ".")
    frames = grabbed(video, 1000, timeout=10.0, clock=lambda: next(seconds))
    assert [index for index, _ in frames] == [0, 1]
    assert video.tries == 2 + 3


@pytest.mark.parametrize(
    ("rate", "count", "facts"),
    [
        (29.97, 2997, VideoFacts(29.97, 2997, pytest.approx(100))),
        (0.0, 0, VideoFacts(None, None, None)),
        (0.0, 7, VideoFacts(None, 7, None)),
        (NAN, -1, VideoFacts(None, None, None)),
        (1000.0, -9.2e18, VideoFacts(None, None, None)),
        (25.0, math.inf, VideoFacts(25.0, None, None)),
        # Ticks of the clock, as seen in AVI and MPEG-TS.
        (1000.0, 4000.0, VideoFacts(None, None, 4.0)),
        (2000.0, 19561.0, VideoFacts(None, None, 9.7805)),
    ],
)
def test_what_a_file_says_of_itself(rate, count, facts):
    read = read_facts(Capture(fps=rate, frame_count=count))
    assert (read.fps, read.n_frames) == (facts.fps, facts.n_frames)
    assert read.seconds == facts.seconds


def test_frames_hidden_by_an_edit_list_do_not_count(tmp_path):
    cut = Capture(fps=25.0, frame_count=72.0, bitrate=1049.0)
    path = tmp_path / "v.mp4"
    path.write_bytes(b"\0\0\0\x20ftypisom" + bytes(341_135))
    assert read_facts(cut, path).seconds == pytest.approx(2.6, abs=0.01)
    # Other containers compute the rate of a file that was cut off from what is left of it.
    path.write_bytes(b"RIFF" + bytes(341_143))
    assert read_facts(cut, path).seconds == 2.88
    path.write_bytes(b"\0\0\0\x20ftypisom")
    assert read_facts(Capture(fps=25.0, frame_count=50.0), path).seconds == 2.0


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (VideoFacts(25.0, 100, 4.0), 100),
        (VideoFacts(25.0, None, 4.0), 100),
        (VideoFacts(None, None, 4.0), 0),
        (VideoFacts(None, 7, None), 7),
    ],
)
def test_frames_to_be_expected(facts, expected):
    assert facts.n_promised == expected


def damage(decoded, grabbed=(), *, promised=None, fps=25.0, video=None):
    tally = Tally()
    for index in sorted({*decoded, *grabbed}):
        tally.grabbed(index, index / fps, video or Capture(fps=fps))
        if index in decoded:
            tally.decoded(index)
    return tally.damage("v.mp4", promised, 1 / fps)


def test_a_whole_video_has_no_damage():
    assert damage(range(100), promised=4.0) is None
    assert damage(range(100)) is None


@pytest.mark.parametrize(
    ("decoded", "grabbed", "said"),
    [
        ([0, 1, 4], [], r"2 of 5 frames of v\.mp4 cannot be decoded and .* them frame 2\."),
        ([2, 3], [], r"2 of 4 frames .* the first of them frame 0\."),
        ([0, 1, 2, 4], [3, 5], r"2 of 6 frames .* the first of them frame 3\."),
        ([0, 1, 2], [3], r"1 of 4 frames .* the first of them frame 3\."),
    ],
)
def test_missing_frames_are_counted(decoded, grabbed, said):
    assert re.fullmatch(said, damage(decoded, grabbed))


def test_a_video_that_ends_early_says_when():
    said = "v.mp4 ended after 60 frames, at 2.40 of 4.00 seconds; "
    assert damage(range(60), promised=4.0).startswith(said)
    assert damage(range(91), promised=4.0) is None
    both = damage([*range(58), 59], promised=4.0)
    assert both.startswith("1 of 60 frames")
    assert "v.mp4 ended after 59 frames, at 2.40 of 4.00 seconds" in both


def test_a_last_frame_may_be_shown_as_long_as_another():
    slides = Tally()
    for index, seconds in enumerate([0.0, 1.0, 6.0]):
        slides.grabbed(index, seconds, Capture())
        slides.decoded(index)
    assert slides.damage("v.mkv", 11.0, 0.04) is None
    assert slides.damage("v.mkv", 16.0, 0.04).startswith("v.mkv ended after 3 frames, at 11.00 of")


def test_a_gap_of_missing_frames_is_no_interval():
    said = "v.mp4 ended after 60 frames, at 4.00 of 6.00 seconds"
    assert said in damage([*range(50), *range(90, 100)], promised=6.0)


@pytest.mark.parametrize(
    ("stamp", "silent"), [(1200.0, True), (0.0, False), (NAN, False), (-9.2e18, False)]
)
def test_a_video_that_begins_later_than_its_file_ends_with_it(stamp, silent):
    # A cut whose time stamps were kept, in ticks of a millisecond: 1.2 to 3.2 seconds.
    video = Capture(fps=1000.0, pos_msec=0.0, pts=stamp)
    assert (damage(range(50), promised=3.2, video=video) is None) == silent
