import numpy as np
import pytest

from benchmarks.report.html.scores import class_scores, surest_mistakes
from benchmarks.report.results import read_results
from tests.benchmarks.report.html.conftest import LOSO, made_records, write_records


def test_folds_are_put_together(section):
    scores = section.scores[0]
    assert scores.classes == ["angry", "fear"]
    assert scores.values[:, 1].tolist() == LOSO["good"]
    assert scores.kind == "probability"


def test_the_surest_mistakes_come_first(section):
    assert surest_mistakes(section.scores[0]) == [
        (2, "fear", "angry", pytest.approx(0.96)),
        (7, "fear", "angry", pytest.approx(0.6)),
    ]
    assert len(surest_mistakes(section.scores[1], count=3)) == 3


def test_a_class_that_one_fold_does_not_know_has_no_score_there(tmp_path):
    records = made_records()
    for one in records:
        if one["fold"] == 0:
            one["classes"] = ["angry", "fear", "sad"]
            one["class_scores"] = [[*scores, 0.0] for scores in one["class_scores"]]
        else:
            one["classes"] = ["fear", "angry"]
    write_records(tmp_path, records)
    results = read_results(tmp_path, "jaffe")
    row = next(row for row in results.rows if (row.recipe, row.protocol) == ("good", "loso"))
    scores = class_scores(row, results.rows, results.folder)
    assert scores.classes == ["angry", "fear", "sad"]
    assert scores.values[4].tolist() == [0.1, 0.9, 0.0]


def test_a_subset_has_the_scores_of_its_part(tmp_path):
    records = made_records()[:2]
    for one in records:
        one |= {"fold": f"Part{one['fold']}", "protocol": "official"}
        subset = {"left_out": [1], "note": None} | {k: one[k] for k in ("metrics", "leaks")}
        one["subsets"] = {"no-twins": subset}
    write_records(tmp_path, records)
    results = read_results(tmp_path, "jaffe")
    row = next(row for row in results.rows if row.part_title == "Part1:no-twins")
    scores = class_scores(row, results.rows, results.folder)
    assert scores.values[:, 1].tolist() == [0.1, 0.9, 0.4]


def test_scores_of_a_side_file(tmp_path):
    records = made_records()
    for one in records:
        one["class_scores"] = "scores/a.npz"
    write_records(tmp_path, records)
    results = read_results(tmp_path, "jaffe")
    assert class_scores(results.rows[0], results.rows, results.folder) is None
    (results.folder / "scores").mkdir()
    np.savez_compressed(results.folder / "scores" / "a.npz", class_scores=np.eye(2)[[0, 1, 0, 1]])
    scores = class_scores(results.rows[0], results.rows, results.folder)
    assert scores.values[:, 0].tolist() == [1, 0, 1, 0] * 2
