"""The web socket of the camera."""

import asyncio
import json
import threading

import numpy as np
import pytest
from starlette.websockets import WebSocketDisconnect

from fer_classic.app import _live
from fer_classic.app._live import Inbox
from fer_classic.live import Faces
from tests.app.clips import BLACK, PICTURE
from tests.app.conftest import encode

# The test client would ask for another host by itself.
LIVE = "ws://localhost/live"
FRAME = encode(PICTURE, ".jpg")


@pytest.fixture
def page(make_client):
    with make_client(page=True) as client:
        yield client


@pytest.fixture
def camera(page):
    with page.websocket_connect(LIVE) as camera:
        yield camera


def send(camera, message):
    if isinstance(message, bytes):
        camera.send_bytes(message)
    else:
        camera.send_text(json.dumps(message))
    return camera.receive_json()


def test_frames_come_in_and_faces_go_out(camera):
    first, second = (send(camera, FRAME) for _ in range(2))
    assert (first["frame"], first["width"], first["height"]) == (0, 80, 40)
    assert (first["fps"], second["frame"]) == (None, 1)
    assert second["fps"] > 0
    assert first["milliseconds"] == pytest.approx(sum(first["stages"].values()))
    assert {"decode", "detect", "predict"} <= set(first["stages"])
    large, small = first["faces"]
    assert (large["box"], large["expression"]) == ([40, 0, 40, 20], "happy")
    assert (large["prominent"], small["prominent"]) == (True, False)
    assert large["scores"].keys() == {"happy", "sad"}
    assert [face["track_id"] for face in second["faces"]] == [1, 2]
    assert "dropped" not in first


def test_scores_are_smoothed(camera):
    bright, dark = (encode(np.clip(PICTURE * k, 0, 255).astype(np.uint8)) for k in (1.0, 0.9))
    before = send(camera, bright)["faces"][0]["scores"]["happy"]
    smoothed = send(camera, dark)["faces"][0]["scores"]["happy"]
    send(camera, {"smoothing": "none"})
    after = send(camera, dark)["faces"][0]["scores"]["happy"]
    assert before > smoothed > after


def test_settings_change_while_it_runs(camera):
    answer = send(camera, {"model": "bright", "smoothing": "majority"})
    assert answer == {
        "settings": {"model": "bright", "detector": None, "smoothing": "majority"},
        "expressions": ["happy", "sad"],
        "score_kind": "probability",
    }
    assert send(camera, FRAME)["faces"][0]["scores"] is not None
    assert send(camera, {"model": "named", "smoothing": None})["score_kind"] is None
    assert send(camera, FRAME)["faces"][0]["scores"] is None
    assert send(camera, {"detector": "haar"})["settings"]["model"] == "named"
    assert send(camera, FRAME)["faces"] == []


@pytest.mark.parametrize(
    ("message", "words", "status"),
    [
        ({"model": "bryght"}, "Did you mean 'bright'", 400),
        ({"detector": "eyes"}, "unknown detector 'eyes'", 400),
        ({"smoothing": "much"}, "unknown smoothing 'much'", 400),
        ({"model": "named", "smoothing": "average"}, "use 'majority' or 'none'", 400),
        ({"mirror": "yes"}, "no setting is called 'mirror'", 400),
        ({"model": 3}, "model must be a name or null, got 3", 400),
        (["model"], "JSON object", 400),
        (b"no image", "image that can be decoded", 422),
        (b"", "empty", 422),
    ],
)
def test_what_is_wrong_is_said_and_the_camera_goes_on(message, words, status, camera):
    answer = send(camera, message)
    assert words in answer["error"]
    assert answer["status"] == status
    assert len(send(camera, FRAME)["faces"]) == 2


def test_a_text_that_is_no_json(camera):
    camera.send_text("{")
    assert "got '{'" in camera.receive_json()["error"]


@pytest.mark.parametrize("text", ["[" * 100_000, '{"model": "' + "a" * 100_000 + '"}'])
def test_a_text_that_is_too_long_is_not_read(text, camera, caplog):
    camera.send_text(text)
    error = camera.receive_json()["error"]
    assert "got 100,0" in error
    assert len(error) < 300
    assert caplog.text == ""


def test_an_error_of_the_program_is_said_and_logged(camera, page, monkeypatch, caplog):
    def fail(self, frame):
        raise TypeError("oops")

    monkeypatch.setattr("fer_classic.app._live.StreamRecognizer.recognize", fail)
    answer = send(camera, FRAME)
    assert "the program failed on this frame (TypeError)" in answer["error"]
    assert answer["status"] == 500
    assert "oops" in caplog.text


def test_a_frame_of_another_size_and_one_without_faces(camera):
    assert len(send(camera, FRAME)["faces"]) == 2
    assert len(send(camera, encode(PICTURE[:20]))["faces"]) == 2
    assert send(camera, encode(BLACK))["faces"] == []


def test_several_browsers_have_tracks_of_their_own(page):
    with page.websocket_connect(LIVE) as one, page.websocket_connect(LIVE) as other:
        answers = [send(camera, FRAME) for camera in (one, other, one)]
    assert [answer["frame"] for answer in answers] == [0, 0, 1]
    assert [face["track_id"] for face in answers[1]["faces"]] == [1, 2]


def test_too_many_cameras_are_turned_away(page, monkeypatch):
    monkeypatch.setattr(_live, "_MAX_CAMERAS", 1)
    with page.websocket_connect(LIVE) as first:
        with page.websocket_connect(LIVE) as second:
            answer = second.receive_json()
            assert "1 cameras are in use" in answer["error"]
            assert answer["status"] == 503
            with pytest.raises(WebSocketDisconnect):
                second.receive_json()
        assert send(first, FRAME)["frame"] == 0
    with page.websocket_connect(LIVE) as third:
        assert send(third, FRAME)["frame"] == 0


def test_a_page_that_goes_away_does_not_have_its_frame_worked_on(page, monkeypatch):
    begun, go_on, sizes = threading.Event(), threading.Event(), []

    def recognize(self, frame):
        sizes.append(frame.shape[:2])
        begun.set()
        go_on.wait(5)
        return Faces()

    monkeypatch.setattr("fer_classic.app._live.StreamRecognizer.recognize", recognize)
    with page.websocket_connect(LIVE) as first:
        first.send_bytes(FRAME)
        assert begun.wait(5)
        with page.websocket_connect(LIVE) as second:
            second.send_bytes(encode(PICTURE[:20]))
        go_on.set()
        assert first.receive_json()["faces"] == []
    assert page.app.state.n_cameras == 0
    with page.websocket_connect(LIVE) as third:
        assert send(third, FRAME)["frame"] == 0
    assert sizes == [(40, 80), (40, 80)]


def test_a_page_of_another_site_may_not_look(page):
    with (
        pytest.raises(WebSocketDisconnect),
        page.websocket_connect(LIVE, headers={"origin": "https://evil.example"}),
    ):
        pass


class Socket:
    """Gives messages and then goes away."""

    def __init__(self, *messages):
        self.messages = [{"type": "websocket.receive", **message} for message in messages]

    async def receive(self):
        if not self.messages:
            await asyncio.sleep(0)
            return {"type": "websocket.disconnect"}
        return self.messages.pop(0)


def test_of_frames_that_wait_the_newest_is_kept_and_the_others_are_counted():
    async def take():
        inbox = Inbox()
        messages = ({"bytes": b"1"}, {"bytes": b"2"}, {"text": "{}"}, {"bytes": b"3"})
        socket = Socket(*messages)
        task = asyncio.ensure_future(inbox.fill(socket))
        while socket.messages:
            await asyncio.sleep(0)
        taken = [await inbox.take(), await inbox.take()]
        await task
        return taken, inbox.n_dropped

    assert asyncio.run(take()) == (["{}", b"3"], 2)


def test_texts_that_wait_are_few_and_all_are_taken_in_order():
    async def take():
        inbox = Inbox()
        socket = Socket(*({"text": str(number)} for number in range(9)))
        task = asyncio.ensure_future(inbox.fill(socket))
        for _ in range(20):
            await asyncio.sleep(0)
        left = len(socket.messages)
        taken = [await inbox.take() for _ in range(9)]
        await task
        return left, taken

    left, taken = asyncio.run(take())
    assert left > 2
    assert taken == list("012345678")
