import warnings

import cv2
import numpy as np
import pytest

from fer_classic.app import Limits, ModelRegistry, create_app
from fer_classic.app._models import ServedModel

with warnings.catch_warnings(action="ignore"):
    # Newer versions of Starlette ask for the successor of httpx, which older ones do not know.
    from starlette.testclient import TestClient


class Brightness:
    """A model of two expressions: the brighter, the happier."""

    classes_ = np.array(["happy", "sad"])

    def predict_proba(self, images):
        happy = np.reshape(images, (len(images), -1)).mean(axis=1) / 255
        return np.column_stack([happy, 1 - happy])

    def predict(self, images):
        return self.classes_[self.predict_proba(images).argmax(axis=1)]


class Named:
    """A model that has no scores at all."""

    classes_ = np.array(["happy", "sad"])

    def predict(self, images):
        return np.array(["sad"] * len(images))


class Halves:
    """Finds a small face on the left and a large one on the right, in what is not black."""

    def detect(self, image):
        height, width = image.shape[:2]
        boxes = [[width // 2, 0, width // 2, height // 2], [0, 0, width // 4, height // 4]]
        scores = np.array([0.9, 0.8], np.float32)
        n_faces = 2 if image.max() else 0
        return np.reshape(boxes[:n_faces], (-1, 4)), scores[:n_faces]


def encode(picture, ending=".png"):
    return cv2.imencode(ending, picture)[1].tobytes()


@pytest.fixture
def photo():
    """A photo, bright on the right."""
    picture = np.full((40, 80, 3), 30, np.uint8)
    picture[:, 40:] = 250
    return encode(picture)


CARD = {
    "crop": {"size": 8, "margin": 0.0},
    "recipe": "mine",
    "scores": {"accuracy": {"value": 0.7}},
}


@pytest.fixture
def models(monkeypatch):
    """Two small models; the second has no scores."""
    monkeypatch.setattr(
        "fer_classic.app._models.DETECTORS", {"haar": "fer_classic.faces._haar:HaarDetector"}
    )
    served = [ServedModel("bright", Brightness(), CARD, 123), ServedModel("named", Named(), CARD)]
    return ModelRegistry(served, detector=Halves(), upright=False)


@pytest.fixture
def make_client(models):
    """Make a client of an application with other limits."""

    def make(*, limits=None, url="http://localhost", **settings):
        app = create_app(models, limits=limits or Limits(parallel=1), **settings)
        return TestClient(app, base_url=url, raise_server_exceptions=False)

    return make


@pytest.fixture
def client(make_client):
    """A client of an application as it is by default."""
    with make_client() as client:
        yield client
