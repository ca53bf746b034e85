import json

import cv2
import numpy as np
import pytest

from benchmarks.photos import __main__ as program
from benchmarks.photos.page import photos_page
from tests.faces.bright_cells import bright_cells


@pytest.fixture
def photos(tmp_path, monkeypatch):
    """Drawn pictures in which YuNet, or what stands for it here, finds a white cell."""
    monkeypatch.setenv("FER_CLASSIC_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "photos"
    folder.mkdir()
    for name, corner in (("one.png", 32), ("two.png", 96)):
        image = np.zeros((192, 320), np.uint8)
        image[64:96, corner : corner + 32] = 255
        cv2.imwrite(str(folder / name), image)
    write(folder, {"one.png": [[32, 64, 32, 32]], "two.png": []})
    return folder


def write(folder, content):
    (folder / "faces.json").write_text(json.dumps(content))


@pytest.fixture
def run(photos, tmp_path):
    model = tmp_path / "cells.onnx"
    model.write_bytes(bright_cells())

    def run(*arguments, detectors=("yunet",)):
        places = ["--photos", str(photos), "--output", str(tmp_path / "results")]
        set_model = ["--set", f"yunet__model={model}"] if "yunet" in detectors else []
        return program.main([*places, "--detectors", *detectors, *set_model, *arguments])

    return run


def rows(tmp_path):
    lines = (tmp_path / "results" / "photos.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_a_row_for_each_detector(run, tmp_path, capsys):
    assert run("--repeats", "1", detectors=("yunet", "haar")) == 0
    haar, row = rows(tmp_path)
    assert (haar["detector"], haar["found"], haar["false"]) == ("haar", 0, 0)
    assert (row["detector"], row["photos"], row["faces"]) == ("yunet", 2, 1)
    assert (row["found"], row["false"], row["parameters"]) == (1, 1, {})
    assert row["milliseconds"] > 0
    assert (row["frame_milliseconds"], row["framed"]) == (None, {})
    assert {"versions", "machine"} < row.keys()
    header, first, second = capsys.readouterr().out.splitlines()
    assert header.split() == ["detector", "found", "false", "ms"]
    assert (first.split()[:3], second.split()[:3]) == (["yunet", "1", "1"], ["haar", "0", "0"])


def test_no_output_holds_a_path_or_the_name_of_a_photo(run, photos, tmp_path):
    assert run("--repeats", "1") == 0
    for path in (tmp_path / "results").iterdir():
        text = path.read_text("utf-8")
        assert not any(word in text for word in (str(tmp_path), "one.png", "cells.onnx"))


def test_frames_and_boxes_are_measured_where_asked(run, tmp_path, monkeypatch):
    monkeypatch.setattr(program, "_FRAMES", 2)
    assert run("--frames", "--boxes", "--repeats", "1", detectors=("haar",)) == 0
    (row,) = rows(tmp_path)
    assert row["frame_milliseconds"] > 0
    assert row["frames_found"] == 1
    assert row["framed"] == {"pairs": 0, "side": None, "right": None, "down": None}
    page = (tmp_path / "results" / "photos.md").read_text("utf-8")
    assert "| frame ms | frames | pairs | side | right | down |" in page


def test_settings_make_a_row_of_their_own_and_rows_are_replaced(run, tmp_path):
    for settings in ([], ["--set", "yunet__score_threshold=0.999"], []):
        assert run("--repeats", "1", *settings) == 0
    first, second = rows(tmp_path)
    assert (first["parameters"], second["parameters"]) == ({"score_threshold": 0.999}, {})
    assert "| yunet (score_threshold=0.999) |" in photos_page([first, second])


def test_other_photos_have_a_section_of_their_own(run, photos, tmp_path):
    assert run("--repeats", "1") == 0
    write(photos, {"two.png": []})
    assert run("--repeats", "1") == 0
    page = (tmp_path / "results" / "photos.md").read_text("utf-8")
    assert {line for line in page.splitlines() if line.startswith("## ")} == {
        "## 2 photos with 1 faces",
        "## 1 photos with 0 faces",
    }


def test_detectors_that_cannot_be_made_are_left_out_or_an_error(photos, tmp_path, capsys):
    places = ["--photos", str(photos), "--output", str(tmp_path / "results"), "--repeats", "1"]
    assert program.main(places) == 0
    assert "benchmarks.photos: without yunet: " in capsys.readouterr().err
    assert "yunet" not in {row["detector"] for row in rows(tmp_path)}
    assert program.main([*places, "--detectors", "haar", "yunet"]) == 1
    assert "fer-classic download yunet" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--detectors", "harr"], "Did you mean 'haar'"),
        (["--set", "harr__min_size=1"], "Did you mean 'haar'"),
        (["--set", "haar__size=1"], "unknown haar parameter 'size'"),
        (["--set", "haar__min_size=-1"], "'min_size' parameter"),
        (["--photos", "nowhere"], "no such folder: nowhere"),
    ],
)
def test_mistakes(arguments, message, run, tmp_path, capsys):
    assert run(*arguments, detectors=("haar",)) == 1
    assert message in capsys.readouterr().err
    assert not (tmp_path / "results" / "photos.jsonl").exists()


def test_settings_of_a_detector_that_is_left_out(run, capsys):
    with pytest.raises(SystemExit) as end:
        run("--set", "yunet__score_threshold=0.5", detectors=("haar",))
    assert end.value.code == 2
    assert "--set of yunet, which is not among the --detectors" in capsys.readouterr().err


def test_photos_must_be_named(capsys):
    with pytest.raises(SystemExit) as end:
        program.main([])
    assert end.value.code == 2
    assert "--photos" in capsys.readouterr().err


@pytest.mark.parametrize("line", ["{", "[]", "{}", '{"detector": "haar"}'])
def test_older_rows_that_cannot_be_read(line, run, tmp_path, capsys):
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "photos.jsonl").write_text(line + "\n")
    assert run("--repeats", "1") == 1
    assert "line 1: not a row of a detector" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_to(run, tmp_path, capsys):
    (tmp_path / "results").write_text("a file")
    assert run("--repeats", "1") == 1
    assert "cannot write to" in capsys.readouterr().err
