import json

import cv2
import numpy as np
import pytest

from benchmarks.search.__main__ import main
from fer_classic.datasets import load_drawn_faces
from fer_classic.recipes import make_recipe
from tests.benchmarks.conftest import Nearest, make_faces, make_model


@pytest.fixture(scope="module")
def drawn():
    return load_drawn_faces(n_subjects=12, n_per_class=1)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "out" / "drawn" / "search" / "pixels_svm.jsonl"


def make_quick(recipe, **settings):
    """Make a recipe that does not search for its ridge."""
    return make_recipe(recipe, **{"svm__alpha": 0.5} | settings)


@pytest.fixture
def search(tmp_path, capsys, drawn, path):
    """Search on drawn faces; gives the code, the lines of the table and the records."""

    def search(*arguments):
        arguments = [*arguments, "--dataset", "drawn", "--n", "100"]
        arguments += ["--output", str(tmp_path / "out")]
        code = main(arguments, load=lambda *_: drawn, make=make_quick)
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        return code, capsys.readouterr().out.splitlines(), list(map(json.loads, lines))

    return search


def no_data(name, home, **options):
    pytest.fail("it has loaded the data")


def accuracy_of(records):
    right = [np.equal(record["y_true"], record["y_pred"]) for record in records]
    return 100 * np.concatenate(right).mean()


def test_candidates_are_compared_with_the_recipe_as_it_is(search):
    code, table, records = search("pixels_svm", "--grid", "components__n_components=[256, 1]")
    assert code == 0
    # The first value is the recipe's own and is not tried twice.
    tried = [record["parameters"]["components__n_components"] for record in records]
    assert tried == [256] * 3 + [1] * 3
    usual, poor = accuracy_of(records[:3]), accuracy_of(records[3:])
    assert poor < usual
    n_items = records[0]["n_items"]
    assert sum(len(record["test_index"]) for record in records[:3]) == n_items
    assert table[0] == f"pixels_svm: {n_items} images of drawn, 3 folds"
    assert table[2].startswith("as it is")
    assert f" {usual:.1f} " in table[2]
    assert table[3].startswith("components__n_components=1")
    assert f" {poor:.1f} " in table[3]
    # The shares of the folds are averaged image by image, so that the last digit may differ.
    difference = float(table[3].partition(" [")[0].split()[-1])
    assert difference == pytest.approx(poor - usual, abs=0.15)


def test_what_was_tried_is_not_tried_again(search):
    _, _, before = search("pixels_svm", "--grid", "svm__alpha=[1.0]")
    _, table, after = search("pixels_svm", "--grid", "svm__alpha=1.0,2.0")
    assert after[:6] == before
    assert [record["settings"] for record in after[6:]] == [{"svm__alpha": 2.0}] * 3
    assert len(table) == 2 + 3


def test_settings_are_those_of_all_candidates_but_the_first(search):
    arguments = ["--set", "svm__alpha=2.0", "--grid", "components__n_components=[8]"]
    _, _, records = search("pixels_svm", *arguments)
    assert [record["settings"] for record in records[::3]] == [
        {},
        {"svm__alpha": 2.0, "components__n_components": 8},
    ]


def test_a_setting_that_became_the_default_is_tried_as_the_recipe_itself(search, path):
    _, table, records = search("pixels_svm", "--grid", "svm__alpha=[2.0]")
    for record in records[:3]:
        record["settings"] = {"svm__gamma": "median"}
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    _, again, after = search("pixels_svm", "--grid", "svm__alpha=[2.0]")
    assert [line.split()[:-1] for line in again] == [line.split()[:-1] for line in table]
    assert [record["settings"] for record in after[6:]] == [{}] * 3


def test_one_that_fails_does_not_end_the_search(search):
    code, table, records = search("pixels_svm", "--grid", "svm__alpha=[-1, 1e999, 2.0]")
    assert code == 1
    assert [record["status"] for record in records] == ["ok"] * 3 + ["error"] * 6 + ["ok"] * 3
    assert len(table) == 2 + 2


def test_without_the_recipe_as_it_is_there_is_nothing_to_compare(tmp_path, capsys):
    arguments = ["broken", "--dataset", "drawn", "--output", str(tmp_path), "--folds", "2"]
    arguments += ["--grid", "means__image_shape=[None, 1]"]
    assert main(arguments, load=make_faces, make=make_model) == 1
    told = capsys.readouterr().err
    assert "broken as it is fails, so there is nothing to compare with: ValueError: it is" in told
    assert len((tmp_path / "drawn" / "search" / "broken.jsonl").read_text().splitlines()) == 2


def test_no_memory_for_a_candidate(tmp_path, capsys, monkeypatch):
    fit = Nearest.fit

    def fails(self, X, y, groups=None):
        if self.broken == 7:
            raise MemoryError("Unable to allocate 9 GiB")
        return fit(self, X, y, groups)

    monkeypatch.setattr(Nearest, "fit", fails)
    arguments = ["means", "--dataset", "drawn", "--output", str(tmp_path)]
    arguments += ["--grid", "nearest__broken=[7]"]
    assert main(arguments, load=make_faces, make=make_model) == 1
    told = capsys.readouterr().err
    assert "nearest__broken=7), development, fold 0: error: MemoryError: Unable to" in told


def test_a_torn_last_line_is_tried_again(search, path):
    _, before, records = search("pixels_svm", "--grid", "svm__alpha=[2.0]")
    path.write_bytes(path.read_bytes()[:-30])
    code, after, again = search("pixels_svm", "--grid", "svm__alpha=[2.0]")
    assert code == 0
    assert [line.split()[:-1] for line in after] == [line.split()[:-1] for line in before]
    assert [record["y_pred"] for record in again] == [record["y_pred"] for record in records]


def test_class_names_of_a_folder(tmp_path, capsys):
    rng = np.random.default_rng(0)
    for name in ("bored", "7"):
        (tmp_path / "faces" / name).mkdir(parents=True)
        for number in range(8):
            image = rng.integers(0, 256, (8, 8), dtype=np.uint8)
            path = tmp_path / "faces" / name / f"{number}.png"
            path.write_bytes(cv2.imencode(".png", image)[1])
    (tmp_path / "names.json").write_text('{"7": "engaged", "bored": "bored"}', "utf-8")
    arguments = ["dummy", "--dataset", "folder", "--data-dir", str(tmp_path / "faces")]
    arguments += ["--output", str(tmp_path / "out"), "--grid", "dummy__strategy=['uniform']"]
    assert main(arguments, make=make_model) == 1
    assert "match no class: 7, bored" in capsys.readouterr().err
    arguments += ["--class-names", str(tmp_path / "names.json")]
    assert main(arguments, make=make_model) == 0
    lines = (tmp_path / "out" / "folder" / "search" / "dummy.jsonl").read_text().splitlines()
    assert {name for line in lines for name in json.loads(line)["y_true"]} == {"bored", "engaged"}


def test_where_nothing_can_be_written_nothing_is_loaded(tmp_path, capsys):
    (tmp_path / "out").write_text("a file", "utf-8")
    assert main(["pixels_svm", "--output", str(tmp_path / "out")], load=no_data) == 1
    assert "cannot write to" in capsys.readouterr().err


def test_a_dry_run_writes_nothing(search, path, capsys):
    code, table, _ = search("pixels_svm", "--grid", "svm__alpha=[2.0]", "--dry-run")
    assert code == 0
    assert [line.split()[0] for line in table[1:]] == ["pixels_svm"] * 6
    assert "pixels_svm (svm__alpha=2.0)" in table[-1]
    assert not path.exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["pixels_svm", "--folds", "1"], "2 or more, got '1'"),
        (["pixels_svm", "--seed", "4294967296"], "0 to 2**32 - 1, got '4294967296'"),
        (["pixels_svm", "--grid", "svm__alpha=3"], "expected step__param=[value, ...]"),
        (["pixels_svm", "--set", "svm__alpha"], "expected step__param=value"),
    ],
)
def test_wrong_usage(arguments, words, capsys):
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["pixel_svm"], "unknown recipe 'pixel_svm'. Did you mean 'pixels_svm'"),
        (["pixels_svm", "--grid", "svm__alfa=[1]"], "pixels_svm has no parameter 'svm__alfa'"),
        (["pixels_svm", "--set", "svm__alfa=1"], "pixels_svm has no parameter 'svm__alfa'"),
        (["pixels_svm", "--set", "svm=1"], "svm=1 replaces a whole step"),
    ],
    ids=["recipe", "tried", "set", "step"],
)
def test_unknown_names(arguments, problem, capsys):
    assert main([*arguments, "--dataset", "drawn"], load=no_data) == 2
    error = capsys.readouterr().err
    assert error.startswith("benchmarks.search: ")
    assert problem in error


def test_fewer_units_than_folds(tmp_path, capsys, drawn):
    arguments = ["pixels_svm", "--dataset", "drawn", "--n", "10", "--output", str(tmp_path / "out")]
    assert main(arguments, load=lambda *_: drawn) == 2
    assert "3 folds need as many independent parts" in capsys.readouterr().err


def test_data_that_is_not_there(tmp_path, capsys):
    assert main(["pixels_svm", "--data-dir", str(tmp_path), "--output", str(tmp_path / "out")]) == 1
    assert "FER2013" in capsys.readouterr().err
