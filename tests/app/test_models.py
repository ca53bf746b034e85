import numpy as np
import pytest

from fer_classic.app import ModelRegistry
from fer_classic.app._answers import faces_to_json
from fer_classic.app._models import ServedModel
from fer_classic.exceptions import DetectorError, ModelFileError, UnknownNameError
from fer_classic.faces import HaarDetector
from tests.app.conftest import CARD, Brightness, Named


def test_the_first_is_the_default(models):
    assert models.names == ["bright", "named"]
    assert models.get().name == models.default == "bright"
    assert models.recognizer().classes == ("happy", "sad")
    with pytest.raises(UnknownNameError, match="unknown model 'x'"):
        models.get("x")


def test_the_default_detector_is_named(models):
    named = ModelRegistry([ServedModel("a", Named(), CARD)], detector=HaarDetector())
    assert named.detector == "haar"
    assert ModelRegistry([ServedModel("a", Named(), CARD)]).detector == "pyramid"
    assert models.detector is None


def test_recognizers_are_shared(models):
    assert models.recognizer() is models.recognizer("bright")
    assert models.recognizer(detector="haar") is models.recognizer("bright", detector="haar")
    assert models.recognizer(min_probability=0.5).min_probability == 0.5
    assert models.recognizer().min_probability == 0


def test_the_name_of_the_default_detector_means_the_default(models):
    own = HaarDetector(min_size=200)
    named = ModelRegistry([ServedModel("a", Named(), CARD)], detector=own)
    assert named.recognizer(detector="haar").detector is own
    assert named.recognizer(detector="haar", min_probability=0).detector is own


def test_the_description_of_a_model(models):
    fields = models.get("bright").as_dict()
    assert fields["expressions"] == ["happy", "sad"]
    assert (fields["score_kind"], fields["bytes"]) == ("probability", 123)
    assert fields["accuracy"] == {"value": 0.7}
    assert fields["dataset"] is None
    assert models.get("named").score_kind is None


def test_values_of_a_decision_function():
    class Margin(Brightness):
        predict_proba = property()

        def decision_function(self, images):
            return 0.5 - np.reshape(images, (len(images), -1)).mean(axis=1) / 255

        def predict(self, images):
            return self.classes_[(self.decision_function(images) > 0).astype(int)]

    models = ModelRegistry([ServedModel("margin", Margin(), CARD)], upright=False)
    assert models.get().as_dict()["score_kind"] == "decision"
    (face,) = models.recognizer().recognize(np.full((8, 8), 255, np.uint8))
    assert faces_to_json([face])[0]["scores"] == {"happy": 0.5, "sad": -0.5}


def test_the_card_tells_models_apart():
    one, two = ServedModel("a", Named(), CARD), ServedModel("b", Named(), CARD | {"created": "x"})
    assert one.card_id != two.card_id
    assert one.card_id == ServedModel("c", Brightness(), dict(reversed(CARD.items()))).card_id


def test_models_come_and_go(models):
    models.add(ServedModel("mine", Brightness(), CARD))
    assert models.recognizer("mine", detector="haar")
    models.remove("mine")
    models.remove("mine")
    with pytest.raises(UnknownNameError):
        models.recognizer("mine")
    assert models.names == ["bright", "named"]


def test_a_recognizer_of_a_model_that_was_removed_is_not_kept(models, monkeypatch):
    make = models._make

    def remove_meanwhile(model, detector, **changed):
        models.remove("named")
        return make(model, detector, **changed)

    monkeypatch.setattr(models, "_make", remove_meanwhile)
    assert models.recognizer("named", detector="haar")
    assert {name for name, _ in models._recognizers} == {"bright"}


def test_models_that_do_not_go_together():
    served = ServedModel("a", Named(), CARD)
    with pytest.raises(ValueError, match="two models are called 'a'"):
        ModelRegistry([served, served])
    with pytest.raises(ValueError, match=r"called 'm', a/m.joblib and b/m.skops; rename"):
        ModelRegistry.load(["a/m.joblib", "svm_fast", "b/m.skops"])
    with pytest.raises(ValueError, match="one model or more"):
        ModelRegistry([])
    with pytest.raises(ValueError, match="has none"):
        ModelRegistry([served], min_probability=0.5)


def test_models_from_files(tmp_path):
    models = ModelRegistry.load(["svm_fast"])
    assert models.names == ["svm_fast"]
    assert models.get().n_bytes > 1000
    path = tmp_path / "junk.joblib"
    path.write_bytes(b"junk")
    with pytest.raises(ModelFileError):
        ModelRegistry.load([path])


def test_a_detector_that_cannot_be_loaded_is_found_at_once(tmp_path, monkeypatch):
    monkeypatch.setenv("FER_CLASSIC_CACHE", str(tmp_path))
    models = ModelRegistry([ServedModel("a", Named(), CARD)], detector="yunet")
    with pytest.raises(DetectorError, match="yunet"):
        models.try_out()


def test_only_detectors_that_run_are_offered(monkeypatch, tmp_path):
    monkeypatch.setenv("FER_CLASSIC_CACHE", str(tmp_path))
    models = ModelRegistry([ServedModel("a", Named(), CARD)])
    assert {"haar", "pyramid"} <= set(models.detectors)
    assert "yunet" not in models.detectors
