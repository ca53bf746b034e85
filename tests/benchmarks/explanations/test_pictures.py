from functools import partial

import numpy as np
import pytest

from benchmarks.explanations import models
from benchmarks.explanations.pictures import shown_maps, tinted
from fer_classic.datasets import load_drawn_faces


@pytest.fixture
def faces(monkeypatch):
    few = partial(load_drawn_faces, n_subjects=10, n_per_class=1)
    monkeypatch.setattr(models, "load_drawn_faces", few)
    return models.DrawnFaces(16).faces


def test_maps_over_the_faces_that_they_are_of(faces):
    values = np.zeros((12, 12), int)
    values[6, 6] = -100
    record = {"digest": faces.digest, "n": len(faces), "maps": {"sad": values.tolist()}}
    other = record | {"digest": "another version"}
    (_, maps, grounds), (_, _, white) = shown_maps([record, other])
    assert maps["sad"].shape == (48, 48)
    assert maps["sad"][24:28, 24:28].max() < -0.4
    mean = faces.images[faces.labels == "sad"].mean(axis=0)
    np.testing.assert_array_equal(grounds["sad"], np.rint(mean))
    assert (white["sad"] == 255).all()


def test_one_scale_for_all_classes():
    maps = {"happy": np.full((2, 2), 1.0), "sad": np.full((2, 2), -0.5)}
    faces = dict.fromkeys(maps, np.full((2, 2), 100, np.uint8))
    pictures = tinted(maps, faces)
    np.testing.assert_array_equal(pictures["happy"][0, 0], np.rint([184.75, 95.5, 25]))
    np.testing.assert_array_equal(
        pictures["sad"][0, 0], np.rint(0.625 * 100 + 0.375 * np.array([0, 114, 178]))
    )
