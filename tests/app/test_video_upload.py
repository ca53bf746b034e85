"""What is taken for a video, and how it comes to its file."""

import asyncio

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request

from fer_classic.app import Limits, _video_upload
from fer_classic.app._video_upload import read_video

BOUNDARY = "multipart/form-data; boundary=xx"
FORM = (
    b'--xx\r\nContent-Disposition: form-data; name="note"\r\n\r\nmine\r\n'
    b'--xx\r\nContent-Disposition: form-data; name="video"; filename="%b"\r\n\r\n%b\r\n--xx--\r\n'
)
WEBM = b"\x1a\x45\xdf\xa3 and so on"


def read(folder, *pieces, kind="video/webm", limits=None):
    messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    messages.append({"type": "http.request", "body": b"", "more_body": False})

    async def receive():
        return messages.pop(0)

    scope = {"type": "http", "headers": [(b"content-type", kind.encode())], "query_string": b""}
    request = Request(scope, receive)
    return asyncio.run(read_video(request, folder, limits or Limits(parallel=1)))


def test_a_body_arrives_in_pieces(tmp_path, monkeypatch):
    monkeypatch.setattr(_video_upload, "_BLOCK", 4)
    path, name = read(tmp_path, WEBM[:3], WEBM[3:7], WEBM[7:])
    assert path.read_bytes() == WEBM
    assert path.parent == tmp_path
    assert name == "the video"


def test_the_file_of_a_form(tmp_path):
    form = FORM % (b"my clip.webm", WEBM)
    path, name = read(tmp_path, form[:100], form[100:], kind=BOUNDARY)
    assert path.read_bytes() == WEBM
    assert name == "my clip.webm"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "content",
    [
        b"\0\0\0\x20ftypisom",
        b"\0\0\0\x08wide\0\0\0\0mdat",
        WEBM,
        b"RIFF\0\0\0\0AVI LIST",
        b"GIF89a",
        b"OggS\0",
        b"FLV\x01",
        b"\0\0\x01\xba\x44",
        b"\x30\x26\xb2\x75\x8e\x66",
        (b"\x47" + bytes(187)) * 2,
    ],
)
def test_kinds_of_videos(content, tmp_path):
    assert read(tmp_path, content)[0].read_bytes() == content


@pytest.mark.parametrize(
    "content",
    [
        b"#EXTM3U\n/etc/passwd\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b'<?xml version="1.0"?><MPD></MPD>',
        b"v=0\nc=IN IP4 127.0.0.1\n",
        b"#EXTM3U\nAVI LIST",
        b"FLV" + b" " * 100_000 + b'<mpd profiles="urn:mpeg:DASH:profile:isoff-live:2011">',
        b"FLV <CompositionPlaylist xmlns=",
        b"G\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n".ljust(188) + b"G",
        b"\0\0\x01\xba\nffconcat version 1.0",
        b"GGGG",
        b"\x47",
        b"\xff\xd8\xff\xe0 a photo",
    ],
)
def test_what_could_name_other_files_is_no_video(content, tmp_path):
    with pytest.raises(HTTPException) as caught:
        read(tmp_path, content)
    assert caught.value.status_code == 415
    assert "MP4" in caught.value.detail


@pytest.mark.parametrize(
    ("content", "kind", "status", "words"),
    [
        (b"", "video/mp4", 400, "empty"),
        (b"--xx--\r\n", BOUNDARY, 400, "no file"),
        (FORM % (b"a.webm", WEBM), "multipart/form-data", 400, "cannot be read"),
        (FORM % (b"a.webm", b""), BOUNDARY, 400, "empty"),
        (WEBM + bytes(1000), "video/webm", 413, "limit is 500"),
        (FORM % (b"a.webm", WEBM + bytes(1000)), BOUNDARY, 413, "limit is 500"),
    ],
)
def test_bodies_that_are_refused(content, kind, status, words, tmp_path):
    with pytest.raises(HTTPException) as caught:
        read(tmp_path, content, kind=kind, limits=Limits(parallel=1, video=500))
    assert caught.value.status_code == status
    assert words in caught.value.detail


def test_a_second_file_in_a_form_is_refused(tmp_path):
    form = FORM % (b"a.webm", WEBM)
    with pytest.raises(HTTPException, match="Too many files"):
        read(tmp_path, form.removesuffix(b"--xx--\r\n") + form, kind=BOUNDARY)
