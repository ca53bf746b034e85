import cv2
import numpy as np
import pytest

from fer_classic.exceptions import DetectorError
from fer_classic.faces import BlazeFaceDetector
from fer_classic.faces._blazeface import decode_boxes, letterbox, merge_overlapping
from tests.faces.stand_ins import BlazeFaceNetwork

BLANK = np.zeros((60, 80), np.uint8)


@pytest.mark.parametrize(
    ("anchor", "center"),
    [
        # Two anchors a cell of 8 pixels, row by row, then six a cell of 16 pixels.
        (0, (4, 4)),
        (1, (4, 4)),
        (2, (12, 4)),
        (31, (124, 4)),
        (32, (4, 12)),
        (511, (124, 124)),
        (512, (8, 8)),
        (517, (8, 8)),
        (518, (24, 8)),
        (560, (8, 24)),
        (895, (120, 120)),
    ],
)
def test_boxes_are_relative_to_their_anchor(anchor, center):
    regressors, logits = np.zeros((896, 16), np.float32), np.zeros(896, np.float32)
    regressors[anchor, :4] = 3, -2, 10, 6
    regressors[anchor, 4:] = 99
    boxes, _ = decode_boxes(regressors, logits)
    assert boxes.shape == (896, 4)
    np.testing.assert_allclose(boxes[anchor], [center[0] + 3 - 5, center[1] - 2 - 3, 10, 6])
    assert not np.delete(boxes[:, 2:], anchor, axis=0).any()


def test_scores_are_sigmoids_of_any_logit():
    logits = np.zeros(896, np.float32)
    logits[:4] = np.log(3), -np.log(3), 1000, -1000
    _, scores = decode_boxes(np.zeros((896, 16), np.float32), logits)
    np.testing.assert_allclose(scores[:5], [0.75, 0.25, 1, 0, 0.5], atol=1e-7)


def test_overlapping_boxes_are_averaged_by_their_scores():
    boxes = np.array([[50, 50, 10, 10], [4, 0, 10, 10], [0, 0, 10, 10.0]])
    merged, scores = merge_overlapping(boxes, np.array([0.7, 0.2, 0.8]))
    np.testing.assert_allclose(merged, [[0.8, 0, 10, 10], [50, 50, 10, 10]])
    np.testing.assert_array_equal(scores, [0.8, 0.7])


@pytest.mark.parametrize(("max_overlap", "count"), [(0.42, 1), (0.43, 2), (0, 1), (1, 2)])
def test_how_much_boxes_may_overlap(max_overlap, count):
    # They share 60 of 140 pixels.
    boxes = np.array([[0, 0, 10, 10], [4, 0, 10, 10.0]])
    merged, _ = merge_overlapping(boxes, np.array([0.9, 0.8]), max_overlap=max_overlap)
    assert len(merged) == count


def test_overlap_is_measured_with_the_best_box_alone():
    # Each overlaps the next by a third; the last does not overlap the first.
    boxes = np.array([[0, 0, 10, 10], [5, 0, 10, 10], [10, 0, 10, 10.0]])
    merged, scores = merge_overlapping(boxes, np.array([0.9, 0.6, 0.3]))
    np.testing.assert_allclose(merged, [[2, 0, 10, 10], [10, 0, 10, 10]])
    np.testing.assert_array_equal(scores, [0.9, 0.3])


def test_nothing_to_merge():
    merged, scores = merge_overlapping(np.empty((0, 4)), np.empty(0))
    assert (merged.shape, scores.shape) == ((0, 4), (0,))


@pytest.mark.parametrize(
    ("shape", "inside", "offset", "scale"),
    [
        ((128, 128), (slice(0, 128), slice(0, 128)), (0, 0), (1, 1)),
        ((480, 640), (slice(16, 112), slice(0, 128)), (0, 16), (5, 5)),
        ((640, 320), (slice(0, 128), slice(32, 96)), (32, 0), (5, 5)),
        ((16, 32), (slice(32, 96), slice(0, 128)), (0, 32), (0.25, 0.25)),
        ((1, 1000), (slice(63, 64), slice(0, 128)), (0, 63), (1000 / 128, 1)),
    ],
)
def test_letterbox(shape, inside, offset, scale):
    square, told_offset, told_scale = letterbox(np.full((*shape, 3), 200, np.uint8), 128)
    expected = np.zeros((128, 128, 3), np.uint8)
    expected[inside] = 200
    np.testing.assert_array_equal(square, expected)
    np.testing.assert_array_equal(told_offset, [*offset, 0, 0])
    np.testing.assert_allclose(told_scale, [*scale, *scale])


def test_boxes_are_given_in_pixels_of_the_image(blazeface_file):
    image = np.zeros((480, 640), np.uint8)
    image[100:200, 300:420] = 255
    boxes, scores = BlazeFaceDetector(blazeface_file).detect(image)
    # As large as 109.5 x 109.5 pixels; 1.16 times that, with the centre 0.12 of that higher.
    np.testing.assert_array_equal(boxes, [[297, 73, 127, 127]])
    np.testing.assert_allclose(scores, 1 / (1 + np.exp(-3)), rtol=1e-6)
    assert len(BlazeFaceDetector(blazeface_file, score_threshold=0.96).detect(image)[0]) == 0


@pytest.mark.parametrize(("min_size", "found"), [(0, 1), (127, 1), (128, 0), (0.26, 1), (0.27, 0)])
def test_smaller_faces_are_left_out(min_size, found, blazeface_file):
    image = np.zeros((480, 640), np.uint8)
    image[100:200, 300:420] = 255
    boxes, _ = BlazeFaceDetector(blazeface_file, min_size=min_size).detect(image)
    assert len(boxes) == found


def test_boxes_without_a_size_are_dropped(blazeface_file, monkeypatch):
    outputs = np.full((1, 896, 16), -5, np.float32), np.full((1, 896, 1), 9, np.float32)
    monkeypatch.setattr(BlazeFaceNetwork, "forward", lambda self, names: outputs)
    assert len(BlazeFaceDetector(blazeface_file).detect(BLANK)[0]) == 0


def test_the_network_sees_rgb_between_minus_one_and_one(blazeface_file, blazeface_networks):
    picture = np.full((64, 128, 3), (0, 51, 255), np.uint8)
    BlazeFaceDetector(blazeface_file).detect(picture)
    np.testing.assert_allclose(blazeface_networks[0].blob[0, :, 64, 64], [1, -0.6, -1], atol=1e-6)
    np.testing.assert_array_equal(blazeface_networks[0].blob[0, :, 0, 0], -1)


def test_the_file_is_loaded_once(blazeface_file, blazeface_networks):
    for _ in range(3):
        BlazeFaceDetector(blazeface_file).detect(BLANK)
    assert len(blazeface_networks) == 1


def test_the_model_of_an_installed_package_is_found(tmp_path, monkeypatch, blazeface_networks):
    folder = tmp_path / "mediapipe" / "modules" / "face_detection"
    folder.mkdir(parents=True)
    (tmp_path / "mediapipe" / "__init__.py").write_text("raise RuntimeError('imported')")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(DetectorError, match="none was given"):
        BlazeFaceDetector().detect(BLANK)
    (folder / "face_detection_short_range.tflite").touch()
    BlazeFaceDetector().detect(BLANK)
    assert len(blazeface_networks) == 1


@pytest.mark.parametrize("model", [None, "nowhere/face.tflite"])
def test_without_its_file_it_says_where_to_get_it(model, monkeypatch):
    monkeypatch.setattr("fer_classic.faces._blazeface.find_spec", lambda name: None)
    with pytest.raises(DetectorError, match=r"blazeface detector needs.*https://.*\.tflite and"):
        BlazeFaceDetector(model).detect(BLANK)


@pytest.mark.parametrize("content", [b"", b"hello", bytes(3000)])
def test_files_that_are_no_models(content, tmp_path):
    path = tmp_path / "face.tflite"
    path.write_bytes(content)
    with pytest.raises(DetectorError, match=r"face\.tflite is not a short-range BlazeFace model"):
        BlazeFaceDetector(path).detect(BLANK)


def _wrong_outputs(network, names):
    return np.zeros((1, 2304, 16), np.float32), np.zeros((1, 2304, 1), np.float32)


def _no_outputs(network, names):
    raise cv2.error("shapes do not fit")


@pytest.mark.parametrize("forward", [_wrong_outputs, _no_outputs])
def test_networks_with_other_outputs(forward, blazeface_file, monkeypatch):
    monkeypatch.setattr(BlazeFaceNetwork, "forward", forward)
    with pytest.raises(DetectorError, match="is not a short-range BlazeFace model"):
        BlazeFaceDetector(blazeface_file).detect(BLANK)
