import numpy as np
import pytest

from benchmarks.eyes.marks import mark_eyes
from fer_classic.datasets import draw_portrait
from fer_classic.datasets._drawing._identity import sample_identity
from fer_classic.faces import crop_face


@pytest.fixture(scope="session")
def faces():
    """Drawn faces as the cascade frames them: eyes 0.36 sides apart, at 0.39 of the height."""
    rng, crops = np.random.default_rng(0), []
    for _ in range(24):
        image, (x, y, w, h) = draw_portrait({}, identity=sample_identity(rng))
        crops.append(crop_face(image, (x, y - 0.09 * h, w, h)))
    return np.stack(crops)


@pytest.fixture(scope="session")
def marks(faces):
    return mark_eyes(faces)
