import json

import pytest

from benchmarks._format import estimate, number, p_value, text_table
from benchmarks.report.summary import compare_rows, current_records, summarise
from tests.benchmarks.conftest import make_faces


@pytest.fixture
def rows_of(tmp_path):
    def rows_of(dataset="drawn"):
        records, _ = current_records(tmp_path / "out", dataset)
        return summarise(records, tmp_path / "out" / dataset)

    return rows_of


def test_folds_are_pooled_and_sorted(run, rows_of):
    run("--recipes", "means,dummy")
    rows = rows_of()
    assert [(row.recipe, row.title) for row in rows] == [
        ("dummy", "group-kfold"),
        ("means", "group-kfold"),
        ("dummy", "kfold"),
        ("means", "kfold"),
    ]
    for row in rows:
        assert sorted(row.test_index) == list(range(80))
        assert row.scores["n_items"] == 80
        assert row.scores["n_units"] == 9
        assert row.ms_per_face > 0
        losses = [record["metrics"]["log_loss"] for record in row.records]
        assert min(losses) <= row.scores["log_loss"] <= max(losses)


def test_seeds_folds_and_settings_are_rows_of_their_own(run, rows_of):
    base = ["--recipes", "means", "--protocol", "kfold"]
    for extra in ([], ["--seed", "3"], ["--folds", "4"], ["--set", "nearest__broken=0"]):
        run(*base, *extra)
    assert {(row.recipe, row.title) for row in rows_of()} == {
        ("means", "kfold"),
        ("means", "kfold, seed 3"),
        ("means", "kfold, 4 folds"),
        ("means (nearest__broken=0)", "kfold"),
    }


def test_what_is_left_of_a_test_part_comes_behind_it(run, rows_of, tmp_path):
    def load(name, home):
        bunch = make_faces(name)
        bunch.split = bunch.split.astype("<U11")
        bunch.split[-16:] = "PrivateTest"
        return bunch

    run("--dataset", "fer2013", "--recipes", "means", load=load)
    path = tmp_path / "out" / "fer2013" / "means.jsonl"
    lines = path.read_text().splitlines(keepends=True)
    # As if the results without near twins had been added later.
    path.write_text("".join(lines[::4] + lines[1::4] + lines[2::4] + lines[3::4]))
    rests = ["", ":no-twins", ":no-near-twins-0.99", ":no-near-twins"]
    expected = [f"{whole}{rest}" for whole in ("PublicTest", "PrivateTest") for rest in rests]
    assert [row.part for row in rows_of("fer2013")] == expected
    assert [row.in_brief for row in rows_of("fer2013")] == [False, False, True, True] * 2


def test_only_the_newest_version_of_a_data_set_counts(run, rows_of, tmp_path):
    run("--recipes", "dummy,means", "--protocol", "kfold")
    path = tmp_path / "out" / "drawn" / "means.jsonl"
    path.write_text(path.read_text().replace('"finished":"20', '"finished":"19'))
    run(
        "--recipes",
        "dummy",
        "--protocol",
        "kfold",
        load=lambda *_: make_faces(seed=5),
    )
    # The clock counts seconds, so make sure that the second run is the newer one.
    path = tmp_path / "out" / "drawn" / "dummy.jsonl"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text(
        "".join(lines[:5]).replace('"finished":"20', '"finished":"19') + "".join(lines[5:])
    )
    records, n_others = current_records(tmp_path / "out", "drawn")
    # Recipes without a run on the new version keep the old results and are not compared.
    assert (len(records), n_others) == (10, 5)
    means, dummy = sorted(rows_of(), key=lambda row: row.recipe, reverse=True)
    assert (means.recipe, dummy.recipe) == ("means", "dummy")
    assert dummy.digest == json.loads(lines[-1])["digest"]
    assert means.digest == json.loads(lines[0])["digest"]
    assert means.digest != dummy.digest
    assert compare_rows([dummy, means]) == []


@pytest.mark.parametrize("status", ["error", "skipped"])
@pytest.mark.parametrize("changed", [{}, {"digest": "another"}, {"parameters": {"other": 1}}])
def test_finished_folds_outlive_a_later_failure(changed, status, run, rows_of, records, tmp_path):
    run("--recipes", "dummy,means", "--protocol", "kfold")
    (before,) = [row for row in rows_of() if row.recipe == "means"]
    failed = dict(records()[0], status=status, reason="it is broken.", finished="2999-01-01T00:00")
    failed |= {name: [] for name in ("test_index", "units", "y_true", "y_pred")} | changed
    with (tmp_path / "out" / "drawn" / "means.jsonl").open("a") as file:
        file.write(json.dumps(failed) + "\n")
    (after,) = [row for row in rows_of() if row.recipe == "means"]
    assert after.scores == before.scores
    assert len(after.records) == 5


def test_unfinished_rows_are_not_compared(run, rows_of, tmp_path):
    run("--recipes", "dummy,means,union", "--protocol", "kfold")
    pairs = compare_rows(rows_of())
    assert len(pairs) == 3
    for better, worse, result in pairs:
        value = better.scores["accuracy"]["value"] - worse.scores["accuracy"]["value"]
        assert result["difference"] == pytest.approx(value)
        assert result["difference"] >= 0
        assert result["p_value"] <= result["adjusted"] <= 1
    path = tmp_path / "out" / "drawn" / "union.jsonl"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:4]))
    assert len(compare_rows(rows_of())) == 1


def test_numbers_as_text():
    assert estimate({"value": 0.5, "low": 0.25, "high": 1.0}) == "50.0 [25.0, 100.0]"
    assert estimate({"value": 0.5, "low": None, "high": None}) == "50.0"
    assert number(None) == "–"
    assert number(12345.678, 2) == "12,345.68"
    assert [p_value(p) for p in (None, 0.0001, 0.05)] == ["–", "< 0.001", "0.050"]
    assert text_table(["a", "b", "n"], [["long", "x", "10"]]) == "a     b   n\nlong  x  10"
