import csv
import json
import os
import signal
import subprocess
import sys
import textwrap
import time

import cv2
import numpy as np
import pytest

from benchmarks.experiments import plan
from benchmarks.run import main
from fer_classic.datasets import load_dataset
from fer_classic.evaluation import independent_units
from tests.benchmarks.conftest import Means, Nearest, make_faces, make_model


def test_a_run_from_end_to_end(run, records, tmp_path, capsys):
    assert run() == 0
    screen = capsys.readouterr()
    table = screen.out.splitlines()
    assert [line.split()[:2] for line in table[1:5]] == [
        ["dummy", "group-kfold"],
        ["means", "group-kfold"],
        ["dummy", "kfold"],
        ["means", "kfold"],
    ]
    marked = [line.endswith("leaky: same subject / duplicate on both sides") for line in table[1:5]]
    assert marked == [False, False, True, True]
    assert "means, kfold, fold 4: accuracy" in screen.err
    assert (tmp_path / "out" / "README.md").exists()
    assert len(records("means")) == 10


def test_a_record_is_complete(run, records):
    run("--recipes", "means", "--protocol", "group-kfold")
    bunch = make_faces()
    names = bunch.target_names[bunch.target]
    units = independent_units(bunch)
    tested = []
    for fold, record in enumerate(records()):
        assert record["fold"] == fold
        assert record["status"] == "ok"
        assert record["dataset"] == "drawn"
        assert record["size"] == record["n_train"] + len(record["test_index"]) == 80
        assert record["y_true"] == names[record["test_index"]].tolist()
        assert record["units"] == units[record["test_index"]].tolist()
        assert record["classes"] == ["angry", "contempt", "disgust", "fear"]
        scores = np.array(record["class_scores"])
        assert scores.shape == (len(record["y_true"]), 4)
        assert np.array(record["classes"])[scores.argmax(axis=1)].tolist() == record["y_pred"]
        assert record["score_kind"] == "probability"
        assert record["leaks"] == {"subject": 0, "sequence": None, "duplicate": 0}
        right = np.mean(np.array(record["y_true"]) == np.array(record["y_pred"]))
        assert record["metrics"]["accuracy"]["value"] == pytest.approx(right)
        for name in ("feature_seconds", "fit_seconds", "predict_seconds", "peak_memory"):
            assert record[name] > 0
        assert 200 < record["model_bytes"] < 20_000
        assert record["parameters"]["nearest__broken"] is False
        assert record["versions"]["numpy"] == np.__version__
        tested += record["test_index"]
    assert sorted(tested) == list(range(80))
    accuracies = [record["metrics"]["accuracy"]["value"] for record in records()]
    assert np.mean(accuracies) > 0.4  # chance is 0.25


def test_stateless_steps_run_once_for_all_folds(run):
    run("--recipes", "means", "--protocol", "kfold")
    few = Means.calls
    run("--recipes", "means", "--protocol", "kfold", "--folds", "10")
    assert Means.calls - few <= 2
    assert few > 0


def test_finished_folds_are_not_run_again(run, records, tmp_path):
    run("--recipes", "means")
    before = (tmp_path / "out" / "drawn" / "means.jsonl").read_bytes()
    assert run("--recipes", "means") == 0
    assert (tmp_path / "out" / "drawn" / "means.jsonl").read_bytes() == before
    run("--recipes", "means", "--protocol", "kfold", "--force")
    assert len(records()) == 15


def test_a_run_continues_after_a_torn_line(run, records, tmp_path):
    run("--recipes", "means", "--protocol", "kfold")
    path = tmp_path / "out" / "drawn" / "means.jsonl"
    whole = records()
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:3]) + lines[3][:100])
    assert run("--recipes", "means", "--protocol", "kfold") == 0
    assert [record["fold"] for record in records()] == [0, 1, 2, 3, 4]
    assert [record["y_pred"] for record in records()] == [record["y_pred"] for record in whole]


def test_another_seed_or_number_of_folds_is_other_work(run, records):
    run("--recipes", "means", "--protocol", "kfold")
    run("--recipes", "means", "--protocol", "kfold", "--seed", "1")
    run("--recipes", "means", "--protocol", "kfold", "--folds", "3")
    assert len(records()) == 5 + 5 + 3


def test_two_processes_do_the_same_work(run, records, tmp_path):
    run("--recipes", "means", "--protocol", "group-kfold")
    alone = {record["fold"]: record["y_pred"] for record in records()}
    run("--recipes", "means", "--protocol", "group-kfold", "--force", "--jobs", "2")
    together = {record["fold"]: record["y_pred"] for record in records()[5:]}
    assert together == alone


class Deadly(Nearest):
    """Ends its process while it is fitted on one of the training parts."""

    def __init__(self, broken=False, at=None):
        super().__init__(broken)
        self.at = at

    def fit(self, X, y, groups=None):
        if self.at is not None and np.isclose(X.sum(), self.at):
            os.kill(os.getpid(), signal.SIGKILL)
        return super().fit(X, y, groups)


@pytest.mark.skipif(os.name != "posix", reason="needs a signal that cannot be caught")
def test_a_worker_that_dies_costs_only_its_fold(run, records, capsys):
    rows, trained = make_faces().images.mean(axis=2).astype(np.float32), []

    def make(name, **settings):
        model = make_model(name, **settings)
        return model.set_params(nearest=Deadly(at=rows[trained].sum()))

    arguments = ["--recipes", "means", "--protocol", "kfold", "--folds", "2"]
    run(*arguments)
    trained += sorted(set(range(len(rows))) - set(records()[1]["test_index"]))
    assert run(*arguments, "--force", "--jobs", "2", make=make) == 1
    found = {record["fold"]: record for record in records()[2:]}
    assert [found[fold]["status"] for fold in range(2)] == ["ok", "error"]
    assert "its process was ended from outside, also while no other ran" in found[1]["reason"]
    assert "1 folds failed; the same command tries them again" in capsys.readouterr().err


def test_features_in_a_file_change_no_prediction(run, records):
    arguments = ["--recipes", "means", "--protocol", "group-kfold", "--force"]
    run(*arguments)
    run(*arguments, "--features-memory", "0")
    predictions = [record["y_pred"] for record in records()]
    assert predictions[5:] == predictions[:5]


def test_official_fits_once(run, records, capsys):
    assert run("--dataset", "fer2013", "--recipes", "means") == 0
    (public,) = records(dataset="fer2013")
    assert public["fold"] == "PublicTest"
    assert public["leaks"]["duplicate"] == 1
    alone, *near = public["subsets"].values()
    assert list(public["subsets"]) == ["no-twins", "no-near-twins-0.99", "no-near-twins"]
    assert [subset["left_out"] for subset in (alone, *near)] == [[31]] * 3
    assert near[1]["note"] == (
        "images left out that correlate from 0.9 on with one in Training or its mirror image: 1"
    )
    assert alone["leaks"]["duplicate"] == 0
    right = np.array(public["y_true"][:-1]) == public["y_pred"][:-1]
    assert alone["metrics"]["n_items"] == 31
    assert alone["metrics"]["accuracy"]["value"] == pytest.approx(right.mean())
    assert capsys.readouterr().out.count("leaky: same duplicate") == 1


def test_cross_is_recorded_under_the_tested_set(run, records):
    def load(name, home):
        return make_faces(name, n_classes=3 if name == "jaffe" else 4, seed=len(name))

    assert run("--dataset", "jaffe", "--train-on", "fer2013", load=load) == 0
    (record,) = records(dataset="jaffe")
    assert record["protocol"] == "cross:fer2013"
    assert record["classes"] == ["angry", "contempt", "disgust"]
    assert record["n_train"] == 60
    assert len(record["y_true"]) == 60


def test_loso(run, records):
    assert run("--protocol", "loso", "--recipes", "means") == 0
    assert [record["fold"] for record in records()] == list(range(10))
    assert records()[3]["note"] == "subject P03 left out"


def test_a_failed_fold_is_a_row_and_tried_again(run, records, capsys, tmp_path):
    arguments = ["--recipes", "broken,means", "--protocol", "kfold"]
    assert run(*arguments) == 1
    screen = capsys.readouterr()
    assert "broken, kfold, fold 0: error: ValueError: it is broken." in screen.err
    assert "5 folds failed; the same command tries them again" in screen.err
    assert {record["status"] for record in records("broken")} == {"error"}
    assert records("broken")[0]["y_pred"] == []
    assert len(records("means")) == 5
    report = (tmp_path / "out" / "drawn" / "README.md").read_text()
    assert "broken, fold 0, 1, 2, 3, 4: error: ValueError: it is broken." in report
    assert run(*arguments) == 1
    assert len(records("broken")) == 10
    assert len(records("means")) == 5


def test_a_failure_of_the_shared_steps_is_a_row(run, records):
    def load(name, home):
        bunch = make_faces()
        bunch.images = bunch.images[:, :, 0]
        return bunch

    assert run("--recipes", "means", "--protocol", "kfold", load=load) == 1
    assert "expects an image batch" in records()[4]["reason"]


def test_a_missing_package_is_skipped(run, records):
    assert run("--recipes", "absent,means", "--protocol", "kfold") == 0
    assert {(record["status"], record["reason"]) for record in records("absent")} == {
        ("skipped", "it needs a package.")
    }


def test_a_recipe_that_has_seen_the_images_is_skipped(run, records, monkeypatch):
    monkeypatch.setattr(plan, "list_recipes", lambda: ["means"])
    monkeypatch.setattr(plan, "pretrained_on", lambda name: "fer2013")
    arguments = "--dataset", "fer2013", "--recipes", "means"
    assert run(*arguments, "--protocol", "official,kfold") == 0
    found = {record["protocol"]: record for record in records(dataset="fer2013")}
    assert found["official"]["status"] == "ok"
    assert found["kfold"]["status"] == "skipped"
    assert "only the protocol official" in found["kfold"]["reason"]


def test_a_class_in_the_test_part_only(run, records, tmp_path):
    def load(name, home):
        bunch = make_faces()
        bunch.target[8:16] = 7
        return bunch

    assert run("--protocol", "loso", "--recipes", "means", load=load) == 0
    record = records()[1]
    assert record["unseen"] == ["surprise"]
    assert record["metrics"]["recall"]["surprise"]["value"] == 0
    assert (
        "in the test part of a fold only: surprise"
        in (tmp_path / "out/drawn/README.md").read_text()
    )


def test_one_class_to_fit(run, records):
    def load(name, home):
        bunch = make_faces()
        bunch.target[:] = 4
        return bunch

    assert run("--recipes", "dummy", "--protocol", "kfold", load=load) == 0
    assert records("dummy")[0]["metrics"]["accuracy"]["value"] == 1.0


def test_unknown_subjects_are_reported(run, capsys):
    run("--dataset", "fer2013", "--protocol", "group-kfold", "--recipes", "dummy")
    assert "fer2013: no subjects are known" in capsys.readouterr().err


def test_a_dry_run_writes_nothing(run, tmp_path, capsys):
    run("--recipes", "means", "--protocol", "kfold")
    capsys.readouterr()
    assert run("--recipes", "means,dummy", "--protocol", "kfold", "--dry-run") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[-1] for line in lines[1:6]] == ["done"] * 5
    assert all(line.endswith("to run") for line in lines[6:])
    assert not (tmp_path / "out" / "drawn" / "dummy.jsonl").exists()


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(0)
    for expression in ("happy", "sad"):
        (tmp_path / "faces" / expression).mkdir(parents=True)
        for number in range(20):
            image = rng.integers(0, 256, (8, 8), dtype=np.uint8)
            path = tmp_path / "faces" / expression / f"p{number % 10}_{number}.png"
            path.write_bytes(cv2.imencode(".png", image)[1])
    return tmp_path / "faces"


def run_on_folder(folder, *arguments):
    output = folder.parent / "out"
    return main(
        ["--dataset", "folder", "--data-dir", str(folder), "--output", str(output)]
        + ["--recipes", "dummy", *arguments],
        make=make_model,
    )


def test_classes_of_a_folder(folder, tmp_path, capsys):
    (folder / "happy").rename(folder / "bored")
    (folder / "sad").rename(folder / "7")
    assert run_on_folder(folder) == 1
    assert "match no class: 7, bored" in capsys.readouterr().err
    (tmp_path / "names.json").write_text('{"7": "very engaged", "bored": "bored"}')
    assert run_on_folder(folder, "--class-names", str(tmp_path / "names.json")) == 0
    results = tmp_path / "out" / "folder"
    with open(results / "summary.csv", newline="", encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert {row["recall_bored"], row["recall_very engaged"]} == {"0.0", "1.0"}
    assert row["recall_happy"] == ""
    page = (results / "README.md").read_text("utf-8")
    assert "| recipe | bored | very engaged |" in page
    assert "(persons unknown)" in page
    assert len(list(results.glob("*.png"))) == 2


def test_numbers_of_the_folder_to_fit_on(folder, tmp_path):
    for number, name in ((4, "happy"), (5, "sad")):
        (folder / name).rename(folder / str(number))
    arguments = ["--train-on", "folder", "--train-dir", folder, "--class-names", "raf-db"]
    arguments += ["--output", tmp_path / "out", "--recipes", "dummy"]

    def load(name, place, **options):
        return load_dataset(name, place, **options) if name == "folder" else make_faces(n_classes=8)

    assert main(list(map(str, arguments)), make=make_model, load=load) == 0
    (line,) = (tmp_path / "out" / "drawn" / "dummy.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line)["note"] == "on happy, sad"


class TestSubjectsOfAFolder:
    def test_they_stay_together(self, folder):
        assert run_on_folder(folder, "--protocol", "loso", "--subject-pattern", r"(p\d)_") == 0
        lines = (folder.parent / "out" / "folder" / "dummy.jsonl").read_text("utf-8").splitlines()
        records = list(map(json.loads, lines))
        assert [len(record["test_index"]) for record in records] == [4] * 10
        assert all(record["leaks"]["subject"] == 0 for record in records)

    def test_a_pattern_that_is_none(self, folder, capsys):
        assert run_on_folder(folder, "--subject-pattern", "(p") == 2
        assert "is not a regular expression" in capsys.readouterr().err


def test_settings_reach_the_recipe(run, records, tmp_path):
    assert run("--recipes", "means", "--set", "nearest__broken=True") == 1
    record = records()[0]
    assert record["settings"] == {"nearest__broken": True}
    assert record["parameters"]["nearest__broken"] is True
    assert "means (nearest__broken=True)" in (tmp_path / "out" / "drawn" / "README.md").read_text()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--recipes", "meens"], "Did you mean 'means'"),
        (["--protocol", "official"], "drawn has no official split"),
        (["--protocol", "kfold,nonsense"], "unknown protocol 'nonsense'"),
        (["--protocol", "cross"], "--train-on names the data set to fit on"),
        (["--train-on", "fer2013", "--protocol", "kfold"], "belongs to --protocol cross"),
        (["--subject-pattern", "(.)"], "--subject-pattern belongs to --dataset folder"),
        (["--class-names", "keep"], "--class-names belongs to --dataset folder"),
        (["--grid", "nearest__broken=[0]"], "--grid belongs to --protocol development"),
        (["--protocol", "development", "--keep-models"], "--keep-models does not go with"),
        (["--folds", "90", "--protocol", "kfold"], "use at most 80"),
    ],
)
def test_wrong_usage(run, capsys, tmp_path, arguments, message):
    assert run(*arguments) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--folds", "x"], "whole number of 2 or more, got 'x'"),
        (["--folds", "1"], "whole number of 2 or more, got '1'"),
        (["--jobs", "0"], "whole number of 1 or more, got '0'"),
        (["--features-memory", "2GB"], "must be a number of gigabytes, got '2GB'"),
        (["--features-memory", "-1"], "must be a number of gigabytes, got '-1'"),
        (["--set", "radius"], "expected step__param=value"),
        (["--grid", "nearest__broken=1"], "expected step__param=[value, ...]"),
        (["--seed", "-1"], "whole number of 0 to 2**32 - 1, got '-1'"),
        (["--dataset", "imagenet"], "invalid choice"),
    ],
)
def test_arguments_that_cannot_be_read(run, capsys, arguments, message):
    with pytest.raises(SystemExit) as stop:
        run(*arguments)
    assert stop.value.code == 2
    assert message in capsys.readouterr().err


def test_an_output_that_cannot_be_written(run, tmp_path, capsys):
    (tmp_path / "out").write_text("a file")
    assert run() == 1
    assert "name another folder with --output" in capsys.readouterr().err


def test_a_damaged_record_is_named(run, tmp_path, capsys):
    run("--recipes", "means", "--protocol", "kfold")
    path = tmp_path / "out" / "drawn" / "means.jsonl"
    path.write_bytes(b"=======\n" + path.read_bytes())
    assert run("--recipes", "means", "--protocol", "kfold") == 1
    assert "line 1 is not a record" in capsys.readouterr().err


def test_ctrl_c_keeps_finished_folds(run, records, monkeypatch, capsys):
    n_fits, fit = [], Nearest.fit

    def stopped(self, X, y, groups=None):
        n_fits.append(len(X))
        if len(n_fits) == 3:
            raise KeyboardInterrupt
        return fit(self, X, y, groups)

    monkeypatch.setattr(Nearest, "fit", stopped)
    assert run("--recipes", "means", "--protocol", "kfold") == 130
    assert "finished folds are kept" in capsys.readouterr().err
    assert [record["fold"] for record in records()] == [0, 1]
    assert run("--recipes", "means", "--protocol", "kfold") == 0
    assert [record["fold"] for record in records()] == [0, 1, 2, 3, 4]


def test_records_of_an_older_version_are_named(run, records, tmp_path, capsys):
    run("--recipes", "means", "--protocol", "kfold")
    path = tmp_path / "out" / "drawn" / "means.jsonl"
    old = [{k: v for k, v in record.items() if k != "subsets"} for record in records()]
    path.write_text("".join(json.dumps(record) + "\n" for record in old), "utf-8")
    assert run("--recipes", "means", "--protocol", "kfold") == 1
    message = capsys.readouterr().err
    assert "means.jsonl, line 1 is a record of an older version" in message
    assert "move the file away" in message


@pytest.mark.skipif(os.name != "posix", reason="needs a signal that cannot be caught")
def test_a_killed_run_loses_and_repeats_nothing(run, records, tmp_path):
    program = """
        import sys, time
        from benchmarks.run import main
        from tests.benchmarks.conftest import Nearest, make_faces, make_model

        class Slow(Nearest):
            def fit(self, X, y, groups=None):
                time.sleep(0.3)
                return super().fit(X, y, groups)

        Slow.__qualname__ = "Nearest"
        Slow.__name__ = "Nearest"
        make = lambda name, **settings: make_model(name).set_params(nearest=Slow())
        main(sys.argv[1:], load=make_faces, make=make, recipes=["means"])
    """
    path = tmp_path / "out" / "drawn" / "means.jsonl"
    command = [sys.executable, "-c", textwrap.dedent(program), "--output", str(tmp_path / "out")]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not (path.exists() and path.read_bytes().count(b"\n") >= 2):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    kept = records()
    assert 2 <= len(kept) < 10
    assert run("--recipes", "means") == 0
    assert records()[: len(kept)] == kept
    folds = [(record["protocol"], record["fold"]) for record in records()]
    assert len(folds) == len(set(folds)) == 10


def test_models_are_made_fresh(run):
    made = []

    def make(name, **settings):
        made.append(make_model(name, **settings))
        return made[-1]

    run("--recipes", "means", "--protocol", "kfold", make=make)
    assert not hasattr(made[0]["nearest"], "classes_")


def test_permuted_labels_are_at_chance_and_kept_apart(run, records, tmp_path, capsys):
    base = ["--recipes", "means", "--protocol", "group-kfold,kfold"]
    assert run(*base) == 0
    real = (tmp_path / "out/drawn/means.jsonl").read_bytes()
    summary = (tmp_path / "out/drawn/summary.csv").read_bytes()
    capsys.readouterr()
    assert run(*base, "--permute", "3") == 0
    header, honest, leaky = capsys.readouterr().out.splitlines()
    assert "by chance %  largest class %" in header
    assert honest.startswith("means   group-kfold, labels permuted (seed 3)")
    assert leaky.endswith("leaky: same subject / duplicate on both sides")
    assert (tmp_path / "out/drawn/means.jsonl").read_bytes() == real
    permuted = records("permuted/means")
    assert [record["permuted"] for record in permuted] == [3] * 10
    assert {record["digest"] for record in permuted} == {records()[0]["digest"]}
    # Another seed, and the labels as they are, are other work.
    assert run(*base, "--permute") == 0
    assert len(records("permuted/means")) == 20
    assert run(*base) == 0
    assert (tmp_path / "out/drawn/summary.csv").read_bytes() == summary
    page = (tmp_path / "out/drawn/README.md").read_text("utf-8")
    results, chance = page.split("## Chance level: permuted labels")
    assert "permuted" not in results
    assert "| means | kfold, labels permuted (seed 3) |" in chance


@pytest.mark.parametrize("other", [["--keep-models"], ["--protocol", "development"]])
def test_permuted_labels_leave_no_model_and_choose_nothing(other, run, capsys):
    assert run("--recipes", "means", "--permute", *other) == 2
    assert "--permute does not go with" in capsys.readouterr().err
