import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from fer_classic.faces import FaceCropper
from fer_classic.features import HOGDescriptor


@pytest.fixture(scope="session")
def fitted_model():
    """A pipeline that takes 48 x 48 crops and has seen noise only."""
    images = np.random.default_rng(0).integers(0, 256, (18, 48, 48), dtype=np.uint8)
    model = make_pipeline(
        FaceCropper(margin=0.1), HOGDescriptor(), LogisticRegression(max_iter=20, tol=1.0)
    )
    return model.fit(images, ["happy", "neutral", "sad"] * 6)
