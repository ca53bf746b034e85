"""The photos of a request: recognised, annotated, explained."""

import time

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fer_classic.app._answers import faces_to_json
from fer_classic.app._bodies import read_photos
from fer_classic.exceptions import ImageReadError
from fer_classic.live import annotate as draw
from fer_classic.utils._decode import read_first_frame
from fer_classic.utils._opencv import cv2

__all__ = ["routes"]


async def recognize(request):
    """Find the faces in photos and name their expressions."""
    state = request.app.state
    model, recognizer = _models(request)
    with state.work.place():
        photos = await read_photos(request, state.limits)
        images = [await state.work.run(_describe, recognizer, p, state.limits) for p in photos]
    if len(images) == 1 and "error" in images[0]:
        raise HTTPException(422, images[0]["error"])
    named = {"name": model.name, "card_id": model.card_id}
    return JSONResponse({"model": named, "images": images})


async def annotate(request):
    """Draw the faces of a photo and their expressions onto it."""
    state = request.app.state
    _, recognizer = _models(request)
    with state.work.place():
        photo = _single(await read_photos(request, state.limits))
        picture = await state.work.run(_annotate, recognizer, photo, state.limits)
    return Response(picture, media_type="image/png")


def _models(request):
    query = request.query_params
    models = request.app.state.models
    model = models.get(query.get("model"))
    return model, models.recognizer(model.name, detector=query.get("detector"))


def _single(photos):
    if len(photos) != 1:
        raise HTTPException(400, f"one photo is drawn at a time, got {len(photos)}.")
    return photos[0]


def _describe(recognizer, photo, limits):
    start = time.perf_counter()
    try:
        image, _, _ = read_first_frame(photo.content, max_pixels=limits.pixels)
    except ImageReadError as error:
        return {"name": photo.name, "error": str(error)}
    faces = recognizer.recognize(image)
    return {
        "name": photo.name,
        "width": image.shape[1],
        "height": image.shape[0],
        "milliseconds": 1000 * (time.perf_counter() - start),
        "faces": faces_to_json(faces),
    }


def _annotate(recognizer, photo, limits):
    image, _, _ = read_first_frame(photo.content, max_pixels=limits.pixels)
    _, encoded = cv2.imencode(".png", draw(image, recognizer.recognize(image)))
    return encoded.tobytes()


routes = [
    Route("/v1/recognize", recognize, methods=["POST"]),
    Route("/v1/annotate", annotate, methods=["POST"]),
]
