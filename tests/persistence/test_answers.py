import json

import numpy as np
import pytest

from fer_classic.persistence import BUNDLED
from tests.persistence.answers import PATH, answers, fixed_faces

pytestmark = pytest.mark.portability

STORED = json.loads(PATH.read_text("utf-8"))


def test_faces_are_the_same_bytes_everywhere():
    faces = fixed_faces()
    assert (faces.shape, faces.dtype) == ((12, 48, 48), np.uint8)
    places = np.arange(1, faces.size + 1)
    assert int(faces.sum(dtype=np.int64)) == 3_953_462
    assert int((faces.ravel() * places % 9973).sum()) == 137_510_586


@pytest.mark.parametrize("name", BUNDLED)
def test_predictions_are_the_same_on_every_processor(name):
    found, stored = answers(name), STORED[name]
    assert found["classes"] == stored["classes"], (
        "if the bundled model is another one: python -m tests.persistence.answers"
    )
    np.testing.assert_allclose(found["scores"], stored["scores"], rtol=0, atol=1e-4)
