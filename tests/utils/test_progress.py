import io
import threading

import pytest

from fer_classic.utils._progress import Progress


class Screen(io.StringIO):
    """Standard error that says when a number of lines were written."""

    def __init__(self, n_lines=1, *, terminal=False):
        super().__init__()
        self.terminal, self.left, self.full = terminal, n_lines, threading.Event()

    def isatty(self):
        return self.terminal

    def write(self, text):
        self.left -= text.count("\n")
        if self.left <= 0:
            self.full.set()
        return super().write(text)


@pytest.fixture
def screen(monkeypatch):
    def make(*arguments, **options):
        screen = Screen(*arguments, **options)
        monkeypatch.setattr("sys.stderr", screen)
        return screen

    return make


@pytest.mark.parametrize(
    ("options", "seconds", "line"),
    [
        ({}, 59.9, "work: 59 s"),
        ({}, 60, "work: 1 min"),
        ({}, 3599, "work: 59 min"),
        ({}, 3 * 3600 + 300, "work: 3 h 5 min"),
        (
            {"unit": "image", "total": 28709, "done": 1200},
            720,
            "work: 1,200 of 28,709 images, 12 min",
        ),
        ({"unit": "frame", "done": 7}, 5, "work: 7 frames, 5 s"),
        ({"unit": "fold", "total": 1}, 5, "work: 0 of 1 fold, 5 s"),
    ],
)
def test_lines(options, seconds, line):
    assert Progress("work", **options).line(seconds) == line


def test_a_call_without_a_count_reports_progress(screen):
    shown = screen(n_lines=2)
    with Progress("fitting svm_lbp on 10 images", interval=0.01):
        assert shown.full.wait(60)
    lines = shown.getvalue().splitlines()
    assert lines[:2] == ["fitting svm_lbp on 10 images: 0 s"] * 2
    with Progress("fitting", interval=0.01) as progress:
        pass
    assert not progress._thread.is_alive()


def test_lines_count_what_is_done(screen):
    shown = screen()
    with Progress("features", total=1000, done=100, unit="image", interval=0.01) as progress:
        progress.update(400)
        assert shown.full.wait(60)
    assert "features: 500 of 1,000 images" in shown.getvalue()


def test_items_are_counted_when_they_are_done(screen):
    screen()
    with Progress("photos", total=2, unit="photo") as progress:
        counts = [progress.done for _ in progress.each("ab")]
    assert (counts, progress.done) == ([0, 1], 2)


def test_quick_work_says_nothing_without_a_terminal(screen):
    shown = screen()
    with Progress("features", total=3, unit="image") as progress:
        progress.update(3)
    assert shown.getvalue() == ""


def test_a_terminal_shows_a_bar(screen):
    shown = screen(terminal=True)
    with Progress("features", total=3, unit="image") as progress:
        progress.update(3)
    assert "features" in shown.getvalue()
    assert "3/3" in shown.getvalue()


def test_no_bar_between_results(screen):
    shown = screen(terminal=True)
    with Progress("photos", total=3, unit="photo", bar=False, interval=0.01) as progress:
        progress.update()
        assert shown.full.wait(60)
    assert "photos: 1 of 3 photos" in shown.getvalue()
    assert "%" not in shown.getvalue()


def test_an_error_ends_the_lines(screen):
    screen()
    progress = Progress("fitting", interval=0.01)
    with pytest.raises(KeyError), progress:
        raise KeyError
    assert not progress._thread.is_alive()


def test_a_log_that_is_gone_does_not_disturb_the_work(screen):
    shown = screen()
    shown.close()
    with Progress("fitting", interval=0.01) as progress:
        progress._thread.join(60)
    assert not progress._thread.is_alive()
