from itertools import count

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.pipeline import make_pipeline

from fer_classic.datasets import load_drawn_faces
from fer_classic.faces import FaceCropper
from fer_classic.features import Flatten
from fer_classic.live import Recognizer
from fer_classic.live._measure import Measured, draw_scene, measure, time_calls


def test_calls_are_timed_until_the_time_is_over():
    clock = count(step=0.5).__next__
    calls = []
    # Two looks at the clock for each call, and one in between from the fourth on.
    assert time_calls(lambda: calls.append(1), 6.0, clock) == [500.0] * 5
    assert len(calls) == 6


def test_three_calls_at_least():
    clock = count(step=100.0).__next__
    assert time_calls(int, 1.0, clock) == [100_000.0] * 3


def test_items_a_second():
    assert Measured("faces", 64, 3, p50=160.0, p95=170.0).per_second == 400


def test_a_scene_is_deterministic_and_holds_a_face():
    scene = draw_scene((640, 480))
    assert scene.shape == (480, 640)
    np.testing.assert_array_equal(scene, draw_scene((640, 480)))
    assert draw_scene((8, 6), enlarge=1).shape == (6, 8)


@pytest.mark.parametrize("labels_only", [False, True])
def test_every_measurement_takes_place(labels_only, monkeypatch):
    images, names = load_drawn_faces(n_subjects=1, n_per_class=1, return_X_y=True)
    model = make_pipeline(FaceCropper(), Flatten(), DummyClassifier()).fit(images, names)
    if labels_only:
        monkeypatch.setattr("fer_classic.live._measure.class_scores", lambda model, X: (None, None))
    monkeypatch.setattr("fer_classic.live._measure.SCENES", ((160, 120), (320, 200)))
    measured = list(measure(Recognizer(model), seconds=1e-9))
    assert [each.name for each in measured] == [
        "one face",
        "64 faces at once",
        "picture of 160x120",
        "picture of 320x200",
    ]
    assert [each.n_items for each in measured] == [1, 64, 1, 1]
    assert [each.n_calls for each in measured] == [3] * 4
    assert [each.n_faces for each in measured] == [None, None, 1, 1]
    assert all(0 < each.p50 <= each.p95 for each in measured)
