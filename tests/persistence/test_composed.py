import shutil
import time

import numpy as np
import pytest
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import Pipeline, make_pipeline

from fer_classic.exceptions import ModelFileError
from fer_classic.faces import FaceCropper
from fer_classic.features import Flatten, HOGDescriptor
from fer_classic.persistence import (
    bundled_path,
    load_bundled,
    load_model,
    make_card,
    read_card,
    save_model,
)
from fer_classic.persistence._composed import describe_parts, write_composed
from fer_classic.persistence._files import stored_bytes
from tests.persistence.hostile import NAMES, make_images

IMAGES = make_images()
MIRRORED = {"one": True, "two": False}


def fit(feature, crop=None):
    steps = [("crop", crop or FaceCropper(size=16)), ("feature", feature), ("nb", GaussianNB())]
    return Pipeline(steps).fit(IMAGES, NAMES)


@pytest.fixture
def folder(tmp_path):
    save_model(fit(Flatten()), tmp_path / "one.joblib")
    save_model(fit(HOGDescriptor(pixels_per_cell=(4, 4))), tmp_path / "two.joblib")
    return tmp_path


def write(folder, weights=(1.0, 0.5), parts=None):
    path = folder / "both.joblib"
    card = make_card(load_model(folder / "one.joblib").model)
    parts = parts or describe_parts(path, MIRRORED)
    write_composed(path, parts, weights=weights, card=card)
    return path


def test_it_joins_the_files_of_its_folder(folder):
    model, card = load_model(write(folder))
    one, two = (load_model(folder / f"{name}.joblib").model for name in MIRRORED)
    mirrored = (one.predict_proba(IMAGES) + one.predict_proba(IMAGES[..., ::-1])) / 2
    product = np.maximum(mirrored, 1e-6) * np.maximum(two.predict_proba(IMAGES), 1e-6) ** 0.5
    expected = product / product.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(model.predict_proba(IMAGES), expected, atol=1e-3)
    assert list(model.named_steps) == ["crop", "fusion"]
    assert card == read_card(folder / "both.joblib")


def test_its_size_is_that_of_all_files_it_joins(folder):
    both = write(folder)
    files = [both, folder / "one.joblib", folder / "two.joblib"]
    assert stored_bytes(both) == sum(path.stat().st_size for path in files)
    assert stored_bytes(folder / "one.joblib") == files[1].stat().st_size


def test_saved_again_it_needs_no_other_file(folder, tmp_path):
    model, card = load_model(write(folder))
    alone = tmp_path / "alone" / "model.joblib"
    save_model(model, alone, card=card)
    loaded = load_model(alone)
    assert loaded.card == card
    np.testing.assert_array_equal(loaded.model.predict_proba(IMAGES), model.predict_proba(IMAGES))


def test_another_part_is_noticed(folder):
    path = write(folder)
    save_model(fit(Flatten()), folder / "two.joblib")
    with pytest.raises(ModelFileError, match=r"made for another two\.joblib: its SHA-256 is"):
        load_model(path)
    (folder / "two.joblib").unlink()
    with pytest.raises(ModelFileError, match=r"joins two\.joblib, which is not in its folder"):
        load_model(path)


@pytest.mark.parametrize(
    ("name", "message"), [("../one", "not a plain name"), ("one\n", "not a plain name")]
)
def test_parts_are_in_the_same_folder(name, message, folder):
    parts = describe_parts(folder / "both.joblib", MIRRORED)
    parts[0]["name"] = name
    with pytest.raises(ModelFileError, match=message):
        load_model(write(folder, parts=parts))


def test_each_part_is_joined_once(folder):
    parts = describe_parts(folder / "both.joblib", MIRRORED)
    for wrong in ([parts[0]] * 2, [parts[0] | {"name": f"p{k}"} for k in range(17)]):
        with pytest.raises(ModelFileError, match="parts, or one of them twice"):
            load_model(write(folder, parts=wrong))


def test_parts_are_counted_before_their_names_are_compared(folder):
    parts = describe_parts(folder / "both.joblib", MIRRORED)
    many = [parts[0] | {"name": k * (2**61 - 1)} for k in range(20_000)]
    start = time.perf_counter()
    with pytest.raises(ModelFileError, match="joins 20000 parts"):
        load_model(write(folder, parts=many))
    assert time.perf_counter() - start < 1


@pytest.mark.parametrize("weights", [[1.0], [1.0, -1.0], [0.0, 0.0], "fit", ["a", "b"], None, 3])
def test_weights_that_do_not_fit(weights, folder):
    path = write(folder, weights)
    if weights is None:
        assert load_model(path).model["fusion"].weights is None
        return
    with pytest.raises(ModelFileError, match="does not contain a valid model"):
        load_model(path)


def test_parts_with_other_crops_or_none(folder):
    save_model(fit(Flatten(), FaceCropper(size=16, margin=0.2)), folder / "two.joblib")
    with pytest.raises(ModelFileError, match="two does not begin with the crop of the first part"):
        load_model(write(folder))
    save_model(make_pipeline(Flatten(), GaussianNB()).fit(IMAGES, NAMES), folder / "one.joblib")
    with pytest.raises(ModelFileError, match="one does not begin with the crop"):
        load_model(write(folder))


def test_the_bundled_fusion_is_not_loaded_with_other_parts(tmp_path):
    for name in ("cnn", "svm_fast", "fusion_fast"):
        shutil.copy(bundled_path(name), tmp_path)
    shutil.copy(bundled_path("svm_fast"), tmp_path / "cnn.joblib")
    with pytest.raises(ModelFileError, match=r"run python -m benchmarks\.bundle fusion_fast"):
        load_model(tmp_path / "fusion_fast.joblib")


def test_weights_of_the_bundled_fusion_are_on_its_card():
    model, card = load_bundled("fusion_fast")
    fusion = model["fusion"]
    assert dict(zip(fusion.named_estimators_, fusion.weights, strict=True)) == card["weights"]
    assert card["held_out"]["calibration_error"] < 0.05
