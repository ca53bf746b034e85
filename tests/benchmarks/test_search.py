import json

import numpy as np
import pytest
from sklearn.utils import Bunch

from benchmarks import search
from benchmarks.search import candidates, main, take_part
from fer_classic.datasets import load_drawn_faces
from fer_classic.emotions import EMOTIONS


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

    return run


def test_candidates_are_compared_with_the_recipe_as_it_is(run):
    code, table, rows = run("pixels_svm", "--try", "components__n_components=[256, 1]")
    assert code == 0
    # The first value is the recipe's own and is not tried twice.
    assert [row["changed"] for row in rows] == [{}, {"components__n_components": 1}]
    usual, poor = rows
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


def test_settings_are_those_of_all_candidates():
    listed = candidates("pixels_svm", {"svm__alpha": 0.5}, {"components__n_components": [8, 16]})
    assert listed == [
        {"svm__alpha": 0.5},
        {"svm__alpha": 0.5, "components__n_components": 8},
        {"svm__alpha": 0.5, "components__n_components": 16},
    ]


class TestPart:
    @pytest.fixture
    def bunch(self):
        rng = np.random.default_rng(0)
        images = rng.integers(0, 256, (60, 16, 16), dtype=np.uint8)
        images[40] = images[3]  # a test image that is also in Training
        images[7] = images[5]
        images[9] = np.clip(images[8].astype(int) + 1, 0, 255)  # nearly the same
        duplicates = np.arange(60)
        duplicates[40], duplicates[7] = 3, 5
        return Bunch(
            name="fer2013",
            images=images,
            target=np.arange(60) % 2,
            target_names=list(EMOTIONS),
            subjects=None,
            sequences=None,
            split=np.repeat(["Training", "PublicTest"], [40, 20]),
            duplicates=duplicates,
        )

    def test_nothing_of_a_test_part_is_seen(self, bunch):
        part = take_part(bunch, n_items=None, n_folds=2, seed=0)
        seen = {image.tobytes() for image in part.images}
        assert seen == {image.tobytes() for image in np.delete(bunch.images[:40], 3, axis=0)}

    def test_units_stay_whole(self, bunch):
        part = take_part(bunch, n_items=None, n_folds=3, seed=0)
        place = {image.tobytes(): k for k, image in enumerate(part.images)}
        assert len(np.unique(part.units)) == 37
        assert (
            part.units[place[bunch.images[8].tobytes()]]
            == part.units[place[bunch.images[9].tobytes()]]
        )
        for train, test in part.folds:
            assert not np.intersect1d(part.units[train], part.units[test]).size
        tested = np.concatenate([test for _, test in part.folds])
        assert sorted(tested) == list(range(39))

    def test_a_draw_is_about_as_large_as_asked(self, bunch):
        part = take_part(bunch, n_items=20, n_folds=2, seed=1)
        assert 20 <= len(part.images) <= 22
        assert part.base["n_items"] == len(part.images)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["pixels_svm", "--folds", "1"], "at least 2, got '1'"),
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
    "arguments", [["pixel_svm"], ["pixels_svm", "--try", "svm__alfa=[1]"]], ids=["recipe", "step"]
)
def test_unknown_names(arguments, capsys):
    assert main([*arguments, "--dataset", "drawn"]) == 2
    assert "benchmarks.search: unknown" in capsys.readouterr().err


def test_fewer_units_than_folds(drawn, monkeypatch, capsys):
    monkeypatch.setattr(search, "load_dataset", lambda name, home: drawn)
    assert main(["pixels_svm", "--dataset", "drawn", "--n", "20"]) == 2
    assert "3 folds need as many independent parts" in capsys.readouterr().err


def test_data_that_is_not_there(tmp_path, capsys):
    assert main(["pixels_svm", "--data-dir", str(tmp_path)]) == 1
    assert "FER2013" in capsys.readouterr().err
