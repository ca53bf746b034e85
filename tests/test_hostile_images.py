import json
import signal
from subprocess import CompletedProcess

import numpy as np
import pytest

from fer_classic.exceptions import DataWarning, ImageReadError
from tests import hostile_images
from tests.hostile_images import OUTCOMES, Trial, run


@pytest.fixture(scope="module")
def trial(tmp_path_factory):
    return Trial(tmp_path_factory.mktemp("files"))


@pytest.fixture(autouse=True)
def isolated(monkeypatch, tmp_path):
    monkeypatch.setenv("FER_CLASSIC_CACHE", str(tmp_path))
    monkeypatch.setenv("FER_CLASSIC_MAX_PIXELS", "4_000_000")


@pytest.mark.parametrize("part", range(5))
def test_damaged_files_are_refused_or_read_as_a_whole(trial, part):
    outcomes = [trial.run(number) for number in range(20 * part, 20 * part + 20)]
    assert {outcome for _, outcome in outcomes} <= OUTCOMES
    assert {"read", "refused"} <= {outcome for _, outcome in outcomes}


def raising(error):
    def reader(rng):
        raise error

    return reader


def warning(rng):
    import warnings

    warnings.warn("some were skipped", DataWarning, stacklevel=2)
    return False


@pytest.mark.parametrize(
    ("reader", "outcome"),
    [
        (lambda rng: True, "read"),
        (lambda rng: False, "skipped in silence"),
        (warning, "read in part, and said"),
        (raising(ImageReadError("no")), "refused"),
        (raising(ZeroDivisionError("oh")), "ZeroDivisionError: oh"),
        (raising(AssertionError("oh")), "AssertionError: oh"),
    ],
)
def test_outcomes(trial, monkeypatch, reader, outcome):
    monkeypatch.setattr(trial, "targets", {"mine": (1, reader)})
    assert trial.run(0) == ("mine", outcome)


def test_an_image_that_is_read_in_part_is_noticed(trial, monkeypatch):
    def half(content):
        return np.zeros((40, 30), np.uint8)

    monkeypatch.setattr(hostile_images, "read_image", half)
    monkeypatch.setattr(trial, "targets", {"image": (1, trial.try_image)})
    assert "skipped in silence" in {trial.run(number)[1] for number in range(20)}


def test_the_next_input_follows_one_that_ended_its_process(monkeypatch):
    ends = iter([-signal.SIGSEGV, -signal.SIGALRM, 0])
    calls = []

    def process(command, **options):
        calls.append(command[command.index("--work") + 1])
        line = json.dumps(["image", "read", 0.1, 100])
        return CompletedProcess(command, next(ends), f"{line}\n" * 2, "last words\n")

    monkeypatch.setattr("subprocess.run", process)
    outcomes = [outcome for _, outcome, *_ in run(10, 18)]
    assert calls == ["10", "13", "16"]
    assert outcomes == [
        *["read", "read", "ended with -11 (input 12) last words"],
        *["read", "read", "no end after 20 s (input 15)"],
        *["read", "read"],
    ]
