import io
import sys

import pytest

from fer_classic.neural._progress import Progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


def row(epoch, loss=0.5):
    return {
        "epoch": epoch,
        "loss": 1.0,
        "accuracy": 0.25,
        "validation_loss": loss,
        "validation_accuracy": 0.75,
        "seconds": 2.0,
    }


@pytest.fixture
def screen(monkeypatch):
    """A terminal in place of standard error, from where it is called."""

    def put():
        terminal = Terminal()
        monkeypatch.setattr(sys, "stderr", terminal)
        return terminal

    return put


def test_a_bar_on_a_terminal(screen):
    screen = screen()
    with Progress(True, n_epochs=2, n_steps=2, done=0) as progress:
        progress.step(1, 1.5, 0.125)
        progress.step(1, 1.25, 0.25)
        progress.epoch(row(1))
        progress.step(2, 1.0, 0.5)
        progress._bar.refresh()
    shown = screen.getvalue()
    assert "epoch 2/2" in shown
    assert "loss 1.000, accuracy 50.0 %; validation: loss 0.500, accuracy 75.0 %" in shown
    assert "3/4" in shown


def test_earlier_work_is_reported(screen):
    screen = screen()
    with Progress(True, n_epochs=4, n_steps=2, done=3):
        pass
    assert "going on after epoch 3" in screen.getvalue()


def test_nothing(screen):
    screen = screen()
    with Progress(False, n_epochs=1, n_steps=1, done=1) as progress:
        progress.step(1, 1.0, 0.5)
        progress.epoch(row(1))
    assert screen.getvalue() == ""


def test_a_line_without_a_validation_part(capsys):
    with Progress(True, n_epochs=9, n_steps=1, done=0) as progress:
        progress.epoch(row(3, loss=float("nan")))
    assert capsys.readouterr().err == "epoch 3/9: loss 1.000, accuracy 25.0 %; 2.0 s\n"
