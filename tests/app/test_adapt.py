"""A model that is adapted to one person."""

import threading

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from fer_classic.app import Limits, ModelRegistry, create_app
from fer_classic.app import _adapt as adapt_module
from fer_classic.app._models import ServedModel
from fer_classic.datasets import load_drawn_faces
from fer_classic.features import HOGDescriptor
from fer_classic.live._posing import Pictures
from fer_classic.persistence import load_model, make_card
from tests.app.conftest import TestClient, encode

PNG = {"content-type": "image/png"}


class Whole:
    """Takes what is not black for one face."""

    def detect(self, image):
        height, width = image.shape[:2]
        n_faces = int(image.max() > 0)
        return np.array([[0, 0, width, height]] * n_faces).reshape(-1, 4), np.ones(n_faces)


@pytest.fixture(scope="module")
def faces():
    """Pictures of two expressions of a person that the model has not seen."""
    bunch = load_drawn_faces(n_subjects=4, n_per_class=3)
    names = bunch.target_names[bunch.target]
    return bunch, names, bunch.subjects == bunch.subjects[-1]


@pytest.fixture(scope="module")
def models(faces):
    bunch, names, mine = faces
    model = make_pipeline(HOGDescriptor(), LogisticRegression(max_iter=20, tol=1.0))
    model.fit(bunch.images[~mine], names[~mine])
    card = make_card(model, recipe="mine") | {"crop": {"size": 48, "margin": 0.0}}
    card["min_probability"] = {"value": 0.3}
    return ModelRegistry([ServedModel("small", model, card)], detector=Whole(), upright=False)


@pytest.fixture
def page(models):
    app = create_app(models, limits=Limits(parallel=1), page=True)
    with TestClient(app, base_url="http://localhost") as client:
        yield client


@pytest.fixture
def begun(page):
    """Address of a person's pictures."""
    answer = page.post("/v1/adapt", headers={"x-session": "page"}).json()
    assert answer["expressions"] == sorted(answer["counts"])
    assert (answer["model"], answer["per_class"], answer["counts"]["happy"]) == ("small", 5, 0)
    return f"/v1/adapt/{answer['session']}"


@pytest.fixture
def pictures(faces):
    bunch, names, mine = faces

    def of(expression):
        # Larger than a crop, so that the face is looked for.
        return [
            encode(np.kron(image, np.ones((2, 2), np.uint8)))
            for image in bunch.images[mine & (names == expression)]
        ]

    return of


def send(page, address, picture, **query):
    return page.post(address, content=picture, headers=PNG, params=query)


def test_from_the_pictures_to_the_model(page, begun, pictures, tmp_path):
    for take, number in enumerate((0, 1, 2)):
        for expression in ("happy", "sad"):
            answer = send(
                page, f"{begun}/{expression}", pictures(expression)[number], take=take
            ).json()
    assert answer["box"] == [0, 0, 96, 96]
    assert (answer["counts"]["happy"], answer["counts"]["fear"]) == (3, 0)
    outcome = page.post(f"{begun}/fit").json()
    assert (outcome["n"], outcome["n_judged"]) == (6, 6)
    assert outcome["counts"] == {"happy": 3, "sad": 3}
    assert 0 <= outcome["before"] <= outcome["after"] <= 1
    assert list(outcome["recall"]) == ["happy", "sad"]
    assert outcome["recall"]["sad"]["before"] <= 1
    assert "message" not in outcome
    name = outcome["model"]
    file = page.get(outcome["model_url"])
    assert f"{name}.joblib" in file.headers["content-disposition"]
    (tmp_path / "mine.joblib").write_bytes(file.content)
    model, card = load_model(tmp_path / "mine.joblib")
    assert card["adapted"]["model"] == "small"
    assert card["crop"] == {"size": 48, "margin": 0.0}
    assert card["min_probability"] is None
    assert model.accuracy_after_ == outcome["after"]

    asked = page.post(f"/v1/recognize?model={name}", content=pictures("sad")[0], headers=PNG)
    assert asked.json()["images"][0]["faces"][0]["expression"] == "sad"
    with page.websocket_connect("ws://localhost/live") as camera:
        camera.send_json({"model": name})
        assert camera.receive_json()["settings"]["model"] == name
    assert name not in page.get("/v1/models").text
    assert name not in page.post("/v1/recognize?model=x", content=b"", headers=PNG).text
    numbers = page.get("/metrics").text
    assert name not in numbers
    assert 'model="adapted"' in numbers

    again = page.post(f"{begun}/fit").json()
    assert again["model"] == name
    page.post("/v1/close?session=page")
    assert page.get(outcome["model_url"]).status_code == 404
    gone = page.post(f"/v1/recognize?model={name}", content=b"", headers=PNG)
    assert "unknown model" in gone.json()["error"]
    assert list(page.app.state.uploads.folder.iterdir()) == []


def test_pictures_that_follow_each_other_are_one_take(page, begun, pictures):
    for expression in ("happy", "sad"):
        for picture in pictures(expression)[:2]:
            assert send(page, f"{begun}/{expression}", picture).status_code == 200
    outcome = page.post(f"{begun}/fit").json()
    assert (outcome["n_judged"], outcome["before"], outcome["after"]) == (0, None, None)
    assert outcome["message"].startswith("not judged")
    send(page, f"{begun}/happy", pictures("happy")[2])
    outcome = page.post(f"{begun}/fit").json()
    assert (outcome["n_judged"], list(outcome["recall"])) == (3, ["happy"])


def test_two_expressions_are_needed(page, begun, pictures):
    assert "got 0 pictures" in page.post(f"{begun}/fit").json()["error"]
    send(page, f"{begun}/happy", pictures("happy")[0])
    answer = page.post(f"{begun}/fit")
    assert answer.status_code == 422
    assert "got 1 pictures (happy 1)" in answer.json()["error"]
    assert "take pictures" in page.get(f"{begun}/model.joblib").json()["error"]


@pytest.mark.parametrize(
    ("expression", "picture", "status", "words"),
    [
        ("happpy", b"", 400, "Did you mean 'happy'"),
        ("happy", b"no image", 422, "the picture is not an image"),
        ("happy", encode(np.zeros((90, 90), np.uint8)), 422, "no face was found"),
    ],
)
def test_pictures_that_are_not_taken(expression, picture, status, words, page, begun):
    answer = send(page, f"{begun}/{expression}", picture)
    assert answer.status_code == status
    assert words in answer.json()["error"]


def test_enough_is_enough(page, begun, pictures, monkeypatch):
    monkeypatch.setattr(adapt_module, "_MAX_PICTURES_PER_CLASS", 1)
    picture = pictures("happy")[0]
    assert send(page, f"{begun}/happy", picture).status_code == 200
    assert "which is the limit" in send(page, f"{begun}/happy", picture).json()["error"]
    assert send(page, f"{begun}/sad", picture).status_code == 200


def test_several_pictures_at_once_are_refused(page, begun, pictures):
    files = [("photo", picture) for picture in pictures("happy")[:2]]
    answer = page.post(f"{begun}/happy", files=files)
    assert "one picture is taken at a time, got 2" in answer.json()["error"]


def test_deleting(page, begun, pictures):
    send(page, f"{begun}/happy", pictures("happy")[0])
    assert page.delete(begun).status_code == 204
    for answer in (page.delete(begun), page.post(f"{begun}/fit"), page.post(f"{begun}/happy")):
        assert answer.status_code == 404
        assert "start again" in answer.json()["error"]


def test_a_page_that_closes_during_a_fit_leaves_no_model(page, begun, pictures, monkeypatch):
    for expression in ("happy", "sad"):
        send(page, f"{begun}/{expression}", pictures(expression)[0])
    adapt, uploads = Pictures.adapt, page.app.state.uploads

    def close_meanwhile(taken, recognizer):
        uploads.leave("page")
        return adapt(taken, recognizer)

    monkeypatch.setattr(Pictures, "adapt", close_meanwhile)
    answer = page.post(f"{begun}/fit")
    assert answer.status_code == 422
    assert "were deleted with their page" in answer.json()["error"]
    assert page.app.state.models.names == list(page.app.state.models._models)
    assert list(uploads.folder.iterdir()) == []


def test_not_too_many_people_at_once(page, begun, monkeypatch):
    monkeypatch.setattr(adapt_module, "_MAX_ADAPTATIONS", 1)
    full = page.post("/v1/adapt")
    assert full.status_code == 503
    assert "1 people" in full.json()["error"]
    assert page.delete(begun).status_code == 204
    assert page.post("/v1/adapt").status_code == 201


def test_pictures_are_taken_and_fits_refused_while_a_model_is_adapted(
    page, begun, pictures, monkeypatch
):
    adaptation = page.app.state.uploads.find(begun.rpartition("/")[2], adapt_module.Adaptation)
    photos = {expression: pictures(expression)[0] for expression in ("happy", "sad")}
    for expression, picture in photos.items():
        send(page, f"{begun}/{expression}", picture)
    adapt, seen = Pictures.adapt, []

    def meanwhile(taken, recognizer):
        with pytest.raises(ValueError, match="is being adapted"):
            adaptation.fit()
        thread = threading.Thread(
            target=adaptation.add, args=(photos["sad"], "sad", None, 10**6), daemon=True
        )
        thread.start()
        thread.join(1)
        seen.append(thread.is_alive())
        return adapt(taken, recognizer)

    monkeypatch.setattr(Pictures, "adapt", meanwhile)
    outcome = page.post(f"{begun}/fit").json()
    assert seen == [False]
    assert outcome["counts"] == {"happy": 1, "sad": 1}
    assert adaptation.counts["sad"] == 2


def test_which_model_is_adapted(page):
    assert "unknown model 'x'" in page.post("/v1/adapt?model=x").json()["error"]
    assert "unknown parameter 'name'" in page.post("/v1/adapt?name=x").json()["error"]
