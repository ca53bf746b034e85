from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from fer_classic.exceptions import DetectorError
from fer_classic.faces import YuNetDetector, make_detector
from tests.faces.bright_cells import bright_cells

IMAGE = np.zeros((192, 320), np.uint8)
IMAGE[32:64, 64:96] = 255
IMAGE[96:128, 224:256] = 240


def test_boxes_and_scores(yunet_file):
    boxes, scores = YuNetDetector(yunet_file).detect(IMAGE)
    np.testing.assert_array_equal(boxes, [[64, 32, 32, 32], [224, 96, 32, 32]])
    np.testing.assert_allclose(scores, [1, 240 / 255], rtol=1e-5)


def test_the_threshold(yunet_file):
    boxes, _ = YuNetDetector(yunet_file, score_threshold=0.95).detect(IMAGE)
    np.testing.assert_array_equal(boxes, [[64, 32, 32, 32]])


def test_large_images_are_reduced(yunet_file):
    detector = YuNetDetector(yunet_file, shorter_side=192)
    large = IMAGE.repeat(3, axis=0).repeat(3, axis=1)
    boxes, _ = detector.detect(large)
    np.testing.assert_array_equal(boxes, [[192, 96, 96, 96], [672, 288, 96, 96]])
    whole, _ = detector.set_params(shorter_side=None).detect(large)
    assert (whole[:, 2:] == 32).all()
    assert len(whole) > 2


def test_sizes_that_no_stride_divides(yunet_file):
    boxes, _ = YuNetDetector(yunet_file).detect(IMAGE[:190, :301])
    np.testing.assert_array_equal(boxes, [[64, 32, 32, 32], [224, 96, 32, 32]])


def test_it_sees_bgr(yunet_file, monkeypatch):
    seen = []

    network = SimpleNamespace(
        setInputSize=seen.append,
        detect=lambda picture: (1, seen.append(picture[0, 0].tolist())),
    )
    monkeypatch.setattr(cv2.FaceDetectorYN, "create", lambda *arguments: network)
    picture = np.full((40, 60, 3), (10, 20, 30), np.uint8)
    YuNetDetector(yunet_file, score_threshold=0.123).detect(picture)
    assert seen == [(60, 40), [10, 20, 30]]


@pytest.mark.parametrize("model", [None, "nowhere/yunet.onnx", Path("nowhere/yunet.onnx")])
def test_without_its_file_it_says_where_to_get_it(model):
    detector = make_detector("yunet", model=model)
    with pytest.raises(
        DetectorError, match=r"yunet detector needs a model file.*opencv_zoo.*--detector-model"
    ):
        detector.detect(IMAGE)


@pytest.mark.parametrize("content", [b"", b"hello", bright_cells()[:5000]])
def test_files_that_are_no_models(content, tmp_path):
    path = tmp_path / "yunet.onnx"
    path.write_bytes(content)
    with pytest.raises(DetectorError, match=r"yunet\.onnx is not a YuNet model that OpenCV can"):
        YuNetDetector(path).detect(IMAGE)
