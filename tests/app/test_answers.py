"""Files that are deleted while they are sent."""

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from fer_classic.app._answers import HANDLERS, StoredFile


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "result.csv"
    path.write_text("angry", "utf-8")
    return path


def client_of(path, stat=None):
    async def give(request):
        return StoredFile(path, stat_result=stat)

    return TestClient(Starlette(routes=[Route("/", give)], exception_handlers=HANDLERS))


def test_a_file_is_sent(path):
    assert client_of(path).get("/").text == "angry"


def test_a_file_that_is_gone_is_not_found(path):
    path.unlink()
    answer = client_of(path).get("/")
    assert answer.status_code == 404
    assert answer.json()["error"] == "the file has been deleted."


@pytest.mark.parametrize("headers", [{}, {"range": "bytes=0-2"}])
def test_an_answer_that_has_begun_just_ends(path, headers):
    stat = path.stat()
    path.unlink()
    assert client_of(path, stat).get("/", headers=headers).content == b""


def test_other_errors_are_not_hidden(path):
    with pytest.raises(RuntimeError, match="is not a file"):
        client_of(path.parent).get("/")
