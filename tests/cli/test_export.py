import json

import pytest

from fer_classic.cli import main

runtime = pytest.importorskip("onnxruntime")
pytest.importorskip("skl2onnx")


def export(model, output, *arguments):
    return main(["export", "--model", str(model), "-o", str(output), *arguments])


def test_a_model_and_its_card(model_file, tmp_path, capsys, few_faces):
    output = tmp_path / "new" / "model.onnx"
    assert export(model_file, output) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "input       hogdescriptor: float32 nx800, made by hogdescriptor"
    assert lines[1] == "output      probabilities: float32 nx8"
    assert lines[2].startswith("expressions angry, contempt, disgust")
    assert lines[3].startswith("check       scores of 21 probes differ by at most ")
    assert lines[4] == f"saved to {output}, card to {output.with_suffix('.json')}"
    card = json.loads(output.with_suffix(".json").read_text(encoding="utf-8"))
    assert card["model"]["recipe"] == "mine"
    assert export(model_file, output) == 2
    assert "exists and was not changed" in capsys.readouterr().err
    assert export(model_file, output, "--overwrite") == 0


def test_other_suffixes_are_a_usage_error(model_file, tmp_path, capsys):
    assert export(model_file, tmp_path / "model.pb") == 2
    assert "--output: exported models end in .onnx" in capsys.readouterr().err


def test_a_refusal_names_the_part(tmp_path, capsys, few_faces):
    from sklearn.dummy import DummyClassifier

    from fer_classic.persistence import save_model

    names = few_faces.target_names[few_faces.target]
    save_model(DummyClassifier().fit(few_faces.images, names), tmp_path / "dummy.joblib")
    assert export(tmp_path / "dummy.joblib", tmp_path / "model.onnx") == 1
    assert "DummyClassifier" in capsys.readouterr().err
    assert not (tmp_path / "model.onnx").exists()
