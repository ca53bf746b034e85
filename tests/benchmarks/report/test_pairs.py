import pytest

from benchmarks.report.pairs import compare_rows


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
