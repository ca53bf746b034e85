import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from fer_classic.features import PatchDictionary

pytest.importorskip("skl2onnx")


@pytest.mark.parametrize(
    "settings",
    [
        {"normalization": "sqrt", "stride": 3},
        {"mirror": False, "patch_size": (3, 5), "grid": (2, 3), "overlap": 0.5, "stride": 2},
    ],
)
def test_patches_are_those_of_the_library(settings, faces, difference):
    # Sides that differ, and leave a remainder of the stride.
    images = faces[0][:, 2:, 1:-2]
    patches = PatchDictionary(n_atoms=6, n_patches=500, random_state=0, **settings)
    model = make_pipeline(patches, LogisticRegression(C=100, tol=1.0)).fit(images, faces[1])
    blank = np.full_like(images[:2], 77)
    assert difference(model, np.concatenate([images, blank])) < 1e-4
