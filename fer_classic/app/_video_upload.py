"""A video in the body of a request, written to a file piece by piece."""

from pathlib import Path

from python_multipart.multipart import parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser

from fer_classic.app._bodies import limited_stream

__all__ = ["read_video"]

# Time in which a video must arrive; photos have less.
_SECONDS = 900.0
_BLOCK = 2**20
_FILE = "video"
_MAX_NAME_LENGTH = 200

# Bytes at a place by which the file of a video begins. Others are refused before they are opened:
# a playlist would make the decoder read the files and addresses that it names. Decoders look for
# these in all of the beginning, and most of them ignore case.
_BEGINNING = 2**20
_PLAYLISTS = (
    b"#extm3u",
    b"ffconcat version",
    b"dash:profile",
    b"pss:profile:dash",
    b"<compositionplaylist",
    b"\nc=in ip",
)
_KINDS = (
    (4, (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")),  # MP4, MOV
    (0, (b"\x1a\x45\xdf\xa3",)),  # WebM, MKV
    (0, (b"RIFF",)),  # AVI
    (0, (b"GIF8",)),
    (0, (b"OggS",)),
    (0, (b"FLV",)),
    (0, (b"\x00\x00\x01\xba", b"\x00\x00\x01\xb3")),  # MPEG
    (0, (b"\x30\x26\xb2\x75",)),  # WMV
)
_TRANSPORT, _PACKET = b"\x47", 188  # MPEG-TS, in packets


async def read_video(request, folder, limits):
    """Write the video of a request to a file.

    Parameters
    ----------
    request : Request
        Its body is a form with one file, or a video as it is.
    folder : pathlib.Path
        Where the file is made.
    limits : Limits

    Returns
    -------
    path : pathlib.Path
        The file.
    name : str
        What its sender calls it.

    Raises
    ------
    HTTPException
        If there is none, or it is too large, too slow, or of no known kind.
    """
    path = folder / _FILE
    stream = limited_stream(request, limits.video, _SECONDS)
    kind, _ = parse_options_header(request.headers.get("content-type", ""))
    if kind == b"multipart/form-data":
        name = await _read_form(request, stream, path)
    else:
        name = ""
        with open(path, "wb") as file:
            async for block in _blocks(stream):
                await run_in_threadpool(file.write, block)
    await run_in_threadpool(_check, path)
    return path, Path(name).name[:_MAX_NAME_LENGTH] or "the video"


async def _blocks(stream):
    """Join the pieces of a stream, as the change to another thread takes long for each."""
    block = bytearray()
    async for piece in stream:
        block += piece
        if len(block) >= _BLOCK:
            yield block
            block = bytearray()
    yield block


class _ToFile(MultiPartParser):
    """Writes the file of a form to a file of ours; nothing is written to another place."""

    def __init__(self, headers, stream, path):
        super().__init__(headers, stream, max_files=1, max_fields=10)
        self._path = path

    def on_headers_finished(self):
        super().on_headers_finished()
        upload = self._current_part.file
        if upload is not None:
            upload.file.close()
            upload.file = open(self._path, "w+b")  # noqa: SIM115
            self._files_to_close_on_error.append(upload.file)


async def _read_form(request, stream, path):
    try:
        form = await _ToFile(request.headers, stream, path).parse()
    except MultiPartException as error:
        raise HTTPException(400, f"the form cannot be read: {error.message}") from error
    names = [item.filename for _, item in form.multi_items() if isinstance(item, UploadFile)]
    await form.close()
    if not names:
        raise HTTPException(400, "the form has no file; add one, as in curl -F video=@clip.mp4.")
    return names[0] or ""


def _check(path):
    """Refuse what is no file of a video by its first bytes."""
    with open(path, "rb") as file:
        first = file.read(_BEGINNING)
    if not first:
        raise HTTPException(400, "the body is empty; send the video in it, or in a form.")
    known = any(first[place : place + 20].startswith(marks) for place, marks in _KINDS)
    known |= first[:1] == first[_PACKET : _PACKET + 1] == _TRANSPORT
    lower = first.lower()
    if not known or any(mark in lower for mark in _PLAYLISTS):
        raise HTTPException(
            415,
            "the file is not a video of a known kind; send MP4, MOV, WebM, MKV, AVI, MPEG, OGG, "
            "FLV, WMV or an animated GIF.",
        )
