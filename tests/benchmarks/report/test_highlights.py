import pytest

from benchmarks.report.highlights import highlights, main_sentences, more_sentences
from benchmarks.report.results import read_results
from tests.benchmarks.report.html.conftest import made_records, record, write_records


def read(folder, records):
    write_records(folder, records)
    return read_results(folder, "jaffe").rows


def test_the_honest_protocol_with_most_recipes_is_chosen(tmp_path):
    rows = read(tmp_path, made_records())
    chosen = highlights(rows)
    assert chosen.title == "loso"
    assert [row.recipe for row in chosen.rows] == ["good", "weak"]
    assert chosen.gap.title == "kfold, 2 folds"
    assert chosen.gap.points == {"good": pytest.approx(0.25)}
    assert chosen.alike == [chosen.rows[1]]


def test_sentences_say_the_numbers(tmp_path):
    rows = read(tmp_path, made_records())
    chosen = highlights(rows)
    best, leaks = main_sentences(chosen, rows)
    assert best.startswith("**good** is the most accurate of 2 recipes: **75.0 [50.0, 100.0] %**")
    assert best.endswith(
        "under loso, on 8 images in 4 independent units. The largest class is 50.0 % of them."
    )
    assert (
        "under kfold, 2 folds (leaky) the accuracy of the same recipe differs by **+25.0 p" in leaks
    )
    assert more_sentences(chosen) == [
        "good is significantly better than none of the others (Holm-corrected p < 0.05), but not "
        "than weak.",
        "The hardest class of good is fear (recall 50.0 %), the easiest angry (100.0 %).",
        "good takes 2.25 ms a face.",
    ]


def test_a_faster_recipe_that_is_about_as_good_is_named(tmp_path):
    records = made_records()
    for one in records:
        if one["recipe"] == "weak":
            one["predict_seconds"] = 0.0004
    chosen = highlights(read(tmp_path, records))
    *_, price = more_sentences(chosen)
    assert price == "good takes 2.25 ms a face; weak, not significantly worse, 0.10 ms."


def test_an_unfinished_run_is_not_the_best(tmp_path):
    records = made_records()
    records.append(record("lucky", "loso", 0, [0.1, 0.2, 0.8, 0.9]))
    chosen = highlights(read(tmp_path, records))
    assert [row.recipe for row in chosen.rows] == ["good", "weak"]
    alone = highlights(read(tmp_path / "alone", records[-1:]))
    assert [row.recipe for row in alone.rows] == ["lucky"]


def test_of_equal_recipes_none_is_better(tmp_path):
    records = made_records()
    twins = [one | {"recipe": "twin"} for one in records if one["recipe"] == "good"]
    chosen = highlights(read(tmp_path, [*records, *twins]))
    assert {row.recipe for row in chosen.alike} == {"good", "twin", "weak"} - {
        chosen.rows[0].recipe
    }


def test_where_all_leaks_it_is_said(tmp_path):
    rows = read(tmp_path, [one for one in made_records() if one["protocol"] == "kfold"])
    chosen = highlights(rows)
    assert (chosen.title, chosen.gap) == ("kfold, 2 folds", None)
    (best,) = main_sentences(chosen, rows)
    assert "recipe, the only one: **100.0 [100.0, 100.0] %** under kfold, 2 folds (leaky)" in best


def test_without_a_finished_fold_there_is_nothing_to_say(tmp_path):
    failed = record("good", "loso", 0, [0.1] * 4, status="error", reason="it broke")
    assert highlights(read(tmp_path, [failed])) is None
