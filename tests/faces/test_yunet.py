from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from fer_classic.exceptions import DetectorError
from fer_classic.faces import YuNetDetector, _yunet, make_detector, model_path
from fer_classic.faces._model_files import MODEL_FILES
from tests.faces.bright_cells import bright_cells
from tests.faces.conftest import forget

IMAGE = np.zeros((192, 320), np.uint8)
IMAGE[32:64, 64:96] = 255
IMAGE[96:128, 224:256] = 240


def use(network, monkeypatch):
    """Let every model file hold this network."""
    forget(_yunet, "_load_network", monkeypatch)
    monkeypatch.setattr(cv2.FaceDetectorYN, "create", lambda *arguments: network)


# Of the two cells, which are its own boxes: 1.09 as large, the centre 0.01 higher.
FACES = [[63, 30, 35, 35], [223, 94, 35, 35]]


def test_boxes_and_scores(yunet_file):
    boxes, scores = YuNetDetector(yunet_file).detect(IMAGE)
    np.testing.assert_array_equal(boxes, FACES)
    np.testing.assert_allclose(scores, [1, 240 / 255], rtol=1e-5)


def test_the_frame_of_its_boxes(monkeypatch, yunet_file):
    rows = np.zeros((1, 15), np.float32)
    rows[0, :4], rows[0, -1] = (100, 60, 75, 108), 0.9
    network = SimpleNamespace(setInputSize=len, detect=lambda picture: (1, rows))
    use(network, monkeypatch)
    boxes, _ = YuNetDetector(yunet_file).detect(np.zeros((300, 300), np.uint8))
    # 90 pixels are the root of the area; 1.09 times that, and the centre 0.9 higher.
    np.testing.assert_array_equal(boxes, [[89, 64, 98, 98]])


def test_the_threshold(yunet_file):
    boxes, _ = YuNetDetector(yunet_file, score_threshold=0.95).detect(IMAGE)
    np.testing.assert_array_equal(boxes, FACES[:1])


def test_large_images_are_reduced(yunet_file):
    detector = YuNetDetector(yunet_file, longer_side=320)
    large = IMAGE.repeat(3, axis=0).repeat(3, axis=1)
    boxes, _ = detector.detect(large)
    np.testing.assert_allclose(boxes, np.multiply(FACES, 3), atol=2)
    whole, _ = detector.set_params(longer_side=None).detect(large)
    assert (abs(whole[:, 2:] - 34) <= 1).all()
    assert len(whole) > 2


@pytest.mark.parametrize(
    ("min_size", "seen"), [(0, (320, 192)), (40, (320, 192)), (1 / 24, (480, 288)), (6, (960, 576))]
)
def test_images_are_reduced_less_for_small_faces(min_size, seen, yunet_file, monkeypatch):
    sizes = []
    network = SimpleNamespace(setInputSize=sizes.append, detect=lambda picture: (1, None))
    use(network, monkeypatch)
    detector = YuNetDetector(yunet_file, longer_side=320, min_size=min_size)
    detector.detect(np.zeros((576, 960), np.uint8))
    assert sizes == [seen]


@pytest.mark.parametrize(("min_size", "found"), [(34, 2), (36, 0), (0.18, 2), (0.19, 0)])
def test_smaller_faces_are_left_out(min_size, found, yunet_file):
    assert len(YuNetDetector(yunet_file, min_size=min_size).detect(IMAGE)[0]) == found


def test_sizes_that_no_stride_divides(yunet_file):
    boxes, _ = YuNetDetector(yunet_file).detect(IMAGE[:190, :301])
    np.testing.assert_array_equal(boxes, FACES)


def test_it_sees_bgr(yunet_file, monkeypatch):
    seen = []

    network = SimpleNamespace(
        setInputSize=seen.append,
        detect=lambda picture: (1, seen.append(picture[0, 0].tolist())),
    )
    use(network, monkeypatch)
    picture = np.full((40, 60, 3), (10, 20, 30), np.uint8)
    YuNetDetector(yunet_file).detect(picture)
    assert seen == [(60, 40), [10, 20, 30]]


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A cache folder without a model file."""
    monkeypatch.setenv("FER_CLASSIC_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.mark.parametrize("model", [None, "nowhere/yunet.onnx", Path("nowhere/yunet.onnx")])
def test_without_its_file_it_says_how_to_get_it(model, cache):
    detector = make_detector("yunet", model=model)
    with pytest.raises(
        DetectorError,
        match=r"yunet detector needs a model file.*fer-classic download yunet;.*--detector-model",
    ):
        detector.detect(IMAGE)


def test_what_was_fetched_is_found(cache, yunet_file, monkeypatch):
    digest = sha256(yunet_file.read_bytes()).hexdigest()
    fetched = replace(MODEL_FILES["yunet"], sha256=digest)
    monkeypatch.setitem(MODEL_FILES, "yunet", fetched)
    path = model_path("yunet")
    assert path == cache / "models" / "face_detection_yunet_2026may.onnx"
    path.parent.mkdir(parents=True)
    path.write_bytes(yunet_file.read_bytes())
    boxes, _ = YuNetDetector().detect(IMAGE)
    np.testing.assert_array_equal(boxes, FACES)


def test_what_was_fetched_and_changed_is_refused(cache, yunet_file):
    path = model_path("yunet")
    path.parent.mkdir(parents=True)
    path.write_bytes(yunet_file.read_bytes())
    with pytest.raises(DetectorError, match="is not the file that was fetched: its SHA-256"):
        YuNetDetector().detect(IMAGE)


@pytest.mark.parametrize("content", [b"", b"hello", bright_cells()[:5000]])
def test_files_that_are_no_models(content, tmp_path):
    path = tmp_path / "yunet.onnx"
    path.write_bytes(content)
    with pytest.raises(DetectorError, match=r"yunet\.onnx is not a YuNet model that OpenCV can"):
        YuNetDetector(path).detect(IMAGE)
