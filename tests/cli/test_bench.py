import json
import sys
from types import SimpleNamespace

import pytest

from fer_classic.cli import _bench, main
from fer_classic.live._measure import Measured


@pytest.fixture
def quick(monkeypatch):
    """Fixed results in place of measurements."""

    def measure(recognizer, *, seconds):
        yield Measured("one face", 1, 100, 2.0, 3.0)
        yield Measured("picture of 640x480", 1, 10, 20.0, 30.0, 1)

    monkeypatch.setattr("fer_classic.live._measure.measure", measure)
    monkeypatch.setattr(_bench, "_timed", lambda command: (1.25, 100 * 2**20))


def test_a_table(quick, model_file, capsys):
    assert main(["bench", "--model", str(model_file)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[:4]] == ["model", "processor", "threads", "versions"]
    assert lines[5].split() == ["ms,", "median", "ms,", "95", "%", "a", "second"]
    assert lines[6].split() == ["one", "face", "2.0", "3.0", "500"]
    assert lines[7].endswith("50   1 face found")
    assert lines[9:] == [
        "start of the program until the first picture is done: 1.2 s",
        "memory at its peak: 100 MiB",
    ]


def test_json(quick, model_file, capsys):
    assert main(["bench", "--model", str(model_file), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["model"] == str(model_file)
    assert {"processor", "cores", "threads", "load", "versions"} <= result["machine"].keys()
    assert result["measured"][1]["milliseconds"] == {"p50": 20.0, "p95": 30.0}
    assert (result["startup_seconds"], result["peak_bytes"]) == (1.25, 100 * 2**20)


def test_a_busy_machine_is_named(quick, model_file, capsys, monkeypatch):
    monkeypatch.setattr(_bench.os, "getloadavg", lambda: (1000.0, 0, 0), raising=False)
    assert main(["bench", "--model", str(model_file)]) == 0
    assert "keep the processor busy (load 1000.0 on" in capsys.readouterr().err


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_start_that_fails_is_named(options, quick, model_file, capsys, monkeypatch):
    monkeypatch.setattr(_bench, "_timed", lambda command: (None, None))
    assert main(["bench", "--model", str(model_file), *options]) == 0
    out, err = capsys.readouterr()
    assert "could not be timed, since fer-classic predict fails" in err
    assert "start of the program" not in out


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "soon"])
def test_the_time_must_be_positive(seconds, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["bench", "--seconds", seconds])
    assert "must be a positive number of seconds" in capsys.readouterr().err


def test_a_process_is_timed():
    seconds, size = _bench._timed([sys.executable, "-c", "x = bytes(2**25)"])
    assert seconds > 0
    assert size is None or size > 2**25
    assert _bench._timed([sys.executable, "-c", "raise SystemExit(3)"])[0] is None


def test_the_other_process_gets_the_same_model_and_detector():
    names = ("detector_model", "detector_threshold", "min_face", "views", "min_probability")
    args = SimpleNamespace(model="m.joblib", detector="haar", trust=True, upright=False)
    vars(args).update(dict.fromkeys(names))
    args.min_face = 0.0
    expected = ["--model", "m.joblib", "--detector", "haar", "--min-face", "0.0"]
    assert _bench._again(args) == [*expected, "--trust", "--no-upright"]
