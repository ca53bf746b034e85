import pickle

import joblib
import numpy as np
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import LinearSVC

from fer_classic.cli import main
from fer_classic.features import Flatten
from fer_classic.persistence import load_model

NAMES = np.array(["sad", "happy"] * 6)
IMAGES = np.random.default_rng(0).integers(0, 256, (len(NAMES), 16, 16), dtype=np.uint8)


@pytest.fixture
def dumped(tmp_path):
    path = tmp_path / "old.joblib"
    model = make_pipeline(Flatten(), LinearSVC(random_state=0)).fit(IMAGES, NAMES)
    joblib.dump(model, path)
    return path


def test_a_dumped_pipeline_becomes_a_model_file(dumped, capsys):
    new = dumped.with_name("new.joblib")
    assert main(["convert", str(dumped), "-o", str(new), "--trust"]) == 0
    assert capsys.readouterr().out == f"saved to {new}\n"
    expected = joblib.load(dumped).predict(IMAGES)
    np.testing.assert_array_equal(load_model(new).model.predict(IMAGES), expected)


def test_it_takes_trust(dumped, capsys):
    new = dumped.with_name("new.joblib")
    assert main(["convert", str(dumped), "-o", str(new)]) == 1
    assert "--trust" in capsys.readouterr().err
    assert not new.exists()


@pytest.mark.filterwarnings("always")
def test_a_remaining_pickle_is_reported(tmp_path, capsys):
    old, new = tmp_path / "old.joblib", tmp_path / "new.joblib"
    steps = Flatten(), FunctionTransformer(np.sqrt), LinearSVC(random_state=0)
    joblib.dump(make_pipeline(*steps).fit(IMAGES, NAMES), old)
    assert main(["convert", str(old), "-o", str(new), "--trust"]) == 0
    assert "numpy.sqrt" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["new.pkl", "new"])
def test_another_suffix_is_a_mistake_in_the_arguments(name, dumped, capsys):
    assert main(["convert", str(dumped), "-o", str(dumped.with_name(name)), "--trust"]) == 2
    assert ".joblib" in capsys.readouterr().err


def test_a_file_that_is_there_stays(dumped, capsys):
    new = dumped.with_name("new.joblib")
    new.write_text("precious")
    arguments = ["convert", str(dumped), "-o", str(new), "--trust"]
    assert main(arguments) == 2
    assert "--overwrite" in capsys.readouterr().err
    assert new.read_text() == "precious"
    assert main([*arguments, "--overwrite"]) == 0
    load_model(new)


def test_a_missing_file(tmp_path, capsys):
    assert main(["convert", str(tmp_path / "no.joblib"), "-o", str(tmp_path / "a.joblib")]) == 1
    assert "no such model file" in capsys.readouterr().err


def test_a_pickle_by_its_usual_name(dumped, tmp_path):
    usual = tmp_path / "old.pkl"
    usual.write_bytes(pickle.dumps(joblib.load(dumped)))
    assert main(["convert", str(usual), "-o", str(tmp_path / "new.joblib"), "--trust"]) == 0
    expected = joblib.load(dumped).predict(IMAGES)
    np.testing.assert_array_equal(
        load_model(tmp_path / "new.joblib").model.predict(IMAGES), expected
    )
