"""The web socket of the page: frames a second, and their time."""

import io
import json
from dataclasses import replace
from time import perf_counter

import numpy as np
from PIL import Image

from benchmarks.speed.clips import moving_faces
from benchmarks.speed.service import running_service
from benchmarks.speed.timings import Row, timing_of_frames
from fer_classic.exceptions import FerClassicError
from fer_classic.live import Recognizer, StreamRecognizer
from fer_classic.persistence import load_bundled
from fer_classic.utils import read_image
from fer_classic.utils._optional import import_optional

__all__ = ["exchange", "time_camera"]

MODELS = ("svm_fast", "cnn")
_SIZE, _N_FRAMES = (640, 480), 90
# Of a canvas in a browser, when nothing else is asked for.
_QUALITY = 80


def time_camera(repeats, *, models=MODELS):
    """Time frames that go to the page's web socket one after the other, as JPEG.

    Against the library in a loop, from the content of the file to the smoothed scores.

    Parameters
    ----------
    repeats : int
        How often the clip is sent.
    models : tuple of str
        Names of included models.

    Yields
    ------
    row : Row
        For each model.
    """
    client = import_optional(
        "websockets.sync.client", extra="app", purpose="timing the camera of the page"
    )
    frames = moving_faces(_SIZE, 1, _N_FRAMES)
    files = [encode(frame) for frame in frames]
    with running_service("app", "--no-browser") as address:
        for name in models:
            with client.connect(f"{address.replace('http', 'ws')}/live") as socket:
                socket.send(json.dumps({"model": name}))
                socket.recv()
                # The first turn loads the networks, and is not counted.
                seconds = [exchange(socket, files) for _ in range(1 + repeats)][1:]
            waited = 1000 * np.quantile(seconds, [0.5, 0.95])
            yield Row(
                part="camera",
                subject=f"{name}, 640x480, 1 face",
                against="the library in a loop",
                unit="frame",
                ours=_timing(seconds, frames),
                theirs=_timing(_time_alone(name, files, repeats), frames),
                stages={"request": waited.tolist()},
            )


def encode(frame):
    """Give a frame as the content of a JPEG file."""
    file = io.BytesIO()
    Image.fromarray(frame[..., ::-1]).save(file, "JPEG", quality=_QUALITY)
    return file.getvalue()


def exchange(socket, files):
    """Send frames, each when the answer to the one before is there.

    Parameters
    ----------
    socket : object
        Has ``send(message)`` and ``recv()``.
    files : list of bytes
        The frames.

    Returns
    -------
    seconds : list of float
        Of each frame.

    Raises
    ------
    FerClassicError
        If an answer has no face.
    """
    seconds = []
    for file in files:
        start = perf_counter()
        socket.send(file)
        answer = socket.recv()
        seconds.append(perf_counter() - start)
        if not json.loads(answer).get("faces"):
            raise FerClassicError(f"a frame was not recognized: {answer}")
    return seconds


def _timing(seconds, frames):
    # Faces are detected in some frames only, so that the mean says how many there are in a second.
    return replace(timing_of_frames(np.ravel(seconds), frames), seconds=float(np.mean(seconds)))


def _time_alone(name, files, repeats):
    model, card = load_bundled(name)
    stream, seconds = StreamRecognizer(Recognizer(model, card=card)), []
    for _ in range(1 + repeats):
        for file in files:
            start = perf_counter()
            stream.recognize(read_image(file))
            seconds.append(perf_counter() - start)
    return seconds[len(files) :]
