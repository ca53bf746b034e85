import json

import numpy as np
import pytest

from benchmarks.records import folds
from tests.benchmarks.conftest import Nearest, make_faces, make_model

ARGUMENTS = ["--dataset", "fer2013", "--recipes", "means"]
PARTS = [f"PublicTest{rest}" for rest in ("", ":no-twins", ":no-near-twins-0.99", ":no-near-twins")]


def load(name, home):
    """Two more images that are nearly those of the training part, one of them mirrored."""
    bunch = make_faces(name)
    bunch.images[-2] = bunch.images[2]
    bunch.images[-2, 0, 0] ^= 1
    bunch.images[-3] = 0.8 * bunch.images[3, :, ::-1] + 0.2 * bunch.images[-3]
    return bunch


@pytest.fixture
def path(tmp_path):
    return tmp_path / "out" / "fer2013" / "means.jsonl"


@pytest.fixture
def program(run):
    def program(*arguments):
        assert run(*ARGUMENTS, *arguments, load=load) == 0

    return program


@pytest.fixture
def n_fits(monkeypatch):
    """Count the fits."""
    fits = []
    fit = Nearest.fit

    def counted(self, *arguments, **groups):
        fits.append(self)
        return fit(self, *arguments, **groups)

    monkeypatch.setattr(Nearest, "fit", counted)
    return lambda: len(fits)


def keep(path, *parts):
    """Keep only the records of some test parts, as an earlier version has left them."""
    records = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    records = [record | {"n_folds": 2} for record in records if record["fold"] in parts]
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")


def by_part(records):
    return {record["fold"]: record for record in records}


def test_missing_parts_are_those_of_a_fit(program, records, path, n_fits, capsys):
    program()
    fitted = by_part(records(dataset="fer2013"))
    assert [len(fitted[part]["test_index"]) for part in PARTS] == [32, 31, 30, 29]
    keep(path, "PublicTest")
    program()
    assert n_fits() == 1
    assert capsys.readouterr().err.count(", not fitted again") == 3
    derived = by_part(records(dataset="fer2013"))
    assert list(derived) == PARTS
    own = {"predict_seconds", "finished", "metrics"}
    for part in PARTS[1:]:
        new, old = derived[part], fitted[part]
        assert {k: v for k, v in new.items() if k not in own} == {
            k: v for k, v in old.items() if k not in own
        }
        assert new["predict_seconds"] == pytest.approx(old["predict_seconds"])
        rounded = {"log_loss", "calibration_error"}
        assert all(
            new["metrics"][name] == old["metrics"][name] for name in old["metrics"].keys() - rounded
        )


def test_a_dry_run_says_what_takes_no_fit(program, path, records, capsys):
    program()
    keep(path, *PARTS[:2])
    capsys.readouterr()
    program("--dry-run")
    states = [line.split("  ")[-1] for line in capsys.readouterr().out.splitlines()[1:]]
    assert [state.strip() for state in states] == ["done"] * 2 + ["to score, without a fit"] * 2
    assert len(records(dataset="fer2013")) == 2


def test_force_fits_again(program, path, records, n_fits):
    program()
    keep(path, "PublicTest")
    program("--force")
    assert n_fits() == 2
    assert len(records(dataset="fer2013")) == 5


def test_a_part_alone_is_not_enough_for_the_others(program, path, records, n_fits):
    program()
    keep(path, "PublicTest:no-twins")
    program()
    assert n_fits() == 2
    assert sorted(by_part(records(dataset="fer2013"))) == sorted(PARTS)


def test_nothing_is_taken_from_a_failure_or_another_setting(program, path, run, n_fits):
    program()
    keep(path, "PublicTest")
    assert run(*ARGUMENTS, "--set", "nearest__broken=0", load=load) == 0
    assert n_fits() == 2
    path.write_text(path.read_text("utf-8").replace('"status": "ok"', '"status": "error"'))
    program()
    assert n_fits() == 3


class TestScoresInSideFiles:
    @pytest.fixture(autouse=True)
    def many_items(self, monkeypatch):
        monkeypatch.setattr(folds, "INLINE_ITEMS", 10)

    def test_they_are_read_and_written(self, program, path, records, n_fits):
        program()
        keep(path, "PublicTest")
        program()
        assert n_fits() == 1
        derived = by_part(records(dataset="fer2013"))
        names = [derived[part]["class_scores"] for part in PARTS]
        assert len(set(names)) == 4
        scores = [np.load(path.parent / name)["class_scores"] for name in names]
        assert np.array_equal(scores[3], scores[0][:29])
        assert derived[PARTS[3]]["units"] == derived[PARTS[0]]["units"]

    def test_without_them_the_fold_is_run(self, program, path, records, n_fits):
        program()
        keep(path, *PARTS[:2])
        whole, alone = records(dataset="fer2013")
        (path.parent / whole["class_scores"]).unlink()
        program()  # the other part has what it takes
        assert n_fits() == 1
        keep(path, *PARTS[:2])
        (path.parent / alone["class_scores"]).unlink()
        program()
        assert n_fits() == 2

    def test_damaged_ones_are_named(self, program, path, records, run, capsys):
        program()
        keep(path, "PublicTest")
        (whole,) = records(dataset="fer2013")
        (path.parent / whole["class_scores"]).write_bytes(b"no archive")
        assert run(*ARGUMENTS, load=load) == 1
        assert "remove it and run the benchmark again" in capsys.readouterr().err


@pytest.mark.parametrize("rounded_away", [False, True])
def test_four_decimals_are_enough_unless_they_are_0(run, records, tmp_path, rounded_away):
    path = tmp_path / "out" / "fer2013" / "dummy.jsonl"
    arguments = ["--dataset", "fer2013", "--recipes", "dummy"]
    assert run(*arguments, load=load) == 0
    fitted = by_part(records("dummy", "fer2013"))[PARTS[3]]["metrics"]
    record, *_ = records("dummy", "fer2013")
    if rounded_away:
        record["class_scores"][0][record["classes"].index(record["y_true"][0])] = 0.0
    path.write_text(json.dumps(record) + "\n", "utf-8")
    assert run(*arguments, load=load) == 0
    metrics = by_part(records("dummy", "fer2013"))[PARTS[3]]["metrics"]
    if rounded_away:
        assert metrics["log_loss"] is None
    else:
        assert metrics["log_loss"] == pytest.approx(fitted["log_loss"], abs=1e-4)
        assert metrics["calibration_error"] == pytest.approx(fitted["calibration_error"], abs=1e-4)


def test_models_without_scores(run, path, records):
    class Silent(Nearest):
        predict_proba = property()

        def predict(self, X):
            return self.classes_[np.arange(len(X)) % len(self.classes_)]

    def make(name, **settings):
        return make_model(name).set_params(nearest=Silent())

    assert run(*ARGUMENTS, load=load, make=make) == 0
    keep(path, "PublicTest")
    assert run(*ARGUMENTS, load=load, make=make) == 0
    derived = records(dataset="fer2013")
    assert [record["class_scores"] for record in derived] == [None] * 4
    assert [record["metrics"]["log_loss"] for record in derived] == [None] * 4
