"""The web socket of the camera: frames come in, and what was recognized in them goes out."""

import asyncio
import json
import logging
from contextlib import suppress

from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocketDisconnect

from fer_classic.app._answers import faces_to_json, status_of
from fer_classic.exceptions import FerClassicError
from fer_classic.live import StreamRecognizer
from fer_classic.live._timing import FrameRate, StageTimer
from fer_classic.utils._decode import read_first_frame

__all__ = ["Inbox", "routes"]

_SETTINGS = ("model", "detector", "smoothing")
# Cameras at the same time; each holds one frame at most.
_MAX_CAMERAS = 32
_MAX_TEXTS = 4
_MAX_TEXT_LENGTH = 1000
_TRY_AGAIN = 1013

# What sending raises when the page was closed.
_GONE = (WebSocketDisconnect, RuntimeError)

_log = logging.getLogger(__name__)


class Inbox:
    """Messages of a page that wait: all texts, and of the frames the newest.

    Attributes
    ----------
    n_dropped : int
        Frames that were replaced by a newer one since the last one was taken.
    """

    def __init__(self):
        self.n_dropped = 0
        # Who sends more of them at once waits until there is room.
        self._texts: asyncio.Queue[str] = asyncio.Queue(_MAX_TEXTS)
        self._frame: bytes | None = None
        self._changed = asyncio.Event()

    async def fill(self, websocket):
        """Take the messages of a socket until it is closed.

        Parameters
        ----------
        websocket : WebSocket
        """
        with suppress(WebSocketDisconnect):
            while (message := await websocket.receive())["type"] == "websocket.receive":
                text, frame = message.get("text"), message.get("bytes")
                if text is not None:
                    await self._texts.put(text)
                else:
                    self.n_dropped += self._frame is not None
                    self._frame = frame
                self._changed.set()

    async def take(self):
        """Wait for a message.

        Returns
        -------
        message : str or bytes
            Texts come before frames.
        """
        while True:
            await self._changed.wait()
            if not self._texts.empty():
                return self._texts.get_nowait()
            if self._frame is not None:
                frame, self._frame = self._frame, None
                return frame
            self._changed.clear()


class _Camera:
    """The frames of one page, and the tracks in them; the model is shared with the others."""

    def __init__(self, state):
        self._state = state
        self._settings = dict.fromkeys(_SETTINGS)
        self._stream = None
        self._rate = FrameRate()
        self._n_frames = 0

    async def answer(self, message):
        """Change the settings by a text, or recognize a frame.

        Parameters
        ----------
        message : str or bytes

        Returns
        -------
        answer : dict
        """
        work = self._state.work
        try:
            if isinstance(message, str):
                return await work.run(self._change, _read_settings(message))
            return await work.run(self._recognize, message)
        # A broken frame, or a model that goes with no smoothing: the page may go on.
        except FerClassicError as error:
            return {"error": str(error), "status": status_of(error)}
        except ValueError as error:
            return {"error": str(error), "status": 400}
        except Exception as error:
            _log.exception("a frame of a camera cannot be processed")
            name = type(error).__name__
            sentence = f"the program failed on this frame ({name}); its log says where."
            return {"error": sentence, "status": 500}

    def _change(self, changed):
        settings = self._settings | changed
        models = self._state.models
        recognizer = models.recognizer(settings["model"], detector=settings["detector"])
        self._stream = StreamRecognizer(recognizer, smoothing=settings["smoothing"])
        self._settings = settings
        return {
            "settings": settings | {"model": settings["model"] or models.default},
            "expressions": list(recognizer.classes),
            "score_kind": recognizer.score_kind,
        }

    def _recognize(self, frame):
        if self._stream is None:
            self._change({})
        timer = StageTimer()
        with timer.stage("decode"):
            image, _, _ = read_first_frame(
                frame, max_pixels=self._state.limits.pixels, name="the frame"
            )
        faces = self._stream.recognize(image)
        stages = timer.milliseconds | faces.milliseconds
        self._n_frames += 1
        return {
            "frame": self._n_frames - 1,
            "milliseconds": sum(stages.values()),
            "stages": stages,
            "fps": self._rate.count(),
            "width": image.shape[1],
            "height": image.shape[0],
            "faces": faces_to_json(faces),
        }


def _read_settings(text):
    if len(text) > _MAX_TEXT_LENGTH:
        raise ValueError(
            f"a text message changes settings and has {_MAX_TEXT_LENGTH:,} characters at most, got "
            f"{len(text):,}."
        )
    try:
        settings = json.loads(text)
    except ValueError:
        settings = None
    if not isinstance(settings, dict):
        raise ValueError(
            f"a text message changes settings and is a JSON object with {', '.join(_SETTINGS)}, "
            f"got {text[:80]!r}."
        )
    for name, value in settings.items():
        if name not in _SETTINGS:
            raise ValueError(f"no setting is called {name!r}; there are {', '.join(_SETTINGS)}.")
        if not isinstance(value, str | None):
            raise ValueError(f"{name} must be a name or null, got {value!r}.")
    return settings


async def live(websocket):
    """Recognize the faces in the frames of a camera."""
    state = websocket.app.state
    await websocket.accept()
    if state.n_cameras >= _MAX_CAMERAS:
        sentence = f"{state.n_cameras} cameras are in use, and no more are; try again later."
        with suppress(*_GONE):
            await websocket.send_json({"error": sentence, "status": 503})
            await websocket.close(_TRY_AGAIN)
        return
    state.n_cameras += 1
    try:
        async with asyncio.TaskGroup() as tasks:
            inbox = Inbox()
            answering = tasks.create_task(_answer(websocket, inbox, _Camera(state)))
            await inbox.fill(websocket)
            # The page is closed: nobody waits for the frame that may be worked on.
            answering.cancel()
    finally:
        state.n_cameras -= 1


async def _answer(websocket, inbox, camera):
    """Answer one message after the other."""
    with suppress(*_GONE):
        while True:
            message = await inbox.take()
            n_dropped, inbox.n_dropped = inbox.n_dropped, 0
            answer = await camera.answer(message)
            if n_dropped:
                answer["dropped"] = n_dropped
            await websocket.send_json(answer)


routes = [WebSocketRoute("/live", live)]
