import numpy as np
import pytest

from benchmarks.speed.clips import moving_faces
from fer_classic.faces import HaarDetector


@pytest.mark.parametrize("n_faces", [1, 5])
@pytest.mark.parametrize("size", [(640, 480), (1280, 720)])
def test_the_faces_are_there(n_faces, size):
    frames = moving_faces(size, n_faces, 31)
    assert frames[0].shape == (size[1], size[0], 3)
    assert not np.array_equal(frames[0], frames[10])
    found = [len(HaarDetector().detect(frame)[0]) for frame in frames[::15]]
    assert found == [n_faces] * 3
