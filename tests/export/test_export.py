import json
import sys

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from fer_classic.exceptions import ExportError, MissingDependencyError, OutputExistsError
from fer_classic.export import _check, export_onnx
from fer_classic.faces import FaceCropper
from fer_classic.features import LBPHistogram
from fer_classic.persistence import load_bundled
from fer_classic.recipes import make_recipe

onnx = pytest.importorskip("onnx")
runtime = pytest.importorskip("onnxruntime")
pytest.importorskip("skl2onnx")


@pytest.fixture(scope="module")
def small(faces):
    """A model whose descriptor stays in front of the graph."""
    images, names = faces
    model = make_pipeline(FaceCropper(), LBPHistogram(grid=(2, 2)), LogisticRegression(tol=1.0))
    return model.fit(images, names)


@pytest.mark.parametrize("name", ["cnn", "fusion_fast"])
def test_the_included_models_are_exported_from_images_to_probabilities(name, tmp_path, faces):
    model, card = load_bundled(name)
    exported = export_onnx(model, tmp_path / "model.onnx", card=card)
    session = runtime.InferenceSession(tmp_path / "model.onnx")
    # A number of images that no probe had.
    images = faces[0][:7]
    (found,) = session.run(["probabilities"], {"image": images})
    np.testing.assert_allclose(found, model.predict_proba(images), atol=1e-3)
    assert exported.card["check"]["largest_difference"] < 1e-3
    assert exported.card["crop"] == {"size": 48, "margin": 0.0}
    sizes = {"cnn": 3.8e6, "fusion_fast": 8.6e6}
    assert exported.path.stat().st_size < sizes[name]


def test_the_card_lies_in_the_file_and_beside_it(small, faces, tmp_path):
    exported = export_onnx(small, tmp_path / "new" / "my.model.onnx")
    assert exported.card_path == tmp_path / "new" / "my.model.json"
    beside = json.loads(exported.card_path.read_text(encoding="utf-8"))
    props = {p.key: p.value for p in onnx.load(exported.path).metadata_props}
    assert beside == exported.card == json.loads(props["fer_classic_card"])
    assert beside["expressions"] == beside["output"]["columns"] == sorted(set(faces[1]))
    (given,) = beside["inputs"]
    assert (given["name"], given["shape"]) == ("lbphistogram", ["n", 4 * 59])
    (step,) = given["made_by"]
    assert step["class"] == "fer_classic.features.LBPHistogram"
    # The card is enough to make the input, and to read the output.
    rows = LBPHistogram(**step["parameters"]).fit_transform(faces[0])
    (scores,) = runtime.InferenceSession(exported.path).run(None, {given["name"]: rows})
    named = np.array(beside["expressions"])[scores.argmax(axis=1)]
    assert named.tolist() == small.predict(faces[0]).tolist()


@pytest.mark.parametrize("name", ["probabilities", "part_1_rows"])
def test_a_step_can_have_the_name_of_an_output_or_of_a_node(name, small, tmp_path):
    model = Pipeline([(name, small[1]), ("last", small[-1])])
    card = export_onnx(model, tmp_path / "model.onnx").card
    assert card["output"]["name"] == "probabilities"
    assert card["inputs"][0]["name"] == {"probabilities": "probabilities_2"}.get(name, name)


def test_existing_files_are_kept(small, tmp_path):
    (tmp_path / "model.json").write_text("mine")
    with pytest.raises(OutputExistsError, match=r"model\.json exists"):
        export_onnx(small, tmp_path / "model.onnx")
    assert [path.name for path in tmp_path.iterdir()] == ["model.json"]
    export_onnx(small, tmp_path / "model.onnx", overwrite=True)
    assert json.loads((tmp_path / "model.json").read_text())["format"] == "fer_classic ONNX 1"


def test_other_scores_write_nothing(small, tmp_path, monkeypatch):
    monkeypatch.setattr(_check, "class_scores", lambda model, X: (np.ones((21, 8)), "probability"))
    with pytest.raises(ExportError, match=r"not written: on 21 probes .* more than 0\.001"):
        export_onnx(small, tmp_path / "model.onnx")
    assert list(tmp_path.iterdir()) == []


def test_the_suffix_is_checked(small, tmp_path):
    with pytest.raises(ExportError, match=r"end in \.onnx, got .*model\.pt"):
        export_onnx(small, tmp_path / "model.pt")


@pytest.mark.parametrize("package", ["onnx", "onnxruntime", "skl2onnx"])
def test_the_packages_are_named_that_are_missing(package, small, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingDependencyError, match=rf"'{package}'.*fer-classic\[onnx\]"):
        export_onnx(small, tmp_path / "model.onnx")
    assert list(tmp_path.iterdir()) == []


def test_the_recipe_svm_lbp(faces, tmp_path):
    model = make_recipe("svm_lbp").fit(*faces)
    (given,) = export_onnx(model, tmp_path / "model.onnx").card["inputs"]
    assert [step["step"] for step in given["made_by"]] == ["lbp"]
