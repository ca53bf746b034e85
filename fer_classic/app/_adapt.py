"""Adaptation of a model to one person, by pictures that are taken on the page."""

import copy
import secrets
import threading

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fer_classic.app._answers import StoredFile
from fer_classic.app._bodies import read_photos
from fer_classic.app._models import ServedModel
from fer_classic.app._query import make_recognizer, read_query
from fer_classic.exceptions import NoFaceError, UnknownNameError
from fer_classic.live._posing import Pictures, largest_face
from fer_classic.persistence import save_model
from fer_classic.persistence._card import make_adapted_card, recall_by_class
from fer_classic.utils._decode import read_first_frame

__all__ = ["Adaptation", "routes"]

# What the page asks for of each expression, and what is taken at most.
_PER_CLASS = 5
_MAX_PICTURES_PER_CLASS = 50
# People whose pictures are kept at the same time, for an hour at most.
_MAX_ADAPTATIONS = 100
_FILE = "model.joblib"
_WHERE = "/v1/adapt"


class Adaptation:
    """Pictures of a person and the model that was adapted to them.

    Parameters
    ----------
    models : ModelRegistry
        Where the adapted model is entered, under a name that cannot be guessed.
    served : ServedModel
        The model to start from.
    recognizer : Recognizer
        The recognizer of this model.
    folder : pathlib.Path
        Where the model file is written.

    Attributes
    ----------
    name : str
        Name of the adapted model.
    path : pathlib.Path
        Its file, which exists after :meth:`fit`.
    """

    def __init__(self, models, served, recognizer, folder):
        self.recognizer = recognizer
        self.name = f"adapted-{secrets.token_hex(8)}"
        self.path = folder / _FILE
        self._models, self._served = models, served
        self._pictures = Pictures()
        self._n_takes = 0
        self._is_closed = False
        # Pictures may come faster than faces are found, and the page may close during a fit. They
        # do not wait for its end, as they would occupy threads that also work for others.
        self._lock, self._fitting = threading.Lock(), threading.Lock()

    @property
    def counts(self):
        """Number of pictures of each expression that the model knows."""
        return dict.fromkeys(self.recognizer.classes, 0) | self._pictures.counts

    def add(self, content, expression, take, max_pixels):
        """Take the largest face of a picture.

        Parameters
        ----------
        content : bytes
            The picture.
        expression : str
            What the person shows.
        take : str or None
            Pictures of one take are nearly the same, and are left out together when the model is
            judged. Without it, pictures of one expression that follow each other are one take.
        max_pixels : int
            Larger pictures are refused.

        Returns
        -------
        box : tuple of four int
            Where the face is.

        Raises
        ------
        UnknownNameError, ImageReadError, NoFaceError, ValueError
            If the model knows no such expression, the picture cannot be read or shows no face, or
            there are enough pictures.
        """
        if expression not in self.recognizer.classes:
            raise UnknownNameError("expression", expression, self.recognizer.classes)
        image, _, _ = read_first_frame(content, max_pixels=max_pixels, name="the picture")
        box, crop = largest_face(self.recognizer, image)
        if crop is None:
            raise NoFaceError(
                "no face was found, so the picture was not taken; look into the camera, in even "
                "light."
            )
        with self._lock:
            if self.counts[expression] >= _MAX_PICTURES_PER_CLASS:
                raise ValueError(
                    f"there are {_MAX_PICTURES_PER_CLASS} pictures of {expression}, which is the "
                    "limit."
                )
            if take is None:
                names = self._pictures.names
                self._n_takes += not names or names[-1] != expression
                take = f"{self._n_takes}"
            self._pictures.add([crop], expression, f"{expression} {take}")
        return box

    def fit(self):
        """Adapt the model, save it and let it be used under its name.

        Returns
        -------
        outcome : dict
            What came of it: ``before`` and ``after``, how often the model and the adapted one are
            right about pictures of takes that were left out, None if there are no such; and
            ``recall``, the same for each expression that could be judged.

        Raises
        ------
        ValueError
            If there are not pictures of two expressions, another fit has not ended, or the page
            was closed.
        """
        if not self._fitting.acquire(blocking=False):
            raise ValueError("the model is being adapted already; wait until that is done.")
        try:
            with self._lock:
                pictures = copy.deepcopy(self._pictures)
            return self._fit(pictures)
        finally:
            self._fitting.release()

    def _fit(self, pictures):
        if len(pictures.counts) < 2:
            raise ValueError(
                "pictures of two expressions or more are needed, got "
                f"{pictures}; make another face and take a picture of it."
            )
        adapted = pictures.adapt(self.recognizer)
        card = make_adapted_card(adapted, self._served.card, model=self._served.name)
        with self._lock:
            if self._is_closed:
                raise ValueError("the pictures were deleted with their page; start again.")
            save_model(adapted, self.path, card=card)
            size = self.path.stat().st_size
            self._models.remove(self.name)
            self._models.add(ServedModel(self.name, adapted, card, size, listed=False))
        outcome = {
            "model": self.name,
            "expressions": [str(name) for name in adapted.classes_],
            "bytes": size,
            "counts": pictures.counts,
            "n": adapted.n_images_,
            "n_judged": adapted.n_judged_,
            "weight": adapted.weight_,
            "before": adapted.accuracy_before_,
            "after": adapted.accuracy_after_,
            "recall": recall_by_class(adapted),
        }
        if not adapted.n_judged_:
            outcome["message"] = (
                "not judged, since no expression has pictures of two takes: make each face once "
                "more to learn what the adapted model is worth."
            )
        return outcome

    def close(self):
        """Remove the adapted model."""
        with self._lock:
            self._is_closed = True
            self._models.remove(self.name)


async def begin(request):
    """Begin to adapt a model."""
    state, query = request.app.state, read_query(request, ("model", "detector"))
    served = state.models.get(query.get("model"))
    recognizer = await state.work.run(make_recognizer, state.models, query)
    n_people = len(state.uploads.contents(Adaptation))
    if n_people >= _MAX_ADAPTATIONS:
        raise HTTPException(
            503,
            f"models are being adapted to {n_people} people, and no more are accepted; try again "
            "later.",
            {"Retry-After": "60"},
        )
    item = state.uploads.add(request.headers.get("x-session", ""))
    item.content = adaptation = Adaptation(state.models, served, recognizer, item.folder)
    item.closing.callback(adaptation.close)
    answer = {
        "session": item.id,
        "model": served.name,
        "expressions": list(recognizer.classes),
        "per_class": _PER_CLASS,
        "counts": adaptation.counts,
    }
    return JSONResponse(answer, 201)


async def add(request):
    """Take a picture of an expression."""
    state, adaptation = request.app.state, _find(request)
    take = read_query(request, ("take",)).get("take")
    with state.work.place():
        photos = await read_photos(request, state.limits)
        if len(photos) != 1:
            raise HTTPException(400, f"one picture is taken at a time, got {len(photos)}.")
        content, expression = photos[0].content, request.path_params["expression"]
        box = await _run(state, adaptation.add, content, expression, take, state.limits.pixels)
    return JSONResponse({"counts": adaptation.counts, "box": list(box)})


async def fit(request):
    """Adapt the model to the pictures."""
    state, adaptation = request.app.state, _find(request)
    with state.work.place():
        outcome = await _run(state, adaptation.fit)
    address = f"{_WHERE}/{request.path_params['id']}/{_FILE}"
    return JSONResponse(outcome | {"model_url": address})


async def model(request):
    """Give the file of the adapted model."""
    adaptation = _find(request)
    if not adaptation.path.exists():
        raise HTTPException(404, "there is no adapted model yet; take pictures, then adapt.")
    return StoredFile(adaptation.path, filename=f"{adaptation.name}.joblib")


async def delete(request):
    """Delete the pictures and the adapted model."""
    _find(request)
    await run_in_threadpool(request.app.state.uploads.remove, request.path_params["id"])
    return Response(status_code=204)


async def _run(state, function, *arguments):
    try:
        return await state.work.run(function, *arguments)
    except UnknownNameError:
        raise
    except ValueError as error:
        raise HTTPException(422, str(error)) from error


def _find(request):
    name = request.path_params["id"]
    adaptation = request.app.state.uploads.find(name, Adaptation)
    if adaptation is None:
        raise HTTPException(
            404,
            f"there are no pictures of a person under {name!r}: they were deleted, or were never "
            "there. They are deleted with their page, after an hour at the latest; start again.",
        )
    return adaptation


_ONE = _WHERE + "/{id}"
routes = [
    Route(_WHERE, begin, methods=["POST"]),
    Route(_ONE, delete, methods=["DELETE"]),
    Route(f"{_ONE}/fit", fit, methods=["POST"]),
    Route(f"{_ONE}/{_FILE}", model, methods=["GET"]),
    Route(_ONE + "/{expression}", add, methods=["POST"]),
]
