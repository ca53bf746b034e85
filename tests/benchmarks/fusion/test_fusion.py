import json

import numpy as np
import pytest
from scipy.special import softmax
from sklearn.dummy import DummyClassifier
from sklearn.pipeline import Pipeline

from benchmarks.bundle import main as bundle
from benchmarks.experiments import Data
from benchmarks.fusion import compare_ways, held_out, score_official, training_part
from benchmarks.fusion.__main__ import main
from benchmarks.fusion.held_out import _holds_scores, open_parts
from fer_classic.classifiers import LeastSquaresSVC, ScoreFusion, TestTimeAugmentation
from fer_classic.evaluation import fit_with_groups
from fer_classic.exceptions import ModelFileError
from fer_classic.faces import FaceCropper
from fer_classic.features import HOGDescriptor
from fer_classic.persistence import load_model, make_card, save_model
from tests.benchmarks.conftest import make_faces

DATA = Data.of(make_faces("fer2013"))
TRAINING = training_part(DATA)


def load(home):
    return make_faces("fer2013")


def fit(*steps):
    model = Pipeline([("crop", FaceCropper(None, size=24)), *steps])
    return fit_with_groups(model, TRAINING.values, TRAINING.labels, TRAINING.units)


def network(held_out):
    """What stands for a network holds out some images, and knows the frequencies."""
    model = fit(("cnn", DummyClassifier()))
    model["cnn"].validation_index_ = np.asarray(held_out)
    return model


@pytest.fixture(scope="module", params=[None, 5], ids=["with scores", "without"])
def parts(request):
    """An SVM with out-of-fold scores of all images, or of a few."""
    svm = LeastSquaresSVC(alpha=0.3, oof_samples=request.param)
    svm = fit(("hog", HOGDescriptor()), ("svm", svm))
    return {"cnn": network(range(0, 48, 2)), "svm_fast": svm}


@pytest.fixture
def folder(parts, tmp_path):
    for name, model in parts.items():
        save_as(model, tmp_path / f"{name}.joblib")
    return tmp_path


def save_as(model, path, part="Training", recipe=None):
    dataset = {"name": "fer2013", "split": [part]}
    save_model(model, path, card=make_card(model, dataset=dataset, recipe=recipe or path.stem))


def test_no_part_was_fitted_on_the_images(parts):
    rows = parts["cnn"]["cnn"].validation_index_
    found = held_out(parts, TRAINING)
    assert found.labels.tolist() == TRAINING.labels[rows].tolist()
    expected = parts["cnn"].predict_proba(TRAINING.values[rows])
    np.testing.assert_allclose(found.parts["cnn"].plain, expected, atol=1e-6)
    svm = fit(("hog", HOGDescriptor()), ("svm", LeastSquaresSVC(alpha=0.3)))["svm"]
    temperature = parts["svm_fast"]["svm"].temperature_
    expected = softmax(temperature * svm.oof_scores_[rows].astype(float), axis=1)
    np.testing.assert_allclose(found.parts["svm_fast"].plain, expected, atol=1e-4)
    assert found.parts["svm_fast"].mirrored is None


def test_an_svm_is_fitted_again_unless_it_holds_the_scores(parts):
    svm, rows = parts["svm_fast"], np.arange(0, 48, 2)
    assert _holds_scores(svm, TRAINING, rows) == (svm["svm"].oof_samples is None)
    turned = TRAINING.with_values(TRAINING.values[:, ::-1])
    assert not _holds_scores(svm, turned, rows)
    assert not _holds_scores(svm, TRAINING.at(TRAINING.positions[:40]), rows[:20])


def test_a_fusion_is_taken_apart(parts, tmp_path):
    svm = Pipeline(parts["svm_fast"].steps[1:])
    joined = [("cnn", TestTimeAugmentation(DummyClassifier())), ("svm_fast", svm)]
    model = fit(("fusion", ScoreFusion(joined, weights=[1.0, 1.0])))
    save_as(model, tmp_path / "joined.joblib")
    found, cards = open_parts([tmp_path / "joined.joblib"])
    assert list(found) == list(cards) == ["cnn of joined", "svm_fast of joined"]
    assert [list(part.named_steps) for part in found.values()] == [
        ["crop", "cnn"],
        ["crop", "hog", "svm"],
    ]
    expected = [
        part.predict_proba(model[:-1].transform(TRAINING.values))
        for part in model["fusion"].estimators_
    ]
    for part, probabilities in zip(found.values(), expected, strict=True):
        np.testing.assert_allclose(part.predict_proba(TRAINING.values), probabilities, atol=1e-6)


def test_the_file_of_the_fusion_and_its_page(folder, capsys):
    assert bundle(["fusion_fast", "--output", str(folder)], load=load) == 0
    path = folder / "fusion_fast.joblib"
    model, card = load_model(path)
    assert path.stat().st_size < 20_000
    assert list(model.named_steps) == ["crop", "fusion"]
    assert model["fusion"].weights == list(card["weights"].values())
    assert card["n_images"] == 48
    assert card["scores"]["n_items"] == 32
    assert card["held_out"]["accuracy"]["value"] >= 0
    assert "that cnn has held out" in card["min_probability"]["measured_on"]
    assert len(card["licence"]) > 50
    assert list(open_parts([path])[0]) == ["cnn of fusion_fast", "svm_fast of fusion_fast"]
    page = path.with_suffix(".md").read_text("utf-8")
    assert "**Parts.** Bundled models and their weights: `cnn` " in page
    assert "accuracy" in capsys.readouterr().out


def test_a_part_of_another_kind_ends_the_bundle(parts, folder, capsys):
    save_model(fit(("other", DummyClassifier())), folder / "svm_fast.joblib")
    assert bundle(["fusion_fast", "--output", str(folder)], load=load) == 1
    assert "LeastSquaresSVC; it ends in DummyClassifier" in capsys.readouterr().err
    assert not (folder / "fusion_fast.joblib").exists()


def test_parts_that_do_not_fit_the_images(parts):
    few = TRAINING.at(TRAINING.positions[:10])
    with pytest.raises(ModelFileError, match="cnn was not fitted on these 10 images"):
        held_out(parts, few)
    turned = TRAINING.with_values(TRAINING.values[:, ::-1])
    with pytest.raises(ModelFileError, match="svm_fast was not fitted on these images"):
        held_out(parts, turned)
    known = np.unique(TRAINING.labels)
    renamed = TRAINING.labels.copy()
    renamed[renamed == known[0]] = "puzzled"
    part = Data(
        "others", "", TRAINING.values, renamed, units=TRAINING.units, positions=TRAINING.positions
    )
    with pytest.raises(ModelFileError, match=r"cnn knows the classes .*, and not those of others"):
        held_out(parts, part)


def test_parts_that_do_not_fit_each_other(parts):
    with pytest.raises(ModelFileError, match="none of svm_fast is a network"):
        held_out({"svm_fast": parts["svm_fast"]}, TRAINING)
    with pytest.raises(ModelFileError, match="wide has held out other images"):
        held_out(parts | {"wide": network(range(1, 48, 2))}, TRAINING)


def test_ways_are_compared(parts):
    found = held_out(parts, TRAINING)
    rows = {row["way"]: row for row in compare_ways(found)}
    assert list(rows)[:3] == ["cnn", "cnn, mirror images", "svm_fast"]
    assert rows["cnn, mirror images"]["comparison"] is None
    assert rows["svm_fast"]["comparison"]["n_items"] == len(found.labels)
    assert rows["mean"]["weights"] is None
    assert len(rows["log pool"]["weights"]) == 2
    expected = found.score(found.averaged.mean(axis=0))
    assert rows["mean"]["log_loss"] == expected["log_loss"]
    assert rows["mean"]["accuracy"] == expected["accuracy"]


def test_official_scores_are_those_of_the_models(parts):
    rows = score_official(parts, held_out(parts, TRAINING), DATA)
    assert [row["model"] for row in rows[:3]] == ["cnn", "svm_fast", "fusion"]
    assert [row["subset"] for row in rows[::3]][::3] == ["", "no-near-twins"]
    test = DATA.at(np.flatnonzero(DATA.bunch.split == "PublicTest"))
    right = parts["svm_fast"].predict(test.values) == test.labels
    assert rows[1]["accuracy"]["value"] == pytest.approx(right.mean())
    # The last image is a copy of a training image.
    assert rows[4]["n_items"] == 31
    assert rows[4]["accuracy"]["value"] == pytest.approx(right[:-1].mean())
    assert rows[2]["comparison"] is None
    difference = rows[2]["accuracy"]["value"] - rows[1]["accuracy"]["value"]
    assert rows[1]["comparison"]["difference"] == pytest.approx(difference)
    assert rows[2]["ms_per_face"] == pytest.approx(sum(row["ms_per_face"] for row in rows[:2]))


def test_rows_and_page(folder, capsys):
    models = [str(folder / f"{name}.joblib") for name in ("cnn", "svm_fast")]
    output = ["--output", str(folder / "results")]
    for _ in range(2):
        assert main([*models, *output], load=load) == 0
        assert "log pool, class biases" in capsys.readouterr().out
    (line,) = (folder / "results" / "fusion.jsonl").read_text("utf-8").splitlines()
    record = json.loads(line)
    assert record["parts"] == ["cnn", "svm_fast"]
    assert record["bytes"] == sum((folder / f"{n}.joblib").stat().st_size for n in record["parts"])
    page = (folder / "results" / "fusion.md").read_text("utf-8")
    assert "## cnn + svm_fast" in page
    assert "| PublicTest, no-near-twins | " in page
    other = fit(("hog", HOGDescriptor()), ("svm", LeastSquaresSVC(alpha=0.9)))
    save_as(other, folder / "other.joblib", recipe="svm_fast")
    assert main([models[0], str(folder / "other.joblib"), *output], load=load) == 0
    assert len((folder / "results" / "fusion.jsonl").read_text("utf-8").splitlines()) == 2


def test_bundled_models_are_named(folder, monkeypatch):
    def file_of(name):
        return folder / f"{name}.joblib"

    home = "benchmarks.fusion.__main__"
    monkeypatch.setattr(f"{home}.bundled_path", file_of)
    monkeypatch.setattr(f"{home}.open_parts", lambda names: open_parts(map(file_of, names)))
    names = ["cnn", "svm_fast"]
    assert main([*names, "--output", str(folder / "named")], load=load) == 0
    record = json.loads((folder / "named" / "fusion.jsonl").read_text("utf-8"))
    assert record["parts"] == names
    assert record["bytes"] == sum(file_of(name).stat().st_size for name in names)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["none"], "none.joblib"),
        (["cnn", "cnn"], "two of the models are of the recipe cnn"),
        (["cnn", "public"], "does not say that it was fitted on Training of fer2013"),
        (["cnn", "silent"], "silent has no probabilities (probability=False)"),
    ],
)
def test_models_that_cannot_be_joined(parts, folder, names, message, capsys):
    save_as(parts["cnn"], folder / "public.joblib", part="PublicTest")
    silent = LeastSquaresSVC(probability=False)
    save_as(fit(("hog", HOGDescriptor()), ("svm", silent)), folder / "silent.joblib")
    models = [str(folder / f"{name}.joblib") for name in names]
    assert main([*models, "--output", str(folder / "results")], load=load) == 1
    assert message in capsys.readouterr().err
    assert not (folder / "results" / "fusion.jsonl").exists()
