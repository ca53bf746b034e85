import os

import cv2
import numpy as np
import pytest

REAL_DATA = os.environ.get("FER_CLASSIC_DATA")


@pytest.fixture(autouse=True)
def isolated(monkeypatch, tmp_path_factory):
    """Hide the user's data and cache from the tests."""
    monkeypatch.delenv("FER_CLASSIC_DATA", raising=False)
    monkeypatch.setenv("FER_CLASSIC_CACHE", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))


@pytest.fixture(scope="session")
def real_data():
    if not REAL_DATA:
        pytest.skip("the environment variable FER_CLASSIC_DATA names no folder of real data")
    return REAL_DATA


@pytest.fixture
def noise():
    """A function that draws a grey image of noise: noise(seed, height, width)."""

    def draw(seed=0, height=48, width=48):
        return np.random.default_rng(seed).integers(0, 256, (height, width), dtype=np.uint8)

    return draw


@pytest.fixture
def both_cases(tmp_path):
    """Skip the test where names that differ only in case are one."""
    (tmp_path / "case").mkdir()
    if (tmp_path / "CASE").exists():
        pytest.skip("the file system ignores case")
    (tmp_path / "case").rmdir()


@pytest.fixture
def write(noise):
    """A function that writes an image file and its folders: write(path, image or seed)."""

    def write_image(path, image=0):
        image = noise(image) if isinstance(image, int) else image
        path.parent.mkdir(parents=True, exist_ok=True)
        assert cv2.imwrite(str(path), image)
        return image

    return write_image
