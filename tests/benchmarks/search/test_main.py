import json

import pytest

from benchmarks.search import __main__ as search
from benchmarks.search.__main__ import candidates, main
from fer_classic.datasets import load_drawn_faces


@pytest.fixture(scope="module")
def drawn():
    return load_drawn_faces(n_subjects=12, n_per_class=2)


@pytest.fixture
def run(tmp_path, capsys, drawn, monkeypatch):
    """Search on drawn faces; returns the code, the lines of the table and those of the file."""

    monkeypatch.setattr(search, "load_dataset", lambda name, home: drawn)

    def run(*arguments):
        output = tmp_path / "out"
        code = main([*arguments, "--dataset", "drawn", "--n", "150", "--output", str(output)])
        path = output / "drawn" / "search" / "pixels_svm.jsonl"
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        return code, capsys.readouterr().out.splitlines(), rows

    run.output = tmp_path / "out"
    return run


def test_candidates_are_compared_with_the_recipe_as_it_is(run):
    code, table, rows = run("pixels_svm", "--try", "components__n_components=[256, 1]")
    assert code == 0
    # The first value is the recipe's own and is not tried twice.
    usual, poor = rows
    assert [row["parameters"]["components__n_components"] for row in rows] == [256, 1]
    assert len(usual["units"]) == usual["n_items"]
    assert "units" not in poor
    assert poor["accuracy"] < usual["accuracy"]
    assert usual["accuracy"] == pytest.approx(1 - len(usual["wrong"]) / usual["n_items"])
    assert table[0].startswith(f"pixels_svm: {usual['n_items']} images of drawn, 3 folds")
    assert table[2].startswith("as it is")
    difference = 100 * (poor["accuracy"] - usual["accuracy"])
    assert f"{difference:.1f} [" in table[3]
    assert table[3].startswith("components__n_components=1")


def test_what_was_tried_is_not_tried_again(run, monkeypatch):
    _, _, before = run("pixels_svm", "--try", "svm__alpha=[1.0]")
    fits = []
    original = search.try_out
    monkeypatch.setattr(search, "try_out", lambda *args: fits.append(args) or original(*args))
    _, table, after = run("pixels_svm", "--try", "svm__alpha=[1.0, 2.0]")
    assert len(fits) == 1
    assert after[:2] == before
    assert len(table) == 2 + 3


def test_the_recipe_as_it_is_is_what_all_are_compared_with(run):
    """Settings of the run that wrote the line, or of this run."""
    run("pixels_svm", "--set", "svm__alpha=2.0", "--try", "components__n_components=[8]")
    _, table, rows = run(
        "pixels_svm", "--set", "components__n_components=8", "--try", "svm__alpha=[2.0, 3.0]"
    )
    assert len(rows) == 3
    (tried,) = (
        line for line in table if line.startswith("components__n_components=8, svm__alpha=2")
    )
    difference = 100 * (rows[1]["accuracy"] - rows[0]["accuracy"])
    assert f" {difference:.1f} [" in tried


def test_one_that_fails_does_not_end_the_search(run):
    assert run("pixels_svm", "--try", "svm__alpha=[1.0]")[0] == 0
    code, table, rows = run("pixels_svm", "--try", "svm__alpha=[-1, 1e999, 2.0]")
    assert code == 1
    _, *tried = (row["parameters"]["svm__alpha"] for row in rows)
    assert tried == [1.0, 2.0]
    assert len(table) == 2 + 2


def test_failures_are_reported(run, monkeypatch, capsys):
    def fail(part, model):
        if model.get_params()["svm__alpha"] == 7:
            raise MemoryError("Unable to allocate 9 GiB")
        return part.labels, 1.0

    monkeypatch.setattr(search, "try_out", fail)
    arguments = ["--dataset", "drawn", "--n", "150", "--try", "svm__alpha=[7, -1]"]
    assert main(["pixels_svm", *arguments, "--output", str(run.output)]) == 1
    told = capsys.readouterr().err
    assert "svm__alpha=7: MemoryError: Unable to allocate 9 GiB" in told
    assert "1 candidates failed" in told


def test_without_the_recipe_as_it_is_there_is_nothing_to_compare(run, monkeypatch, capsys):
    def fail(part, model):
        raise ValueError("one class only")

    monkeypatch.setattr(search, "try_out", fail)
    arguments = ["pixels_svm", "--dataset", "drawn", "--n", "150", "--output", str(run.output)]
    assert main(arguments) == 1
    assert "pixels_svm as it is fails" in capsys.readouterr().err
    assert not list(run.output.rglob("*.jsonl"))


def test_a_torn_last_line_is_tried_again(run):
    _, before, rows = run("pixels_svm", "--try", "svm__alpha=[2.0]")
    path = run.output / "drawn" / "search" / "pixels_svm.jsonl"
    path.write_bytes(path.read_bytes()[:-30])
    code, after, again = run("pixels_svm", "--try", "svm__alpha=[2.0]")
    assert code == 0
    assert [line.split()[:-1] for line in after] == [line.split()[:-1] for line in before]
    assert [row["wrong"] for row in again] == [row["wrong"] for row in rows]


def test_units_are_added_where_a_new_default_was_tried_before(run):
    _, table, rows = run("pixels_svm", "--try", "svm__alpha=[2.0]")
    path = run.output / "drawn" / "search" / "pixels_svm.jsonl"
    lacking = [{k: v for k, v in row.items() if k != "units"} for row in rows]
    path.write_text("".join(json.dumps(row) + "\n" for row in lacking), "utf-8")
    _, again, lines = run("pixels_svm", "--try", "svm__alpha=[2.0]")
    assert again == table
    assert lines == [*lacking, rows[0]]


def test_where_nothing_can_be_written_nothing_is_loaded(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(search, "load_dataset", lambda *_: pytest.fail("loaded"))
    (tmp_path / "out").write_text("a file", "utf-8")
    assert main(["pixels_svm", "--output", str(tmp_path / "out")]) == 1
    assert "cannot write to" in capsys.readouterr().err


def test_settings_are_those_of_all_candidates_but_the_first():
    listed = candidates({"svm__alpha": 0.5}, {"components__n_components": [8, 16]})
    assert listed == [
        {},
        {"svm__alpha": 0.5, "components__n_components": 8},
        {"svm__alpha": 0.5, "components__n_components": 16},
    ]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["pixels_svm", "--folds", "1"], "at least 2, got '1'"),
        (["pixels_svm", "--seed", "4294967296"], "0 to 2**32 - 1, got '4294967296'"),
        (["pixels_svm", "--try", "svm__alpha=3"], "expected step__param=[value, ...]"),
        (["pixels_svm", "--set", "svm__alpha"], "expected step__param=value"),
    ],
)
def test_wrong_usage(arguments, words, capsys):
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["pixel_svm"],
        ["pixels_svm", "--try", "svm__alfa=[1]"],
        ["pixels_svm", "--set", "svm__alfa=1"],
    ],
    ids=["recipe", "tried", "set"],
)
def test_unknown_names(arguments, monkeypatch, capsys):
    monkeypatch.setattr(search, "load_dataset", lambda *_: pytest.fail("loaded"))
    assert main([*arguments, "--dataset", "drawn"]) == 2
    assert "benchmarks.search: unknown" in capsys.readouterr().err


def test_fewer_units_than_folds(run, capsys):
    arguments = ["pixels_svm", "--dataset", "drawn", "--n", "20", "--output", str(run.output)]
    assert main(arguments) == 2
    assert "3 folds need as many independent parts" in capsys.readouterr().err


def test_data_that_is_not_there(tmp_path, capsys):
    assert main(["pixels_svm", "--data-dir", str(tmp_path), "--output", str(tmp_path / "out")]) == 1
    assert "FER2013" in capsys.readouterr().err
