import re

import pytest

from fer_classic import __version__


def test_it_is_alive(client):
    assert client.get("/healthz").json() == {"status": "ok", "version": __version__}


def test_models_and_detectors(client):
    answer = client.get("/v1/models").json()
    assert [model["name"] for model in answer["models"]] == ["bright", "named"]
    assert (answer["default"], answer["detectors"]) == ("bright", ["haar"])
    # It is none of those that have names.
    assert answer["default_detector"] is None
    assert "en" in answer["labels"]
    assert "not what the person feels" in answer["intended_use"]


@pytest.mark.parametrize(
    ("method", "path", "status", "words"),
    [
        ("GET", "/nothing", 404, "nothing at /nothing"),
        ("GET", "/v1/recognize", 405, "/v1/recognize does not take GET, but POST"),
        ("DELETE", "/healthz", 405, "does not take DELETE, but GET, HEAD"),
        ("PUT", "/v1/video/1", 405, "does not take PUT, but DELETE, GET, HEAD"),
    ],
)
def test_what_there_is_not(method, path, status, words, client):
    answer = client.request(method, path)
    assert answer.status_code == status
    assert words in answer.json()["error"]
    if status == 405:
        assert words.endswith(answer.headers["allow"])


def test_metrics(client, photo):
    for content in (photo, photo, b"junk"):
        client.post("/v1/recognize", content=content, headers={"content-type": "image/png"})
    client.get("/nothing/at/all")
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = answer.text.splitlines()
    counted = 'fer_classic_requests_total{path="/v1/recognize",method="POST",status='
    assert counted + '"200"} 2' in lines
    assert counted + '"422"} 1' in lines
    assert 'fer_classic_requests_total{path="other",method="GET",status="404"} 1' in lines
    assert 'fer_classic_photos_total{model="bright",outcome="read"} 2' in lines
    assert 'fer_classic_photos_total{model="bright",outcome="unreadable"} 1' in lines
    assert 'fer_classic_faces_total{model="bright"} 4' in lines
    assert 'fer_classic_request_seconds_count{path="/v1/recognize"} 3' in lines
    assert 'fer_classic_request_seconds_bucket{path="/v1/recognize",le="+Inf"} 3' in lines
    assert "fer_classic_requests_in_progress 1" in lines
    assert "fer_classic_places 17" in lines
    sample = (
        r'fer_classic_\w+(\{(\w+="[^"]*",?)+\})? [-+.e\d]+|# TYPE \w+ (gauge|counter|histogram)'
    )
    assert all(re.fullmatch(sample, line) for line in lines)


def test_labels_are_escaped():
    from fer_classic.app._metrics import Metrics

    metrics = Metrics()
    metrics.count("photos", model='a"b\\c\nd')
    assert r'photos_total{model="a\"b\\c\nd"} 1' in metrics.text()
