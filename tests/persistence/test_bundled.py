import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from skimage.data import astronaut

from fer_classic.exceptions import DataNotFoundError, ModelFileError, UnknownNameError
from fer_classic.expressions import EXPRESSIONS
from fer_classic.live import Recognizer
from fer_classic.persistence import BUNDLED, bundled_path, load_bundled, load_model, open_model
from fer_classic.recipes import make_recipe
from fer_classic.utils._digests import DIGESTS


@pytest.mark.parametrize("name", BUNDLED)
def test_files_are_small_and_have_a_page(name):
    path = bundled_path(name)
    assert path.stat().st_size <= 5_000_000
    page = path.with_suffix(".md").read_text("utf-8")
    for word in ("PublicTest", "recall of fear", "Intended use", "Weaknesses", "Licence"):
        assert word in page


@pytest.mark.parametrize("name", BUNDLED)
def test_an_astronaut_smiles(name):
    model, card = load_bundled(name)
    (face,) = Recognizer(model, card=card).recognize(astronaut()[..., ::-1])
    assert face.expression == "happy"
    assert face.score_kind == "probability"


@pytest.mark.parametrize("name", BUNDLED)
def test_the_card_states_intended_and_unintended_use(name):
    model, card = load_bundled(name)
    assert card["expressions"] == model.classes_.tolist() == sorted(set(EXPRESSIONS) - {"contempt"})
    assert card["dataset"]["name"] == "fer2013"
    assert card["dataset"]["split"] == ["Training"]
    assert card["n_images"] == 28_709
    assert card["scores"]["n_items"] == 3_589
    assert card["scores"]["accuracy"]["low"] > 0.5
    assert set(card["scores"]["recall"]) == set(card["expressions"])
    assert "not what the person feels" in card["intended_use"]
    assert "2024/1689" in card["not_intended"]


@pytest.mark.parametrize("name", BUNDLED)
def test_it_is_what_its_recipe_makes(name):
    model, card = load_bundled(name)
    recipe = make_recipe(card["recipe"])
    assert [type(step) for step in model] == [type(step) for step in recipe]
    assert list(model.named_steps) == list(recipe.named_steps)


@pytest.mark.parametrize("name", BUNDLED)
def test_scores_are_probabilities(name):
    model, _ = load_bundled(name)
    faces = np.random.default_rng(0).integers(0, 256, (3, 48, 48), dtype=np.uint8)
    np.testing.assert_allclose(model.predict_proba(faces).sum(axis=1), 1)


def test_an_unknown_name():
    with pytest.raises(UnknownNameError, match="Did you mean 'svm_fast'"):
        load_bundled("svm_fas")


def test_a_model_by_what_people_call_it(tmp_path, monkeypatch):
    by_name, by_path = open_model("svm_fast"), open_model(bundled_path("svm_fast"))
    assert by_name.card == by_path.card
    with pytest.raises(UnknownNameError, match="Did you mean 'svm_fast'"):
        open_model("svm_fats")
    with pytest.raises(DataNotFoundError, match="no such model file"):
        open_model("none.joblib")
    # A path is no name.
    with pytest.raises(DataNotFoundError, match="no such model file"):
        open_model(tmp_path / "svm_fast")


def test_path_objects_of_such_names(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert open_model(Path("svm_fast")).card == open_model("svm_fast").card
    with pytest.raises(UnknownNameError, match="Did you mean 'svm_fast'"):
        open_model(Path("svm_fats"))
    # Files come first, since Path("./svm_fast") is the same object.
    Path("svm_fast").write_bytes(bundled_path("cnn").read_bytes())
    assert open_model(Path("./svm_fast")).card["recipe"] == "cnn"
    assert open_model("./svm_fast").card["recipe"] == "cnn"
    assert open_model("svm_fast").card["recipe"] == "svm_fast"


def test_no_bundled_model_loads_torch():
    code = (
        "import sys, numpy as np\n"
        "from fer_classic.persistence import BUNDLED, load_bundled\n"
        "for name in BUNDLED:\n"
        "    load_bundled(name).model.predict(np.zeros((1, 48, 48), np.uint8))\n"
        "print('torch' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_another_file_in_its_place_is_refused(monkeypatch):
    monkeypatch.setitem(DIGESTS, "models/svm_fast.joblib", "0" * 64)
    with pytest.raises(ModelFileError, match=r"svm_fast.joblib is not the file that this version"):
        open_model("svm_fast")
    load_model(bundled_path("svm_fast"))  # as a file of one's own
