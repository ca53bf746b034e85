"""Answers of the service: faces as JSON, errors as one sentence."""

from dataclasses import asdict
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Match

from fer_classic.exceptions import (
    DisplayError,
    FerClassicError,
    ImageReadError,
    MissingDependencyError,
    NoFaceError,
    UnknownNameError,
)

__all__ = [
    "HANDLERS",
    "StoredFile",
    "error_answer",
    "face_to_json",
    "faces_to_json",
    "on_fault",
    "status_of",
]

# The first that fits.
_STATUS = (
    (UnknownNameError, 400),
    ((ImageReadError, NoFaceError), 422),
    # Packages, or fonts.
    ((MissingDependencyError, DisplayError), 501),
    (FerClassicError, 500),
)


class StoredFile(FileResponse):
    """A file that may be deleted before it is sent: with its page, or when its hour is over."""

    async def __call__(self, scope, receive, send):
        """Send the file, or answer that it is gone."""
        begun = False

        async def sending(message):
            nonlocal begun
            begun = True
            await send(message)

        try:
            await super().__call__(scope, receive, sending)
        # Starlette has its own error if there is no file, and the system's if it cannot be opened.
        except (RuntimeError, FileNotFoundError) as error:
            if Path(self.path).exists():
                raise
            # An answer that has begun goes to the page that was closed: it just ends.
            if not begun:
                raise HTTPException(404, "the file has been deleted.") from error


def face_to_json(face, *, prominent=False):
    """Describe a face.

    Parameters
    ----------
    face : Face
    prominent : bool, default=False
        Whether it is the largest of its picture.

    Returns
    -------
    fields : dict
    """
    return {
        "box": list(face.box),
        "detection_score": face.detector_score,
        "expression": face.expression,
        "reason": face.reason,
        "scores": face.scores,
        "score_kind": face.score_kind,
        "quality": None if face.quality is None else asdict(face.quality),
        "track_id": face.track_id,
        "prominent": prominent,
    }


def faces_to_json(faces):
    """Describe the faces of a picture; the largest is the prominent one.

    Parameters
    ----------
    faces : list of Face
        In any order.

    Returns
    -------
    faces : list of dict
        In the same order.
    """
    largest = max(faces, key=lambda face: face.box[2] * face.box[3], default=None)
    return [face_to_json(face, prominent=face is largest) for face in faces]


def error_answer(status, sentence, headers=None):
    """Create the answer for an error.

    Parameters
    ----------
    status : int
        The HTTP status.
    sentence : str
        What is wrong, and the remedy.
    headers : dict of str to str, optional
        Of the answer.

    Returns
    -------
    answer : JSONResponse
    """
    return JSONResponse({"error": sentence}, status, headers)


async def _on_http(request, error):
    sentence = error.detail
    if error.status_code == 404 and sentence == "Not Found":
        sentence = f"there is nothing at {request.url.path}; /openapi.json lists all paths."
    elif error.status_code == 405:
        allowed = ", ".join(_methods(request))
        sentence = f"{request.url.path} does not take {request.method}, but {allowed}."
        return error_answer(405, sentence, {"Allow": allowed})
    return error_answer(error.status_code, sentence, error.headers)


def _methods(request):
    """List the methods of a path, which may have a route for each; Starlette names those of one."""
    scope = request.scope
    fitting = [route for route in request.app.routes if route.matches(scope)[0] is not Match.NONE]
    # Without methods: the files of the page.
    each = (getattr(route, "methods", ("GET", "HEAD")) for route in fitting)
    return sorted(set().union(*each))


def status_of(error):
    """Give the HTTP status for an error of the library."""
    return next(code for kind, code in _STATUS if isinstance(error, kind))


async def _on_error(request, error):
    return error_answer(status_of(error), str(error))


async def _on_disconnect(request, error):
    # Nobody reads it; the number is for the metrics.
    return Response(status_code=400)


async def on_fault(request, error):
    """Answer a request on which the service itself failed."""
    return error_answer(
        500, f"the service failed on this request ({type(error).__name__}); see its log."
    )


HANDLERS = {
    HTTPException: _on_http,
    FerClassicError: _on_error,
    ClientDisconnect: _on_disconnect,
}
"""Exception handlers of the application."""
