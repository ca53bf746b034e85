import json

import numpy as np
import pytest

from benchmarks.records.candidates import candidate_lines, plain_of, pool, read_searches


def record_of(fold, right, *, settings=None, **fields):
    """A fold with two of four images; ``right`` says which of the four are named right."""
    index = [3, 0] if fold else [1, 2]
    settings = settings or {}
    base = {
        "dataset": "drawn",
        "digest": "d",
        "train_digest": None,
        "recipe": "means",
        "settings": settings,
        "parameters": {"": "Pipeline", "alpha": 1} | settings,
        "protocol": "development",
        "n_items": 4,
        "n_folds": 2,
        "fold": fold,
        "seed": 0,
        "status": "ok",
        "subsets": {},
        "test_index": index,
        "units": [k // 2 for k in index],
        "y_true": ["happy"] * 2,
        "y_pred": ["happy" if k in right else "sad" for k in index],
        "fit_seconds": 0.5,
        "predict_seconds": 0.25,
    }
    return base | fields


def both(right, **fields):
    return [record_of(fold, right, **fields) for fold in (0, 1)]


def test_folds_are_pooled_in_the_order_of_the_data_set(tmp_path):
    ((tried,),) = pool(both([0, 2]), tmp_path)
    assert (tried.y_pred == tried.y_true).tolist() == [True, False, True, False]
    assert tried.units.tolist() == [0, 0, 1, 1]
    assert (tried.accuracy, tried.seconds) == (0.5, 1.5)
    assert tried.part == ("d", 4, 2, 0)


def test_candidates_are_compared_image_by_image(tmp_path):
    records = both([1, 3]) + both([1, 2, 3], settings={"alpha": 2})
    records += both([0, 2], settings={"alpha": 3})
    (candidates,) = pool(records, tmp_path)
    assert candidate_lines(candidates, plain_of(candidates)) == [
        ["as it is", "50.0", "–", "2"],
        ["alpha=2", "75.0", "25.0 [0.0, 50.0]", "2"],
        # As many are right in each unit: no resample makes a difference.
        ["alpha=3", "50.0", "0.0 [0.0, 0.0]", "2"],
    ]


def test_without_the_recipe_as_it_is_nothing_is_compared(tmp_path):
    (candidates,) = pool(both([1], settings={"alpha": 2}), tmp_path)
    assert plain_of(candidates) is None
    assert candidate_lines(candidates, None) == [["alpha=2", "25.0", "–", "2"]]


def test_the_last_recipe_as_it_is_counts(tmp_path):
    older, newer = both([1]), both([1, 2], parameters={"": "Pipeline", "alpha": 5})
    (candidates,) = pool(older + newer, tmp_path)
    lines = candidate_lines(candidates, plain_of(candidates))
    assert [line[0] for line in lines] == ["alpha=1", "as it is"]


def test_unfinished_candidates_are_left_out(tmp_path):
    failed = record_of(1, [], settings={"alpha": 2}, status="error", reason="it is broken.")
    records = [*both([1]), record_of(0, [], settings={"alpha": 2}), failed]
    ((plain,),) = pool(records, tmp_path)
    assert plain.settings == {}
    assert pool([failed], tmp_path) == []


@pytest.mark.parametrize("other", [{"digest": "e"}, {"n_items": 5}, {"seed": 1}])
def test_a_part_is_known_by_all_that_makes_it(other, tmp_path):
    first, second = pool(both([1]) + both([2], **other) + both([3], settings={"a": 1}), tmp_path)
    assert [len(first), len(second)] == [2, 1]


def test_predictions_of_which_only_the_failure_is_known(tmp_path):
    records = both([1, 3])
    for record in records:
        record["y_pred"] = [name if name == "happy" else None for name in record["y_pred"]]
    (candidates,) = pool(records + both([1], settings={"alpha": 2}), tmp_path)
    assert [tried.accuracy for tried in candidates] == [0.5, 0.25]
    assert candidate_lines(candidates, candidates[0])[1][2].startswith("-25.0 [")


def test_searches_are_read_by_recipe(tmp_path):
    assert read_searches(tmp_path) == []
    (tmp_path / "search").mkdir()
    for recipe in ("union", "means"):
        lines = "".join(json.dumps(record) + "\n" for record in both([1], recipe=recipe))
        # The last line is that of a run that was killed.
        (tmp_path / "search" / f"{recipe}.jsonl").write_text(lines + lines[:50], "utf-8")
    assert [tried.recipe for (tried,) in read_searches(tmp_path)] == ["means", "union"]
    assert np.mean([tried.accuracy for (tried,) in read_searches(tmp_path)]) == 0.25
