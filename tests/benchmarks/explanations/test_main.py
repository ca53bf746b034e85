import json
from functools import partial

import pytest
from sklearn.linear_model import RidgeClassifier
from sklearn.pipeline import make_pipeline

from benchmarks.explanations import __main__ as program
from benchmarks.explanations import models
from fer_classic.datasets import load_drawn_faces
from fer_classic.features import HOGDescriptor


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run with few faces and a recipe that fits quickly."""
    monkeypatch.setattr(
        models, "load_drawn_faces", partial(load_drawn_faces, n_subjects=10, n_per_class=1)
    )
    monkeypatch.setattr(
        models, "make_recipe", lambda name, **_: make_pipeline(HOGDescriptor(), RidgeClassifier())
    )

    def run(*arguments):
        places = ["--output", str(tmp_path / "results"), "--data-dir", str(tmp_path), "--n", "4"]
        return program.main([*places, "--maps", *arguments])

    return run


def test_rows_and_a_page(run, tmp_path, capsys):
    assert run("--recipes", "svm_hog", "--models") == 0
    path = tmp_path / "results" / "explanations.jsonl"
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert [row["method"] for row in rows] == ["linear", "masks", "occlusion"]
    assert {row["dataset"] for row in rows} == {"drawn"}
    assert {"commit", "versions", "digest"} < rows[0].keys()
    page = path.with_suffix(".md").read_text("utf-8")
    assert "## drawn people left out" in page
    assert page.count("| svm_hog | linear | 4 |") == 2
    assert "The map is better in" in page or "too few independent units" in page
    assert "gain on blob" in capsys.readouterr().out
    # Rows of other models stay.
    assert run("--recipes", "svm_lbp", "--models") == 0
    assert len(path.read_text("utf-8").splitlines()) == 6


def test_maps_of_classes(run, tmp_path, capsys):
    pytest.importorskip("matplotlib.figure", reason="matplotlib is not installed")
    assert run("svm_hog", "--recipes", "--models") == 0
    folder = tmp_path / "results"
    assert not (folder / "explanations.jsonl").exists()
    (row,) = map(json.loads, (folder / "explanations_maps.jsonl").read_text("utf-8").splitlines())
    assert (row["model"], row["method"], row["n"]) == ("svm_hog", "linear", 4)
    assert (folder / "explanations.png").stat().st_size < 100_000
    page = (folder / "explanations.md").read_text("utf-8")
    assert "![](explanations.png)" in page
    assert "- svm_hog: linear maps of 4 faces in 1 independent units, largest value" in page
    # They stay when gains are measured.
    assert run("--recipes", "svm_hog", "--models") == 0
    assert "## Class-average maps" in (folder / "explanations.md").read_text("utf-8")
    (folder / "explanations_maps.jsonl").write_text("{}\n", "utf-8")
    capsys.readouterr()
    assert run("--recipes", "svm_hog", "--models") == 1
    assert "explanations_maps.jsonl, line 1: not a row of explanations" in capsys.readouterr().err


def test_data_that_are_missing_are_found_first(run, tmp_path, capsys):
    assert run("--recipes", "svm_hog", "--models", "svm_fast") == 1
    assert "fer2013" in capsys.readouterr().err.lower()
    assert not (tmp_path / "results" / "explanations.jsonl").exists()


def test_unknown_names(run, capsys):
    with pytest.raises(SystemExit, match="2"):
        run("--recipes", "svm_hogg")
    assert run("--models", "cn", "--recipes") == 1
    assert "cn" in capsys.readouterr().err
