import cv2
import numpy as np
import pytest

from fer_classic.app import Limits
from tests.app.conftest import Brightness, encode

PNG = {"content-type": "image/png"}


def test_a_photo_as_it_is(client, photo):
    answer = client.post("/v1/recognize", content=photo, headers=PNG)
    assert answer.status_code == 200
    assert answer.json()["model"]["name"] == "bright"
    (image,) = answer.json()["images"]
    assert (image["name"], image["width"], image["height"]) == ("image", 80, 40)
    assert image["milliseconds"] > 0
    large, small = image["faces"]
    assert large["box"] == [40, 0, 40, 20]
    assert (large["expression"], small["expression"]) == ("happy", "sad")
    assert (large["prominent"], small["prominent"]) == (True, False)
    assert large["scores"] == pytest.approx({"happy": 250 / 255, "sad": 5 / 255})
    assert large["score_kind"] == "probability"
    assert large["quality"]["size"] == 20
    assert large["detection_score"] == pytest.approx(0.9)


def test_several_photos_keep_their_order_and_one_that_is_broken_its_place(client, photo):
    files = [("a", ("one.png", photo)), ("b", ("two.jpg", b"junk")), ("a", ("none.png", b""))]
    answer = client.post("/v1/recognize", files=files)
    assert answer.status_code == 200
    one, two, none = answer.json()["images"]
    assert len(one["faces"]) == 2
    assert two["name"] == "two.jpg"
    assert two["status"] == 422
    assert two["error"].startswith("two.jpg is not an image")
    assert none["error"] == "none.png is empty (0 bytes)."


def test_a_photo_without_a_face(client):
    black = encode(np.zeros((40, 80), np.uint8))
    (image,) = client.post("/v1/recognize", content=black, headers=PNG).json()["images"]
    assert image["faces"] == []


def test_a_model_without_scores(client, photo):
    answer = client.post("/v1/recognize?model=named", content=photo, headers=PNG).json()
    assert answer["model"]["name"] == "named"
    face = answer["images"][0]["faces"][0]
    assert (face["expression"], face["scores"], face["score_kind"]) == ("sad", None, None)


def test_improbable_faces_are_uncertain(client, photo):
    answer = client.post("/v1/recognize?min_probability=0.99", content=photo, headers=PNG)
    assert {face["expression"] for face in answer.json()["images"][0]["faces"]} == {"uncertain"}


def test_another_detector(client, photo):
    answer = client.post("/v1/recognize?detector=haar", content=photo, headers=PNG)
    assert answer.json()["images"][0]["faces"] == []


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("model=brigth", "Did you mean 'bright'"),
        ("detector=hair", "Did you mean 'haar'"),
        ("modle=bright", "unknown parameter 'modle'. Did you mean 'model'"),
        ("model=bright&model=named", "given twice"),
        ("min_probability=2", "between 0 and 1, got '2'"),
        ("min_probability=nan", "between 0 and 1"),
        ("model=named&min_probability=0.5", "needs a model with probabilities"),
    ],
)
def test_parameters_that_are_not_valid(query, words, client, photo):
    answer = client.post(f"/v1/recognize?{query}", content=photo, headers=PNG)
    assert answer.status_code == 400
    assert words in answer.json()["error"]


def test_too_many_pixels(make_client, photo):
    client = make_client(limits=Limits(pixels=3000, parallel=1))
    answer = client.post("/v1/recognize", content=photo, headers=PNG)
    assert answer.status_code == 413
    assert "80 x 40 = 3,200 pixels, and the limit is 3,000" in answer.json()["error"]


def test_a_broken_photo_alone(client):
    answer = client.post("/v1/recognize", content=b"\x89PNG\r\n\x1a\njunk", headers=PNG)
    assert answer.status_code == 422
    assert answer.json()["error"].startswith("image is not an image")


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (MemoryError, 503, "not enough memory"),
        (ZeroDivisionError, 500, "ZeroDivisionError: division"),
    ],
)
def test_a_model_that_fails(error, status, words, client, photo, monkeypatch):
    def fail(self, images):
        raise error("division")

    monkeypatch.setattr(Brightness, "predict_proba", fail)
    answer = client.post("/v1/recognize", content=photo, headers=PNG)
    assert answer.status_code == status
    assert words in answer.json()["error"]


def test_an_annotated_photo(client, photo):
    answer = client.post("/v1/annotate?labels=de", content=photo, headers=PNG)
    assert answer.headers["content-type"] == "image/png"
    drawn = cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_COLOR)
    before = cv2.imdecode(np.frombuffer(photo, np.uint8), cv2.IMREAD_COLOR)
    assert drawn.shape == before.shape
    assert (drawn != before).any()


def test_what_cannot_be_annotated(client, photo):
    two = [("a", ("1.png", photo)), ("a", ("2.png", photo))]
    assert client.post("/v1/annotate", files=two).status_code == 400
    answer = client.post("/v1/annotate?labels=xx", content=photo, headers=PNG)
    assert answer.status_code == 400
    assert "unknown labels 'xx'" in answer.json()["error"]
    assert client.post("/v1/annotate", content=b"junk", headers=PNG).status_code == 422


def test_an_explanation(client, photo):
    answer = client.post("/v1/explain?face=1&target=sad", content=photo, headers=PNG).json()
    assert answer["target"] == "sad"
    assert answer["score"] == pytest.approx(1 - 30 / 255)
    assert (answer["method"], answer["score_kind"]) == ("occlusion", "probability")
    assert np.shape(answer["map"]) == (8, 8)
    assert answer["box"] == [0, 0, 20, 10]
    assert answer["corners"][0] == pytest.approx([0, -5])
    assert answer["picture"].startswith("data:image/png;base64,iVBOR")


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("face=2", 422, "its 2 faces count from 0"),
        ("face=-1", 400, "face must be a number"),
        ("target=bored", 400, "the model has no class 'bored'"),
        ("model=named", 422, "no score for each class"),
    ],
)
def test_what_cannot_be_explained(query, status, words, client, photo):
    answer = client.post(f"/v1/explain?{query}", content=photo, headers=PNG)
    assert answer.status_code == status
    assert words in answer.json()["error"]


def test_nothing_to_explain_without_a_face(client):
    black = encode(np.zeros((40, 80), np.uint8))
    answer = client.post("/v1/explain", content=black, headers=PNG)
    assert answer.status_code == 422
    assert "no face" in answer.json()["error"]
