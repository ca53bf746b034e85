import json
import subprocess

import numpy as np
import pytest

from benchmarks.speed import __main__ as speed
from benchmarks.speed import cold_start, pipelines, vs_skimage
from benchmarks.speed.fer_package import FerPackageError
from benchmarks.speed.timings import make_row, skipped_row
from fer_classic.features import Flatten


@pytest.fixture
def quick(monkeypatch):
    features = {"flatten": (Flatten(), lambda face: np.ravel(face).tolist(), 2)}
    monkeypatch.setattr(vs_skimage, "_FEATURES", features)
    monkeypatch.setattr(pipelines, "_PIPELINES", {"pixels_svm": ("majority",)})
    monkeypatch.setattr(pipelines, "_BUNDLED_BATCHES", (1, 20))
    monkeypatch.setattr(pipelines, "_SIZES", ((320, 240),))
    monkeypatch.setattr(pipelines, "_FRAMES", 6)
    monkeypatch.setattr(cold_start, "_start", lambda arguments: lambda: sum(range(1000)))


def test_rows_describe_what_was_timed(quick, tmp_path, capsys):
    assert speed.main(["features", "--repeats", "2", "--json", "--output", str(tmp_path)]) == 0
    (row,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert (row["part"], row["subject"], row["against"]) == ("features", "flatten", "skimage")
    assert (row["shape"], row["shape_against"]) == ([256, 48, 48], [2, 48, 48])
    assert (row["bytes"], row["bytes_against"]) == (256 * 48 * 48 * 4, 2 * 48 * 48 * 8)
    assert row["ratio"] == pytest.approx(row["seconds_against"] / row["seconds"])
    assert min(row["spread"], row["spread_against"]) >= 1
    assert json.loads((tmp_path / "speed.jsonl").read_text("utf-8")) == row


def test_a_part_replaces_its_older_rows_and_no_others(quick, tmp_path):
    for parts in (["import", "predict", "features"], ["import"], ["features"]):
        assert speed.main([*parts, "--repeats", "1", "--output", str(tmp_path)]) == 0
    lines = (tmp_path / "speed.jsonl").read_text("utf-8").splitlines()
    subjects = [json.loads(line)["subject"] for line in lines]
    assert subjects == [
        "flatten",
        "bundled model, batch of 1",
        "bundled model, batch of 20",
        "majority, batch of 1",
        "majority, batch of 64",
        "import fer_classic",
        "fer-classic --help",
        "fer-classic predict PHOTO",
        "fer-classic predict PHOTO",
    ]
    page = (tmp_path / "speed.md").read_text("utf-8")
    assert all(f"| {subject} |" in page for subject in subjects)
    titles = [line for line in page.splitlines() if line.startswith("## ")]
    assert titles == ["## Features", "## Predict", "## Cold start"]


def test_a_process_starts_and_its_failure_is_an_error():
    cold_start._start(["-c", "pass"])()
    with pytest.raises(subprocess.CalledProcessError):
        cold_start._start(["-c", "1 / 0"])()


def test_per_face_seconds_are_those_of_the_batch_over_its_size():
    pair = ([2.0, 4.0, 8.0], [3.0, 3.0, 6.0])
    row = make_row("features", "lbp", "skimage", "face", pair, ((4, 48, 48), (3, 48, 48)))
    assert (row.seconds, row.seconds_against, row.ratio) == (1.0, 1.0, 1.0)
    assert (row.spread, row.spread_against) == (4.0, 2.0)


def test_seconds_for_anything_else_are_those_of_the_whole():
    row = make_row("fit", "svm", "SVC", "fit", ([2.0], [3.0]), ((4, 48, 48),) * 2, memory=7)
    assert (row.seconds, row.ratio, row.memory) == (2.0, 1.5, 7)


def test_skipped_work_has_a_reason():
    row = skipped_row("frames", "640x480", "fer", "frame", "it is not there")
    assert (row.seconds, row.ratio, row.reason) == (None, None, "it is not there")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["feature"], "unknown part: feature"),
        (["--repeats", "0"], "--repeats is"),
        (["--n-fit", "7"], "--n-fit is"),
    ],
)
def test_wrong_usage(arguments, words, capsys):
    with pytest.raises(SystemExit) as end:
        speed.main(arguments)
    assert end.value.code == 2
    assert f"error: {words}" in capsys.readouterr().err


def test_an_output_that_cannot_be_written(quick, tmp_path, capsys):
    (tmp_path / "file").touch()
    output = str(tmp_path / "file" / "results")
    assert speed.main(["features", "--repeats", "1", "--output", output]) == 1
    assert "cannot write" in capsys.readouterr().err


@pytest.mark.parametrize(
    "line",
    [
        '{"part": "feat',
        "[1]",
        "{}",
        "\xff",
        '{"part": ["features"]}',
        '{"part": "features", "subject": "lbp"}',
        '{"part": "features", "subject": "lbp", "against": "skimage", "unit": "face"}',
    ],
)
def test_earlier_results_that_cannot_be_read(line, tmp_path, capsys, monkeypatch):
    path = tmp_path / "speed.jsonl"
    path.write_bytes(f'{{"part": "gone"}}\n{line}\n'.encode("latin-1"))
    before = path.read_bytes()
    monkeypatch.setitem(speed._PARTS, "features", lambda args: pytest.fail("it has measured"))
    assert speed.main(["features", "--output", str(tmp_path)]) == 1
    message = f"benchmarks.speed: {path}, line 2: not a row of timings; move the file away"
    assert message in capsys.readouterr().err
    assert path.read_bytes() == before


def test_earlier_results_of_another_version(quick, tmp_path):
    path = tmp_path / "speed.jsonl"
    old = {"part": "import", "subject": "old", "against": "bare", "unit": "process"}
    old |= {"seconds": 2.0, "seconds_against": 1.0, "machine": {"cores": 2}}
    path.write_text(f'{{"part": "gone"}}\n{json.dumps(old)}\n', "utf-8")
    assert speed.main(["features", "--repeats", "1", "--output", str(tmp_path)]) == 0
    new, kept = map(json.loads, path.read_text("utf-8").splitlines())
    assert (new["part"], kept["ratio"]) == ("features", 0.5)
    assert kept == old | {name: kept[name] for name in kept.keys() - old.keys()}
    assert "| old | bare | 2.00 s | 1.00 s |" in (tmp_path / "speed.md").read_text("utf-8")


def test_frames_hold_the_times_of_their_stages(quick, tmp_path, capsys):
    assert speed.main(["frames", "--repeats", "1", "--json", "--output", str(tmp_path)]) == 0
    one, five, fer = map(json.loads, capsys.readouterr().out.splitlines())
    assert one["shape"] == [6, 240, 320, 3]
    stages = {"follow", "detect", "features", "predict", "draw"}
    assert set(one["stages"]) == set(five["stages"]) == stages
    for median, late in one["stages"].values():
        assert 0 < median <= late
    page = (tmp_path / "speed.md").read_text("utf-8")
    assert "| 320x240, 5 faces |" in page.split("Stages of a frame")[1]
    assert fer["reason"] == "--fer-python names no interpreter that has it"
    assert f"| 640x480 | fer | skipped: {fer['reason']} |" in page


def test_the_fer_package_is_asked_where_it_is(monkeypatch, tmp_path, capsys):
    def against_fer(repeats, python):
        yield make_row("frames", "640x480, 1 face", "fer 1", "frame", ([0.01], [0.04]))
        raise FerPackageError(f"no such file: {python}")

    monkeypatch.setattr(speed, "time_frames", lambda repeats: iter(()))
    monkeypatch.setattr(speed, "time_against_fer", against_fer)
    arguments = ["frames", "--fer-python", "ferenv/python", "--json", "--output", str(tmp_path)]
    assert speed.main(arguments) == 0
    measured, skipped = map(json.loads, capsys.readouterr().out.splitlines())
    assert (measured["against"], measured["ratio"]) == ("fer 1", 4.0)
    assert skipped["reason"] == "no such file: ferenv/python"
    assert "Stages" not in (tmp_path / "speed.md").read_text("utf-8")
