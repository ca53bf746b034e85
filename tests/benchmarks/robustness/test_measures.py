import hashlib

import numpy as np
import pytest

from benchmarks.robustness.faces import load_faces
from benchmarks.robustness.measures import Model, conditions, disturb_faces, measure, read_model
from fer_classic.exceptions import FerClassicError, PredictionError, UnknownNameError
from fer_classic.persistence import bundled_path
from fer_classic.utils import DISTURBANCES
from tests.benchmarks.robustness.conftest import Brightness


@pytest.fixture
def faces():
    return load_faces("drawn", None, 16)


def test_the_faces_as_they_are_come_first():
    assert conditions(["blur"], (0.5, 1.0)) == [(None, 0.0), ("blur", 0.5), ("blur", 1.0)]
    assert len(conditions(DISTURBANCES)) == 1 + 5 * len(DISTURBANCES)


@pytest.mark.parametrize("kind", DISTURBANCES)
def test_the_noise_of_a_face_does_not_depend_on_the_other_faces(kind, faces):
    disturbed = disturb_faces(faces, kind, 0.6)
    assert (disturbed.dtype, disturbed.shape) == (np.uint8, faces.images.shape)
    assert np.all((disturbed != faces.images).any(axis=(1, 2)))
    happy = faces.of_classes(["happy"])
    np.testing.assert_array_equal(
        disturb_faces(happy, kind, 0.6), disturbed[faces.labels == "happy"]
    )


def test_each_face_has_noise_of_its_own(faces):
    first, second = (disturb_faces(faces, "noise", 0.2).astype(int) - faces.images)[:2]
    assert np.any(first != second)


def test_a_larger_strength_enlarges_the_same_disturbance(faces):
    weak, strong = (
        disturb_faces(faces, "noise", strength).astype(float) - faces.images
        for strength in (0.4, 0.8)
    )
    inside = (faces.images > 100) & (faces.images < 150)
    assert np.abs(strong - 2 * weak)[inside].max() <= 1.5


def test_the_faces_as_they_are(faces):
    assert disturb_faces(faces, None, 0.0) is faces.images


def test_scores_of_a_model(faces):
    model = Model("bright", "0" * 16, Brightness())
    counted = []
    rows = measure(model, faces, kinds=["darkness"], strengths=(1.0,), report=counted.append)
    plain, dark = rows
    # Two happy and two sad faces of the eight classes.
    assert (plain.n, counted) == (4, [4, 4])
    assert (plain.kind, plain.strength, plain.dataset) == (None, 0.0, "drawn")
    assert (dark.kind, dark.strength, dark.model) == ("darkness", 1.0, "bright")
    # In the dark all faces are called sad, which half of them are, with a probability of 0.75.
    assert dark.accuracy["value"] == 0.5
    assert dark.calibration_error == pytest.approx(0.25)
    assert dark.accuracy["low"] <= 0.5 <= dark.accuracy["high"]


def test_a_model_of_other_classes(faces):
    model = Model("other", "0" * 16, Brightness(("bored", "keen")))
    with pytest.raises(
        FerClassicError, match=r"model other \(bored, keen\) knows no class of .*dr"
    ):
        measure(model, faces)


def test_a_model_that_cannot_score_the_faces(faces):
    model = Model("wrong", "0" * 16, Brightness(threshold="dark"))
    with pytest.raises(PredictionError, match="Brightness"):
        measure(model, faces)


def test_models_by_name_and_by_file(model_file):
    digest = hashlib.sha256(model_file.read_bytes()).hexdigest()
    model = read_model(str(model_file))
    assert (model.name, model.digest) == ("mine", digest[:16])
    assert "happy" in model.estimator.classes_
    bundled = read_model("svm_fast")
    assert bundled.name == "svm_fast"
    assert hashlib.sha256(bundled_path("svm_fast").read_bytes()).hexdigest()[:16] == bundled.digest
    with pytest.raises(UnknownNameError, match="Did you mean 'svm_fast'"):
        read_model("svm_fats")
