"""The photos of a request: recognised, annotated, explained."""

import base64
import time

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fer_classic.app._answers import faces_to_json
from fer_classic.app._bodies import read_photos
from fer_classic.app._query import RECOGNIZER, make_recognizer, read_choice, read_count, read_query
from fer_classic.exceptions import FerClassicError, ImageReadError, NoFaceError
from fer_classic.inspection import explain_photo, render_explanation
from fer_classic.live import LANGUAGES, load_labels
from fer_classic.live import annotate as draw
from fer_classic.utils._decode import read_first_frame
from fer_classic.utils._header import read_header
from fer_classic.utils._opencv import cv2

__all__ = ["routes"]


async def recognize(request):
    """Find the faces in photos and name their expressions."""
    state, query = request.app.state, read_query(request, RECOGNIZER)
    model = state.models.get(query.get("model"))
    with state.work.place():
        photos = await read_photos(request, state.limits)
        recognizer = await state.work.run(make_recognizer, state.models, query)
        images = [await state.work.run(_describe, recognizer, p, state.limits) for p in photos]
    # The name of a person's model is only for those who know it.
    label = model.name if model.listed else "adapted"
    for image in images:
        outcome = "unreadable" if "error" in image else "read"
        state.metrics.count("photos", model=label, outcome=outcome)
        state.metrics.count("faces", len(image.get("faces", ())), model=label)
    if len(images) == 1 and "error" in images[0]:
        raise HTTPException(images[0]["status"], images[0]["error"])
    named = {"name": model.name, "card_id": model.card_id}
    return JSONResponse({"model": named, "images": images})


async def annotate(request):
    """Draw the faces of a photo and their expressions onto it."""
    state, query = request.app.state, read_query(request, (*RECOGNIZER, "labels"))
    language = read_choice(query, "labels", LANGUAGES)
    with state.work.place():
        photo = _single(await read_photos(request, state.limits))
        recognizer = await state.work.run(make_recognizer, state.models, query)
        picture = await state.work.run(_annotate, recognizer, photo, state.limits, language)
    return Response(picture, media_type="image/png")


async def explain(request):
    """Explain which parts of a face raise the score of an expression."""
    state, query = request.app.state, read_query(request, (*RECOGNIZER, "face", "target"))
    number = read_count(query, "face")
    with state.work.place():
        photo = _single(await read_photos(request, state.limits))
        recognizer = await state.work.run(make_recognizer, state.models, query)
        explanation = await state.work.run(
            _explain, recognizer, photo, state.limits, number, query.get("target")
        )
    return JSONResponse(explanation)


def _single(photos):
    if len(photos) != 1:
        raise HTTPException(400, f"send one photo here, got {len(photos)}.")
    return photos[0]


def _read(photo, limits):
    """Decode a photo; the errors are meant for the client."""
    header = read_header(photo.content)
    if header is not None:
        width, height = header.size
        if width * height > limits.pixels:
            raise HTTPException(
                413,
                f"{photo.name} has {width} x {height} = {width * height:,} pixels, and the limit "
                f"is {limits.pixels:,}; make it smaller.",
            )
    image, _, _ = read_first_frame(photo.content, max_pixels=limits.pixels, name=photo.name)
    return image


def _recognize(recognizer, photo, limits):
    try:
        image = _read(photo, limits)
        return image, recognizer.recognize(image)
    except MemoryError:
        sentence = f"there is not enough memory for {photo.name} now; send it again later."
        raise HTTPException(503, sentence, {"Retry-After": "5"}) from None


def _describe(recognizer, photo, limits):
    start = time.perf_counter()
    try:
        image, faces = _recognize(recognizer, photo, limits)
    except HTTPException as error:
        return {"name": photo.name, "error": error.detail, "status": error.status_code}
    except ImageReadError as error:
        return {"name": photo.name, "error": str(error), "status": 422}
    return {
        "name": photo.name,
        "width": image.shape[1],
        "height": image.shape[0],
        "milliseconds": 1000 * (time.perf_counter() - start),
        "faces": faces_to_json(faces),
    }


def _annotate(recognizer, photo, limits, language):
    image, faces = _recognize(recognizer, photo, limits)
    labels = language and load_labels(language, names=recognizer.classes)
    return _as_png(draw(image, faces, labels=labels))


def _explain(recognizer, photo, limits, number, target):
    image, faces = _recognize(recognizer, photo, limits)
    if not faces:
        raise NoFaceError(f"no face was found in {photo.name}; send a photo that shows one.")
    if number >= len(faces):
        raise HTTPException(
            422, f"face={number} is not in {photo.name}: its {len(faces)} faces count from 0."
        )
    try:
        result = explain_photo(recognizer, image, face=number, faces=faces, target=target)
    except FerClassicError:
        raise
    except ValueError as error:  # a model without scores
        raise HTTPException(422, str(error)) from error
    explanation = result.explanation
    picture = base64.b64encode(_as_png(render_explanation(explanation.image, explanation)))
    return explanation.as_dict() | {
        "box": list(result.face.box),
        "corners": result.corners.tolist(),
        "picture": f"data:image/png;base64,{picture.decode('ascii')}",
    }


def _as_png(picture):
    _, encoded = cv2.imencode(".png", picture)
    return encoded.tobytes()


routes = [
    Route("/v1/recognize", recognize, methods=["POST"]),
    Route("/v1/annotate", annotate, methods=["POST"]),
    Route("/v1/explain", explain, methods=["POST"]),
]
