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
        return program.main([*places, *arguments])

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


def test_data_that_are_missing_are_found_first(run, tmp_path, capsys):
    assert run("--recipes", "svm_hog", "--models", "svm_fast") == 1
    assert "fer2013" in capsys.readouterr().err.lower()
    assert not (tmp_path / "results" / "explanations.jsonl").exists()


def test_unknown_names(run, capsys):
    with pytest.raises(SystemExit, match="2"):
        run("--recipes", "svm_hogg")
    assert run("--models", "cn", "--recipes") == 1
    assert "cn" in capsys.readouterr().err
