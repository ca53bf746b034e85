import cv2
import numpy as np
import pytest
import skimage.data
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from fer_classic.datasets import load_drawn_faces
from fer_classic.faces import FaceCropper
from fer_classic.features import HOGDescriptor
from fer_classic.persistence import make_card

starlette = pytest.importorskip("starlette")
from starlette.testclient import TestClient  # noqa: E402

from fer_classic.app import Limits, ModelRegistry, create_app  # noqa: E402
from fer_classic.app._models import ServedModel  # noqa: E402

FACE = np.ascontiguousarray(skimage.data.astronaut()[:192, 120:312, ::-1])
WALL = np.full_like(FACE, 128)


@pytest.fixture(scope="session")
def served():
    """A model that was fitted on a few drawn faces."""
    images, names = load_drawn_faces(n_subjects=3, n_per_class=2, return_X_y=True)
    model = make_pipeline(FaceCropper(), HOGDescriptor(), LogisticRegression(max_iter=20, tol=1.0))
    card = make_card(model.fit(images, names), recipe="mine", n_images=len(names))
    return ServedModel("small", model, card)


@pytest.fixture
def app(served):
    """The page and the service."""
    models = ModelRegistry([served], detector="haar")
    return create_app(models, limits=Limits(parallel=1), page=True)


@pytest.fixture
def client(app):
    """A browser of this machine."""
    with TestClient(app, base_url="http://127.0.0.1:8000") as client:
        yield client


def jpeg(picture):
    """Encode a picture."""
    return cv2.imencode(".jpg", picture)[1].tobytes()


def write_video(path, *frames, fps=10):
    """Write a video, and give its content."""
    writer = cv2.VideoWriter(
        str(path), cv2.VideoWriter_fourcc(*"MJPG"), fps, frames[0].shape[1::-1]
    )
    for frame in frames:
        writer.write(frame)
    writer.release()
    return path.read_bytes()
