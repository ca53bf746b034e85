"""Videos: upload, progress, results and deletion; they are processed one after the other."""

import asyncio
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fer_classic.app._answers import StoredFile
from fer_classic.app._query import RECOGNIZER, make_recognizer, read_choice, read_query
from fer_classic.app._video_jobs import RESULTS, VideoJob
from fer_classic.app._video_upload import read_video
from fer_classic.exceptions import FerClassicError
from fer_classic.live import LANGUAGES, StreamRecognizer, annotate, load_labels
from fer_classic.live.drawing._fonts import find_font

__all__ = ["routes"]

# Videos that are being sent, wait or are being processed; a further one is rejected.
_MAX_BUSY_VIDEOS = 8
_RETRY_SECONDS = 30
_WHERE = "/v1/video"


async def upload(request):
    """Accept a video and queue it."""
    state = request.app.state
    query = read_query(request, (*RECOGNIZER, "smoothing", "labels", "name"))
    stream, draw = await state.work.run(_prepare, state.models, query)
    # A video has no job before it has arrived.
    jobs = state.uploads.contents(VideoJob | None)
    n_busy = sum(job is None or not job.is_over for job in jobs)
    if n_busy >= _MAX_BUSY_VIDEOS:
        raise HTTPException(
            503,
            f"{n_busy} videos are being sent, waiting or being processed, and no more are "
            "accepted; try again later.",
            {"Retry-After": str(_RETRY_SECONDS)},
        )
    item = state.uploads.add(request.headers.get("x-session", ""))
    try:
        path, name = await read_video(request, item.folder, state.limits)
    except BaseException as error:
        await run_in_threadpool(state.uploads.remove, item.id)
        if isinstance(error, FileNotFoundError):
            sentence = "the video was deleted with its page while it was sent; send it again."
            raise HTTPException(404, sentence) from error
        if isinstance(error, OSError):
            sentence = f"the video cannot be stored ({error.strerror}); free some space."
            raise HTTPException(507, sentence) from error
        raise
    item.content = job = VideoJob(path, stream, name=query.get("name") or name, draw=draw)
    item.closing.callback(job.cancel)
    # Kept, since the event loop holds no task itself.
    job.task = asyncio.ensure_future(state.videos.run(job.run))
    address = f"{_WHERE}/{item.id}"
    return JSONResponse({"id": item.id, "status_url": address}, 202, {"Location": address})


def _prepare(models, query):
    """Make what the frames of a video go through, before it is sent."""
    language = read_choice(query, "labels", LANGUAGES)
    recognizer = make_recognizer(models, query)
    try:
        stream = StreamRecognizer(recognizer, smoothing=query.get("smoothing"))
    except FerClassicError:
        raise
    except ValueError as error:  # a model without scores
        raise HTTPException(400, str(error)) from error
    if language is None:
        return stream, annotate
    labels = load_labels(language, names=recognizer.classes)
    return stream, partial(annotate, labels=labels, font=find_font(tuple(labels.values())))


async def status(request):
    """Report the progress of a video and, at the end, its summary."""
    job = _find(request)
    answer = {"id": request.path_params["id"], "name": job.name} | job.progress()
    if job.state == "done":
        answer["summary"] = job.summary()
        answer |= {field: f"{request.url.path}/{file}" for field, file in RESULTS.items()}
    return JSONResponse(answer)


async def result(request):
    """Send a file that was made of a video, or a part of it, as players ask for."""
    job, file = _find(request), request.path_params["file"]
    if file not in RESULTS.values():
        known = ", ".join(RESULTS.values())
        raise HTTPException(404, f"a video has no result {file!r}; it has {known}.")
    if job.state != "done":
        raise HTTPException(404, f"the video {job.name} is {job.state} and has no results.")
    return StoredFile(job.path.with_name(file), filename=file, content_disposition_type="inline")


async def delete(request):
    """Stop a video and delete it with its results."""
    _find(request)
    await run_in_threadpool(request.app.state.uploads.remove, request.path_params["id"])
    return Response(status_code=204)


def _find(request):
    name = request.path_params["id"]
    job = request.app.state.uploads.find(name, VideoJob)
    if job is None:
        raise HTTPException(
            404,
            f"there is no video {name!r}: it was deleted, or was never there. Videos are deleted "
            "with their page, and an hour after they were sent at the latest; send it again.",
        )
    return job


_VIDEO = _WHERE + "/{id}"
routes = [
    Route(_WHERE, upload, methods=["POST"]),
    Route(_VIDEO, status, methods=["GET"]),
    Route(_VIDEO, delete, methods=["DELETE"]),
    Route(_VIDEO + "/{file}", result, methods=["GET"]),
]
