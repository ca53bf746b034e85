"""Videos over HTTP."""

import asyncio
import errno
import json
import threading
import time

import pytest

from fer_classic.app import Limits, _video_upload, _videos
from tests.app.clips import PICTURE, write_video

AVI = {"content-type": "video/x-msvideo"}


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    return write_video(tmp_path_factory.mktemp("video") / "v.avi", *[PICTURE] * 3)


def wait(client, address):
    """Ask until a video is over."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        answer = client.get(address).json()
        if answer["state"] not in ("queued", "running"):
            return answer
        time.sleep(0.01)
    raise AssertionError(f"still {answer}")


def test_from_the_upload_to_the_results(client, video):
    sent = client.post("/v1/video?name=me.avi&smoothing=none", content=video, headers=AVI)
    assert sent.status_code == 202
    address = sent.json()["status_url"]
    assert address == sent.headers["location"] == f"/v1/video/{sent.json()['id']}"
    done = wait(client, address)
    assert (done["id"], done["name"], done["state"]) == (sent.json()["id"], "me.avi", "done")
    assert len(done["summary"]["people"]) == 2
    table = client.get(done["table_url"])
    assert table.headers["content-type"].startswith("text/csv")
    assert len(table.text.splitlines()) == 7
    rows = client.get(done["json_url"]).json()
    assert {row["smoothing"] for row in rows} == {"none"}
    whole = client.get(done["annotated_url"])
    assert (whole.headers["content-type"], whole.headers["accept-ranges"]) == ("video/mp4", "bytes")
    part = client.get(done["annotated_url"], headers={"range": "bytes=0-9"})
    assert (part.status_code, part.content) == (206, whole.content[:10])


def test_a_form(client, video):
    sent = client.post("/v1/video", files={"video": ("../../me.avi", video, "video/x-msvideo")})
    assert wait(client, sent.json()["status_url"])["name"] == "me.avi"
    (folder,) = client.app.state.uploads.folder.iterdir()
    assert sorted(path.name for path in folder.iterdir()) == [
        "annotated.mp4",
        "table.csv",
        "table.json",
    ]


def test_deleting_takes_all_away(client, video):
    address = client.post("/v1/video", content=video, headers=AVI).json()["status_url"]
    wait(client, address)
    assert client.delete(address).status_code == 204
    assert list(client.app.state.uploads.folder.iterdir()) == []
    for answer in (client.get(address), client.delete(address), client.get(address + "/table.csv")):
        assert answer.status_code == 404
        assert "an hour" in answer.json()["error"]


def test_a_video_belongs_to_its_page(client, video):
    headers = AVI | {"x-session": "page"}
    address = client.post("/v1/video", content=video, headers=headers).json()["status_url"]
    client.app.state.uploads.leave("page")
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("model=bryght", "Did you mean 'bright'"),
        ("detector=eyes", "unknown detector 'eyes'"),
        ("smoothing=much", "unknown smoothing 'much'"),
        ("labels=tlh", "unknown labels 'tlh'"),
        ("model=named&smoothing=average", "use 'majority' or 'none'"),
        ("model=named&min_probability=0.5", "needs a model with probabilities"),
        ("min_probability=2", "between 0 and 1"),
        ("modell=bright", "unknown parameter 'modell'"),
    ],
)
def test_parameters_are_refused_before_the_video_is_read(query, words, client):
    answer = client.post(f"/v1/video?{query}", content=b"", headers=AVI)
    assert answer.status_code == 400
    assert words in answer.json()["error"]


def test_what_is_refused_leaves_nothing(client, make_client, video):
    assert client.post("/v1/video", content=b"#EXTM3U", headers=AVI).status_code == 415
    assert client.app.state.uploads.contents(object) == []
    assert list(client.app.state.uploads.folder.iterdir()) == []
    with make_client(limits=Limits(parallel=1, video=1000)) as small:
        assert small.post("/v1/video", content=video, headers=AVI).status_code == 413
        assert list(small.app.state.uploads.folder.iterdir()) == []


def test_a_page_that_closes_while_its_video_is_sent(client, video, monkeypatch):
    check = _video_upload._check

    def close_meanwhile(path):
        client.app.state.uploads.leave("page")
        check(path)

    monkeypatch.setattr(_video_upload, "_check", close_meanwhile)
    answer = client.post("/v1/video", content=video, headers=AVI | {"x-session": "page"})
    assert answer.status_code == 404
    assert "deleted with its page" in answer.json()["error"]


def test_a_full_disk(client, video, monkeypatch):
    def fail(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("fer_classic.app._video_upload.run_in_threadpool", fail)
    answer = client.post("/v1/video", content=video, headers=AVI)
    assert answer.status_code == 507
    assert "No space left on device" in answer.json()["error"]
    assert list(client.app.state.uploads.folder.iterdir()) == []


def test_videos_wait_for_their_turn_and_not_too_many_do(client, video, monkeypatch):
    go_on = threading.Event()
    monkeypatch.setattr("fer_classic.app._video_jobs.run_live", lambda *_: go_on.wait(10) and 1 / 0)
    monkeypatch.setattr(_videos, "_MAX_BUSY_VIDEOS", 2)
    first, second = (
        client.post("/v1/video", content=video, headers=AVI).json()["status_url"] for _ in range(2)
    )
    try:
        full = client.post("/v1/video", content=video, headers=AVI)
        assert (full.status_code, full.headers["retry-after"]) == (503, "30")
        assert client.get(second).json()["state"] == "queued"
        early = client.get(second + "/table.csv")
        assert early.status_code == 404
        assert "queued and has no results" in early.json()["error"]
        assert client.delete(second).status_code == 204
    finally:
        go_on.set()
    assert wait(client, first)["state"] == "failed"
    assert "has no result 'x.csv'" in client.get(first + "/x.csv").json()["error"]


def test_videos_that_are_being_sent_take_a_place(client, video, monkeypatch):
    monkeypatch.setattr(_videos, "_MAX_BUSY_VIDEOS", 1)
    item = client.app.state.uploads.add()
    assert client.post("/v1/video", content=video, headers=AVI).status_code == 503
    client.app.state.uploads.remove(item.id)
    assert client.post("/v1/video", content=video, headers=AVI).status_code == 202


def test_labels_are_drawn_in_another_language(client, video, monkeypatch):
    monkeypatch.setattr(_videos, "find_font", lambda texts: None)
    asked = []
    monkeypatch.setattr(_videos, "annotate", lambda frame, faces, **how: asked.append(how) or frame)
    answer = client.post("/v1/video?labels=zh", content=video, headers=AVI).json()
    assert wait(client, answer["status_url"])["state"] == "done"
    assert asked[0]["labels"]["happy"] != "happy"


def test_the_end_of_a_run_ends_its_videos(make_client, video):
    with make_client() as client:
        address = client.post("/v1/video", content=video * 1, headers=AVI).json()["status_url"]
        assert json.dumps(client.get(address).json())
        folder = client.app.state.uploads.folder
    assert not folder.exists()


def test_an_upload_that_breaks_off_leaves_nothing(client, video):
    async def send_half():
        messages = [{"type": "http.request", "body": video[:2000], "more_body": True}]
        messages.append({"type": "http.disconnect"})
        there = []

        async def receive():
            there.append(len(uploads.contents(type(None))))
            return messages.pop(0)

        async def send(message):
            pass

        headers = [(b"host", b"localhost"), (b"content-type", b"video/mp4")]
        scope = {"type": "http", "method": "POST", "path": "/v1/video", "query_string": b""}
        await client.app(scope | {"headers": headers, "scheme": "http"}, receive, send)
        return there

    uploads = client.app.state.uploads
    assert asyncio.run(send_half()) == [1, 1]
    assert uploads.contents(object) == []
    assert list(uploads.folder.iterdir()) == []
