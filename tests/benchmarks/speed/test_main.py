import json
import subprocess
from itertools import chain

import cv2
import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.pipeline import make_pipeline

from benchmarks.speed.__main__ import against_fer, build_parser, main
from benchmarks.speed.clips import Clips
from benchmarks.speed.cold_start import start_python, time_import
from benchmarks.speed.fer_package import FerPackageError
from benchmarks.speed.pipelines import time_frames, time_predict
from benchmarks.speed.timings import Row, Timing, timing_of, timing_of_frames
from benchmarks.speed.vs_skimage import Descriptor, time_features
from fer_classic.features import Flatten

FLATTEN = {"flatten": Descriptor(Flatten(), lambda face: np.ravel(face).tolist(), 2)}
CLIPS = Clips(sizes=((320, 240),), n_frames=6)
PIPELINES = {"pixels_svm": ("majority",)}
NO_FER = Row(part="frames", subject="640x480", against="fer", unit="frame", reason="none here")

QUICK = {
    "features": lambda args: time_features(args.repeats, descriptors=FLATTEN),
    "predict": lambda args: time_predict(
        args.repeats, pipelines=PIPELINES, bundled_batches=(1, 20)
    ),
    "frames": lambda args: chain(time_frames(args.repeats, clips=CLIPS), [NO_FER]),
    "import": lambda args: time_import(args.repeats, start=lambda arguments: sum(range(1000))),
}


@pytest.fixture
def speed(tmp_path):
    """Run the program with quick parts; the results go to ``tmp_path``."""

    def speed(*arguments, parts=QUICK):
        return main([*arguments, "--output", str(tmp_path)], parts=parts)

    return speed


def test_rows_describe_what_was_timed(speed, tmp_path, capsys):
    assert speed("features", "--repeats", "2", "--json") == 0
    (row,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert (row["part"], row["subject"], row["against"]) == ("features", "flatten", "skimage")
    assert (row["shape"], row["shape_against"]) == ([256, 48, 48], [2, 48, 48])
    assert (row["bytes"], row["bytes_against"]) == (256 * 48 * 48 * 4, 2 * 48 * 48 * 8)
    assert row["ratio"] == pytest.approx(row["seconds_against"] / row["seconds"])
    assert min(row["spread"], row["spread_against"]) >= 1
    assert json.loads((tmp_path / "speed.jsonl").read_text("utf-8")) == row


def test_networks_are_timed_on_one_thread_too(monkeypatch):
    counts = []

    class Counting(DummyClassifier):
        def predict(self, X):
            counts.append(cv2.getNumThreads())
            return super().predict(X)

    monkeypatch.setattr(
        "benchmarks.speed.pipelines.make_recipe", lambda recipe: make_pipeline(Counting())
    )
    before = cv2.getNumThreads()
    cv2.setNumThreads(2)
    try:
        assert [*time_predict(1, pipelines=PIPELINES, bundled_batches=())]
        assert cv2.getNumThreads() == 2
    finally:
        cv2.setNumThreads(before)
    assert set(counts) == {1}


def test_a_part_replaces_its_older_rows_and_no_others(speed, tmp_path):
    for parts in (["import", "predict", "features"], ["import"], ["features"]):
        assert speed(*parts, "--repeats", "1") == 0
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
    assert all(
        f"| {subject.replace('bundled model', 'bundled svm_fast')} |" in page
        for subject in subjects
    )
    titles = [line for line in page.splitlines() if line.startswith("## ")]
    assert titles == ["## Features", "## Predict", "## Cold start"]


def test_a_process_starts_and_its_failure_is_an_error():
    start_python(["-c", "pass"])
    with pytest.raises(subprocess.CalledProcessError):
        start_python(["-c", "1 / 0"])


def test_per_face_seconds_are_those_of_the_batch_over_its_size():
    timing = timing_of([2.0, 4.0, 8.0], n_units=4, shape=(4, 48, 48), memory=7)
    assert timing == Timing(seconds=1.0, spread=4.0, shape=[4, 48, 48], memory=7)


def test_seconds_of_frames_are_those_of_the_middle_one():
    frames = np.zeros((3, 4, 6, 3), np.uint8)
    timing = timing_of_frames([1.0, 2.0, 4.0], frames)
    assert (timing.seconds, timing.shape) == (2.0, [3, 4, 6, 3])
    assert timing.spread == pytest.approx(1.9)


def test_a_row_as_a_record_and_back():
    pair = {"ours": Timing(2.0, 1.5, [4, 48, 48], bytes=9), "theirs": Timing(3.0, 1.0)}
    row = Row(part="fit", subject="svm", against="SVC", unit="fit", stages={"a": [1, 2]}, **pair)
    record = row.as_record()
    assert (record["seconds"], record["seconds_against"], record["ratio"]) == (2.0, 3.0, 1.5)
    assert (record["shape"], record["shape_against"]) == ([4, 48, 48], [])
    assert Row.from_record(json.loads(json.dumps(record))) == row


def test_what_was_skipped_says_why():
    record = NO_FER.as_record()
    assert (record["seconds"], record["ratio"], record["reason"]) == (None, None, "none here")
    assert Row.from_record(record) == NO_FER


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["feature"], "unknown part: feature"),
        (["--repeats", "0"], "argument --repeats: must be"),
        (["--n-fit", "7"], "argument --n-fit: must be"),
        (["--n-requests", "0"], "argument --n-requests: must be"),
    ],
)
def test_wrong_usage(arguments, words, capsys):
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
    assert f"error: {words}" in capsys.readouterr().err


def test_an_output_that_cannot_be_written(tmp_path, capsys):
    (tmp_path / "file").touch()
    output = str(tmp_path / "file" / "results")
    assert main(["features", "--repeats", "1", "--output", output], parts=QUICK) == 1
    assert "cannot write" in capsys.readouterr().err


def test_a_folder_that_may_not_be_written_to(speed, monkeypatch, capsys):
    def refuse(dir):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    assert speed("features", parts={"features": lambda args: pytest.fail("it has measured")}) == 1
    assert "(Permission denied); name another folder" in capsys.readouterr().err


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
def test_earlier_results_that_cannot_be_read(line, speed, tmp_path, capsys):
    path = tmp_path / "speed.jsonl"
    path.write_bytes(f'{{"part": "gone"}}\n{line}\n'.encode("latin-1"))
    before = path.read_bytes()
    parts = {"features": lambda args: pytest.fail("it has measured")}
    assert speed("features", parts=parts) == 1
    message = f"benchmarks.speed: {path}, line 2: not a row of timings; move the file away"
    assert message in capsys.readouterr().err
    assert path.read_bytes() == before


def test_earlier_results_of_another_version(speed, tmp_path):
    path = tmp_path / "speed.jsonl"
    old = {"part": "import", "subject": "old", "against": "bare", "unit": "process"}
    old |= {"seconds": 2.0, "seconds_against": 1.0, "machine": {"cores": 2}}
    path.write_text(f'{{"part": "gone"}}\n{json.dumps(old)}\n', "utf-8")
    assert speed("features", "--repeats", "1") == 0
    new, kept = map(json.loads, path.read_text("utf-8").splitlines())
    assert (new["part"], kept["ratio"]) == ("features", 0.5)
    assert kept == old | {name: kept[name] for name in kept.keys() - old.keys()}
    assert "| old | bare | 2.00 s | 1.00 s |" in (tmp_path / "speed.md").read_text("utf-8")


def test_frames_have_the_times_of_their_stages(speed, tmp_path, capsys):
    assert speed("frames", "--repeats", "1", "--json") == 0
    one, five, fer = map(json.loads, capsys.readouterr().out.splitlines())
    assert one["shape"] == [6, 240, 320, 3]
    stages = {"follow", "detect", "features", "predict", "draw"}
    assert set(one["stages"]) == set(five["stages"]) == stages
    for median, late in one["stages"].values():
        assert 0 < median <= late
    page = (tmp_path / "speed.md").read_text("utf-8")
    assert "| 320x240, 5 faces |" in page.split("Stages of a frame")[1]
    assert f"| 640x480 | fer | skipped: {fer['reason']} |" in page


def test_without_the_fer_package_the_row_says_so():
    args = build_parser().parse_args(["frames"])
    (row,) = against_fer(args)
    assert row.reason == "--fer-python names no interpreter that has it"


def test_what_was_measured_before_the_fer_package_failed_is_kept():
    def measure(repeats, python):
        timing = Timing(0.01, 1.0)
        yield Row(part="frames", subject="1", against="f", unit="frame", ours=timing, theirs=timing)
        raise FerPackageError(f"no such file: {python}")

    args = build_parser().parse_args(["frames", "--fer-python", "ferenv/python"])
    measured, skipped = against_fer(args, measure=measure)
    assert measured.ratio == 1.0
    assert skipped.reason == "no such file: ferenv/python"
