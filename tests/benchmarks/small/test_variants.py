import json

import numpy as np
import pytest

from benchmarks.experiments.candidates import parameters_of
from benchmarks.small import variants
from benchmarks.small.variants import BASE, VARIANTS, FeatureCache
from fer_classic.datasets import load_drawn_faces

FACES = load_drawn_faces(n_subjects=2, n_per_class=1)
NAMES = FACES.target_names[FACES.target]


@pytest.fixture(scope="module")
def cache():
    return FeatureCache(FACES.images)


@pytest.mark.parametrize("name", [BASE, "without the mirror image", "svm_deep"])
def test_rows_are_classified_as_images_are(name, cache):
    rows, rest = cache.on_rows(VARIANTS[name]())
    train, test = np.arange(8), np.arange(8, 10)
    whole = VARIANTS[name]().fit(FACES.images[train], NAMES[train])
    rest.fit(rows[train], NAMES[train])
    np.testing.assert_allclose(
        rest.predict_proba(rows[test]), whole.predict_proba(FACES.images[test]), atol=1e-4
    )


def test_features_are_shared(cache, monkeypatch):
    cache.on_rows(VARIANTS[BASE]())
    n_found = len(cache._found)
    monkeypatch.setattr(variants, "clone", None)
    with pytest.raises(TypeError):
        cache.on_rows(VARIANTS[BASE]())
    assert len(cache._found) == n_found
    cache.on_rows(VARIANTS["without the network"]())
    assert len(cache._found) == n_found


def test_each_variant_is_another_model():
    made = {json.dumps(parameters_of(make())) for make in VARIANTS.values()}
    assert len(made) == len(VARIANTS)
