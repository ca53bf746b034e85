"""Request bodies, read up to a limit and into memory only."""

import asyncio
from dataclasses import dataclass

from python_multipart.multipart import parse_options_header
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser

from fer_classic.utils._names import printable

__all__ = ["Photo", "limited_stream", "read_photos", "shown"]

_MAX_NAME_LENGTH = 200


@dataclass(frozen=True, eq=False)
class Photo:
    """A photo that was sent.

    Parameters
    ----------
    name : str
        File name given by the client, or ``"image"``.
    content : bytes
        Content of the file.
    """

    name: str
    content: bytes


class _InMemory(MultiPartParser):
    """Keeps files in memory, which the limit on the body bounds; none goes to a disk."""

    spool_max_size = 2**62

    def on_headers_finished(self):
        """Treat a part that is declared as an image as a file, with or without a name."""
        part = self._current_part
        place = part.content_disposition or b""
        kind = dict(part.item_headers).get(b"content-type", b"")
        if b"filename" not in place and _is_photo(kind):
            part.content_disposition = place + b'; filename="image"'
        super().on_headers_finished()


async def limited_stream(request, limit, seconds):
    """Read the body of a request piece by piece.

    Parameters
    ----------
    request : Request
    limit : int
        Most bytes that are read.
    seconds : float
        Time in which all must arrive.

    Yields
    ------
    piece : bytes

    Raises
    ------
    HTTPException
        413 if the body is larger, before any of it is read where its length is declared; 408 if it
        does not arrive in time; 400 if the declared length is no number.
    """
    declared = request.headers.get("content-length", "0")
    if not declared.isdecimal():
        raise HTTPException(400, f"Content-Length is no number: {declared!r}.")
    n_bytes = 0
    pieces = request.stream()
    # Raised at the limit of time, and closes the connection.
    deadline = asyncio.get_running_loop().time() + seconds
    if int(declared) > limit:
        raise _too_large(limit, int(declared))
    while True:
        try:
            async with asyncio.timeout_at(deadline):
                piece = await anext(pieces, None)
        except TimeoutError:
            raise HTTPException(
                408, f"the body did not arrive within {seconds:g} seconds; send it again."
            ) from None
        if piece is None:
            return
        n_bytes += len(piece)
        if n_bytes > limit:
            raise _too_large(limit)
        yield piece


def _too_large(limit, size=None):
    has = "more" if size is None else f"{size:,}"
    return HTTPException(
        413,
        f"the body has {has} bytes, and the limit is {limit:,}; send fewer or smaller files.",
        {"Connection": "close"},
    )


async def read_photos(request, limits):
    """Read the photos of a request: a form with files, or one photo as it is.

    Parameters
    ----------
    request : Request
    limits : Limits

    Returns
    -------
    photos : list of Photo
        One or more.

    Raises
    ------
    HTTPException
        If there is none, or too many, or the body is of another type or too large.
    """
    kind, _ = parse_options_header(request.headers.get("content-type", ""))
    stream = limited_stream(request, limits.body, limits.seconds)
    if kind == b"multipart/form-data":
        return await _read_form(request, stream, limits.files)
    if _is_photo(kind):
        content = b"".join([piece async for piece in stream])
        return [Photo("image", content)]
    named = kind.decode("latin-1") or "nothing"
    raise HTTPException(
        415,
        f"the body is declared as {named}; send a photo as image/jpeg or another image type, or a "
        "form (multipart/form-data) with one file or several.",
    )


def _is_photo(kind):
    return kind.startswith(b"image/") or kind == b"application/octet-stream"


async def _read_form(request, stream, n_files):
    parser = _InMemory(request.headers, stream, max_files=n_files, max_fields=n_files)
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise HTTPException(400, f"the form cannot be read: {error.message}") from error
    try:
        return await _files(form)
    finally:
        await form.close()


async def _files(form):
    photos = []
    for name, item in form.multi_items():
        if not isinstance(item, UploadFile):
            raise HTTPException(
                400,
                f"the form has the text {shown(name)!r}, and takes files only; parameters go into "
                "the address, as in /v1/recognize?model=cnn.",
            )
        photos.append(Photo(shown(item.filename or "image"), await item.read()))
    if not photos:
        raise HTTPException(400, "the form has no file; add one, as in curl -F photo=@face.jpg.")
    return photos


def shown(name):
    """Make a name from the client printable: on one line and of limited length."""
    return printable(name[:_MAX_NAME_LENGTH])
