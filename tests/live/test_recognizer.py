import json

import cv2
import numpy as np
import pytest
import skimage.data
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from fer_classic.exceptions import FerClassicWarning, PredictionError, UnknownNameError
from fer_classic.expressions import EXPRESSIONS
from fer_classic.faces import FaceAligner, FaceCropper, crop_face, cut_face
from fer_classic.features import HOGDescriptor
from fer_classic.live import UNCERTAIN, Face, Quality, Recognizer
from fer_classic.persistence import load_model, save_model
from fer_classic.utils import as_gray
from tests.wrappers import WRAPPERS, fit_wrapper

CLASSES = np.array(["happy", "neutral", "sad"])


class FixedDetector:
    """Detects the same boxes in each image and stores the images."""

    def __init__(self, *boxes):
        self.boxes = np.array(boxes, dtype=np.int64).reshape(-1, 4)
        self.seen = []

    def detect(self, image):
        self.seen.append(image)
        return self.boxes, np.arange(len(self.boxes), dtype=np.float32) + 0.5


class Brightness(ClassifierMixin, BaseEstimator):
    """Predicts happy for bright crops and sad for dark ones; stores its batches."""

    def __init__(self, kind="probability"):
        self.kind = kind
        self.classes_ = CLASSES
        self.batches = []

    def fit(self, X, y):
        return self

    def _scores(self, X):
        # A recognizer asks about a grey image whether the model takes it.
        if (X != 128).any():
            self.batches.append(X)
        bright = X.mean(axis=(1, 2)) / 255
        return np.column_stack([bright * 0.9, np.full(len(X), 0.1), (1 - bright) * 0.9])

    def predict(self, X):
        return CLASSES[self._scores(X).argmax(axis=1)]


class Probabilities(Brightness):
    def predict_proba(self, X):
        return self._scores(X)


class Decisions(Brightness):
    def decision_function(self, X):
        return 10 * self._scores(X) - 5


class PairDecisions(Brightness):
    def decision_function(self, X):
        return np.zeros((len(X), 6))


@pytest.fixture
def frame():
    """Dark on the left, bright on the right."""
    image = np.zeros((100, 200), np.uint8)
    image[:, 100:] = 255
    return image


def test_every_face_is_named_in_one_pass_of_the_whole_model(frame):
    detector, model = FixedDetector((120, 20, 60, 60), (20, 30, 40, 40)), Probabilities()
    faces = Recognizer(model, detector=detector).recognize(frame)
    assert [face.expression for face in faces] == ["happy", "sad"]
    assert [face.box for face in faces] == [(120, 20, 60, 60), (20, 30, 40, 40)]
    assert [face.detector_score for face in faces] == [0.5, 1.5]
    assert faces[0].scores == {"happy": 0.9, "neutral": 0.1, "sad": 0.0}
    assert {face.score_kind for face in faces} == {"probability"}
    assert len(detector.seen) == len(model.batches) == 1
    assert model.batches[0].shape == (2, 48, 48)
    assert model.batches[0].dtype == np.uint8


def test_no_face_is_no_call_of_the_model(frame):
    model = Probabilities()
    faces = Recognizer(model, detector=FixedDetector()).recognize(frame)
    assert faces == []
    assert model.batches == []
    assert list(faces.milliseconds) == ["detect"]


def test_the_times_of_the_stages_come_with_the_faces(frame):
    recognizer = Recognizer(Probabilities(), detector=FixedDetector((120, 20, 60, 60)))
    assert list(recognizer.recognize(frame).milliseconds) == ["detect", "features", "predict"]
    assert list(recognizer.recognize(frame[:48, :48]).milliseconds) == ["features", "predict"]


@pytest.fixture
def striped():
    """Bright stripes, which are sharp and symmetric; a crop has a mean grey value of 191.25."""
    rows = np.where(np.arange(100) % 2, 255, 127.5).astype(np.uint8)
    return np.repeat(rows[:, np.newaxis], 200, axis=1)


@pytest.mark.parametrize(("threshold", "name"), [(0.6, "happy"), (0.7, UNCERTAIN)])
@pytest.mark.parametrize("where", ["argument", "card"])
def test_a_probability_below_the_threshold_is_uncertain(threshold, name, where, striped):
    options = {"detector": FixedDetector((120, 20, 48, 48))}
    if where == "card":
        options["card"] = {"min_probability": {"value": threshold, "coverage": 0.5, "error": 0.1}}
    else:
        options["min_probability"] = threshold
    recognizer = Recognizer(Probabilities(), **options)
    assert recognizer.min_probability == threshold
    (face,) = recognizer.recognize(striped)
    assert (face.expression, face.reason) == (name, "")
    assert face.scores["happy"] == max(face.scores.values()) == pytest.approx(0.675, abs=0.01)


def test_0_names_every_face_whatever_the_card_says(frame):
    card = {"min_probability": {"value": 0.99, "coverage": 0.5, "error": 0.1}}
    tiny, plain = (120, 20, 12, 12), (120, 20, 60, 60)
    options = {"card": card, "detector": FixedDetector(tiny, plain)}
    faces = Recognizer(Probabilities(), **options).recognize(frame)
    assert [(face.expression, face.reason) for face in faces] == [
        (UNCERTAIN, "small"),
        (UNCERTAIN, "blurred"),
    ]
    faces = Recognizer(Probabilities(), min_probability=0, **options).recognize(frame)
    assert [(face.expression, face.reason) for face in faces] == [("happy", "")] * 2


def test_unknown_views_are_refused():
    with pytest.raises(ValueError, match="views must be one of flip, full or None, got 'mirror'"):
        Recognizer(Probabilities(), views="mirror")


@pytest.mark.parametrize("card", [None, {}, {"min_probability": None}])
def test_a_card_without_a_threshold_is_one_of_0(card, frame):
    recognizer = Recognizer(Probabilities(), card=card, detector=FixedDetector((120, 20, 9, 9)))
    assert recognizer.min_probability == 0
    assert recognizer.recognize(frame)[0].expression == "happy"


@pytest.mark.parametrize(
    ("card", "size", "margin"),
    [
        (None, 48, FaceCropper().margin),
        ({}, 48, FaceCropper().margin),
        ({"crop": None}, 48, FaceCropper().margin),
        ({"crop": {"size": 32, "margin": 0.25}}, 32, 0.25),
        ({"crop": {"size": [20, 30], "margin": -0.1}}, (20, 30), -0.1),
    ],
)
def test_crops_have_the_geometry_of_the_card(card, size, margin):
    image = np.random.default_rng(0).integers(0, 256, (90, 120), dtype=np.uint8)
    model, box = Probabilities(), (30, 20, 40, 40)
    Recognizer(model, card=card, detector=FixedDetector(box)).recognize(image)
    expected = crop_face(image, box, size=size, margin=margin)
    np.testing.assert_array_equal(model.batches[0][0], expected)


def test_a_frame_is_treated_as_the_cropper_treats_a_training_image():
    image = np.random.default_rng(1).integers(0, 256, (90, 120), dtype=np.uint8)
    detector, model = FixedDetector((30, 20, 41, 41)), Probabilities()
    cropper = FaceCropper(detector=detector, size=24, margin=0.2)
    card = {"crop": {"size": 24, "margin": 0.2}}
    Recognizer(model, card=card, detector=detector).recognize(image)
    np.testing.assert_array_equal(model.batches[0], cropper.fit_transform(image[np.newaxis]))


@pytest.fixture(scope="module")
def leaning():
    """The astronaut, turned by 20 degrees about her face, and the box of the face."""
    photo = as_gray(np.ascontiguousarray(skimage.data.astronaut()[..., ::-1]))
    turn = cv2.getRotationMatrix2D((229.5, 122.5), -20, 1)
    return cv2.warpAffine(photo, turn, (512, 512)), (175, 68, 110, 110)


@pytest.mark.parametrize("upright", [True, False])
def test_faces_that_lean_are_turned_upright(upright, leaning):
    image, box = leaning
    model = Probabilities()
    Recognizer(model, detector=FixedDetector(box), upright=upright).recognize(image)
    expected = cut_face(image, box, upright=upright)
    np.testing.assert_array_equal(model.batches[0][0], expected)
    assert np.array_equal(expected, crop_face(image, box)) != upright


def test_a_model_of_aligned_faces_gets_them_from_its_card(leaning):
    image, box = leaning
    detector, model = FixedDetector(box), Probabilities()
    aligner = FaceAligner(detector, size=32, eye_distance=0.42)
    crop = {"size": 32, "margin": 0.0, "eye_distance": 0.42, "eye_height": 0.3}
    Recognizer(model, card={"crop": crop}, detector=detector).recognize(image)
    np.testing.assert_array_equal(model.batches[0], aligner.fit_transform(image[np.newaxis]))


@pytest.mark.parametrize("size", [48, [48, 40]])
def test_a_picture_of_the_size_of_a_crop_is_one(size):
    shape = (48, 48) if size == 48 else tuple(size)
    detector, model = FixedDetector(), Probabilities()
    recognizer = Recognizer(model, card={"crop": {"size": size, "margin": 0.0}}, detector=detector)
    (face,) = recognizer.recognize(np.full(shape, 200, np.uint8))
    assert face.box == (0, 0, shape[1], shape[0])
    assert face.detector_score is None
    assert detector.seen == []


def as_bgr(image):
    return np.repeat(image[..., np.newaxis], 3, axis=2)


def as_bgra(image):
    return np.dstack([as_bgr(image), np.full_like(image, 255)])


@pytest.mark.parametrize(
    "convert",
    [
        lambda image: image,
        as_bgr,
        as_bgra,
        lambda image: image.astype(np.uint16) * 257,
        lambda image: image.astype(np.int64),
        lambda image: image / 255,
        lambda image: as_bgr(image.astype(np.float32) / 255),
    ],
    ids=["gray", "bgr", "bgra", "uint16", "int64", "float", "float bgr"],
)
def test_frames_of_every_kind_give_the_same_crops(convert):
    image = np.random.default_rng(2).integers(0, 256, (60, 80), dtype=np.uint8)
    detector, model = FixedDetector((10, 10, 40, 40)), Probabilities()
    recognizer = Recognizer(model, detector=detector)
    recognizer.recognize(image)
    before = convert(image)
    given = before.copy()
    recognizer.recognize(given)
    np.testing.assert_array_equal(*model.batches)
    np.testing.assert_array_equal(given, before)
    assert {seen.dtype for seen in detector.seen} == {np.dtype(np.uint8)}


@pytest.mark.parametrize("frame", [np.zeros((0, 0)), np.zeros((2, 3, 7)), np.zeros(5)])
def test_what_is_no_image_is_refused(frame):
    with pytest.raises(ValueError, match="expected an image of shape"):
        Recognizer(Probabilities(), detector=FixedDetector()).recognize(frame)


@pytest.mark.parametrize("color", [lambda image: image, as_bgr], ids=["gray", "bgr"])
def test_floats_of_another_unit_are_refused(color, frame):
    recognizer = Recognizer(Probabilities(), detector=FixedDetector((120, 20, 60, 60)))
    message = r"floating images hold 0 to 1, got values from \d+ to 255; divide"
    bright = color(np.maximum(frame, 255 * (frame == frame.max())).astype(np.float32))
    with pytest.raises(ValueError, match=message):
        recognizer.recognize(bright)


@pytest.mark.parametrize(
    ("model", "kind", "scores"),
    [
        (Brightness(), None, None),
        (PairDecisions(), None, None),
        (Decisions(), "decision", {"happy": 4.0, "neutral": -4.0, "sad": -5.0}),
    ],
)
def test_models_without_probabilities(model, kind, scores, frame):
    (face,) = Recognizer(model, detector=FixedDetector((120, 20, 60, 60))).recognize(frame)
    assert (face.expression, face.score_kind, face.scores) == ("happy", kind, scores)


def test_faces_can_be_written_as_json(frame):
    (face,) = Recognizer(Probabilities(), detector=FixedDetector((120, 20, 60, 60))).recognize(
        frame
    )
    fields = json.loads(json.dumps(face.as_dict()))
    back = {"box": tuple(fields["box"]), "quality": Quality(**fields["quality"])}
    assert Face(**fields | back) == face


def test_unknown_detector():
    with pytest.raises(UnknownNameError, match="Did you mean 'haar'"):
        Recognizer(Probabilities(), detector="hear")


def test_a_model_file_finds_the_face_of_a_photo(fitted_model, tmp_path):
    save_model(fitted_model, tmp_path / "model.joblib")
    model, card = load_model(tmp_path / "model.joblib")
    recognizer = Recognizer(model, card=card)
    assert recognizer.card["crop"] == {"size": 48, "margin": 0.1}
    (face,) = recognizer.recognize(skimage.data.astronaut()[..., ::-1])
    x, y, width, height = face.box
    assert 150 < x < x + width < 300
    assert 40 < y < y + height < 190
    assert sum(face.scores.values()) == pytest.approx(1)
    assert face.expression == max(face.scores, key=face.scores.get)
    assert recognizer.recognize(skimage.data.page()) == []


def test_a_model_of_drawn_faces_warns_of_photos_once(frame):
    card = {"dataset": {"name": "drawn"}}
    recognizer = Recognizer(Probabilities(), card=card, detector=FixedDetector((20, 20, 60, 60)))
    recognizer.recognize(frame[:48, 90:138])  # of the size of a drawn face
    with pytest.warns(FerClassicWarning, match="drawn faces .* near chance on photos") as caught:
        recognizer.recognize(frame)
    recognizer.recognize(frame)  # a second warning would be an error here
    assert len(caught) == 1
    assert caught[0].filename == __file__


def test_other_models_and_photos_without_faces_get_no_warning(frame):
    drawn = {"dataset": {"name": "drawn"}}
    Recognizer(Probabilities(), card=drawn, detector=FixedDetector()).recognize(frame)
    for card in ({"dataset": {"name": "fer2013"}}, {"dataset": None}, {}):
        recognizer = Recognizer(Probabilities(), card=card, detector=FixedDetector((9, 9, 60, 60)))
        assert len(recognizer.recognize(frame)) == 1


@pytest.mark.parametrize("name", WRAPPERS)
def test_what_wraps_a_pipeline_does_not_matter(name):
    model = fit_wrapper(name)
    (face,) = Recognizer(model).recognize(skimage.data.astronaut()[..., ::-1])
    assert face.expression in EXPRESSIONS
    assert 150 < face.box[0] < 300


class TestModelsOfRows:
    """Pipelines that were fitted on rows of pixels, as scikit-learn's own steps are."""

    @pytest.fixture(scope="class")
    @classmethod
    def data(cls):
        images = np.random.default_rng(0).integers(0, 256, (30, 24, 24), dtype=np.uint8)
        return images.reshape(30, -1), ["sad", "happy", "fear"] * 10

    @pytest.mark.parametrize(
        "steps",
        [
            [StandardScaler(), LinearDiscriminantAnalysis()],
            [HOGDescriptor(image_shape=(24, 24)), LinearDiscriminantAnalysis()],
            [make_pipeline(StandardScaler(), PCA(5)), LinearDiscriminantAnalysis()],
        ],
        ids=["scikit-learn", "image_shape", "nested"],
    )
    @pytest.mark.parametrize("views", [None, "flip"])
    def test_crops_become_rows(self, steps, views, data, frame):
        model = make_pipeline(*steps).fit(*data)
        detector = FixedDetector((120, 20, 60, 60))
        (face,) = Recognizer(model, detector=detector, views=views).recognize(frame)
        assert set(face.scores) == {"sad", "happy", "fear"}
        crop = crop_face(frame, (120, 20, 60, 60), size=24)
        flat = np.stack([crop, crop[:, ::-1]])[: 1 if views is None else 2].reshape(-1, 24 * 24)
        expected = model.predict_proba(flat).mean(axis=0)
        np.testing.assert_allclose(list(face.scores.values()), expected)

    def test_rows_that_fold_into_no_square_need_a_card(self, frame):
        rows = np.random.default_rng(0).integers(0, 256, (12, 30 * 20), dtype=np.uint8)
        model = make_pipeline(StandardScaler(), LinearDiscriminantAnalysis())
        model.fit(rows, ["sad", "happy", "fear"] * 4)
        with pytest.raises(ValueError, match="name the size of its images in the card"):
            Recognizer(model)
        card = {"crop": {"size": [30, 20], "margin": 0.0}}
        recognizer = Recognizer(model, card=card, detector=FixedDetector((120, 20, 60, 60)))
        assert len(recognizer.recognize(frame)) == 1

    def test_what_is_not_fitted_is_no_model(self):
        with pytest.raises(ValueError, match="Pipeline is not a fitted classifier"):
            Recognizer(make_pipeline(StandardScaler(), LinearDiscriminantAnalysis()))


def test_a_model_that_fails_on_a_face_is_a_one_line_error():
    class Fragile(Brightness):
        def _scores(self, X):
            if X.max() > 200:
                raise KeyError("coef_")
            return super()._scores(X)

    recognizer = Recognizer(Fragile(), detector=FixedDetector((0, 0, 60, 60)))
    recognizer.recognize(np.full((100, 100), 100, dtype=np.uint8))
    with pytest.raises(PredictionError, match=r"Fragile\) cannot score .*KeyError: 'coef_'"):
        recognizer.recognize(np.full((100, 100), 250, dtype=np.uint8))
