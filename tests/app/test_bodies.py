import asyncio

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from fer_classic.app import Limits
from fer_classic.app._bodies import read_photos

FORM = b"multipart/form-data; boundary=x"


def part(content, head=b'name="photo"; filename="a.png"'):
    return b"--x\r\nContent-Disposition: form-data; " + head + b"\r\n\r\n" + content + b"\r\n"


def read(pieces, *, kind=b"image/png", length=None, end=True, **limits):
    """Read a body that arrives in pieces; without its end, the client goes away."""
    headers = [(b"content-type", kind)]
    if length is not None:
        headers.append((b"content-length", length))
    messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    last = {"type": "http.request", "body": b""} if end else {"type": "http.disconnect"}
    messages = iter([*messages, last])
    taken = []

    async def receive():
        taken.append(next(messages))
        if taken[-1].get("body") is None and end is None:
            await asyncio.sleep(10)
        return taken[-1]

    request = Request({"type": "http", "method": "POST", "headers": headers}, receive)
    read.taken = taken
    return asyncio.run(read_photos(request, Limits(parallel=1, **limits)))


def test_a_body_in_pieces():
    (photo,) = read([b"ab", b"", b"cd"])
    assert (photo.name, photo.content) == ("image", b"abcd")


def test_a_form_in_pieces():
    body = part(b"one") + part(b"two", b'name="b"; filename="b\n.png"') + b"--x--\r\n"
    photos = read([body[i : i + 7] for i in range(0, len(body), 7)], kind=FORM)
    assert [photo.content for photo in photos] == [b"one", b"two"]
    assert photos[0].name == "a.png"
    assert "\n" not in photos[1].name


def test_a_large_file_of_a_form_stays_in_memory(monkeypatch):
    monkeypatch.setattr("tempfile._TemporaryFileWrapper", None)
    monkeypatch.setattr("tempfile.TemporaryFile", None)
    (photo,) = read([part(b"a" * 3_000_000) + b"--x--\r\n"], kind=FORM)
    assert len(photo.content) == 3_000_000


def test_an_image_without_a_name_is_a_file():
    body = part(b"one", b'name="photo"\r\nContent-Type: image/png') + b"--x--\r\n"
    assert read([body], kind=FORM)[0].content == b"one"


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        ({"pieces": [b"a"], "length": b"101", "body": 100}, 413, "has 101 bytes"),
        ({"pieces": [b"a" * 60] * 9, "body": 100}, 413, "has more bytes"),
        ({"pieces": [b"a"], "length": b"-1"}, 400, "no number"),
        ({"pieces": [b"a"], "kind": b"text/plain"}, 415, "declared as text/plain"),
        ({"pieces": [b"a"], "kind": b""}, 415, "declared as nothing"),
        ({"pieces": [b"a"], "kind": b"multipart/form-data"}, 400, "cannot be read: Missing bound"),
        ({"pieces": [b"junk"], "kind": FORM}, 400, "the form cannot be read"),
        ({"pieces": [b"--x--\r\n"], "kind": FORM}, 400, "has no file"),
        ({"pieces": [part(b"a") * 3 + b"--x--\r\n"], "kind": FORM, "files": 2}, 400, "Too many"),
        ({"pieces": [part(b"a", b'name="model"') + b"--x--\r\n"], "kind": FORM}, 400, "'model'"),
        ({"pieces": [part(b"a", b"nothing") + b"--x--\r\n"], "kind": FORM}, 400, "cannot be read"),
        ({"pieces": [b"a"], "end": None, "seconds": 0.01}, 408, "within 0.01 seconds"),
    ],
)
def test_bodies_that_are_refused(arguments, status, words):
    with pytest.raises(HTTPException, match=words) as caught:
        read(**arguments)
    assert caught.value.status_code == status


def test_of_what_is_declared_too_large_nothing_is_read():
    with pytest.raises(HTTPException):
        read([b"a"], length=b"101", body=100)
    assert read.taken == []


@pytest.mark.parametrize("kind", [b"image/png", FORM])
def test_an_upload_that_breaks_off(kind):
    with pytest.raises(ClientDisconnect):
        read([b"--x\r\n"], kind=kind, end=False)
