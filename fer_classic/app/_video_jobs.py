"""The job of a video: from the file to a table, a timeline and an annotated copy."""

import logging
import os
import shutil
import threading
import time
from contextlib import AbstractContextManager
from pathlib import Path

from fer_classic.analysis import Timeline
from fer_classic.exceptions import FerClassicError
from fer_classic.live import (
    MultiSink,
    StreamRecognizer,
    TableSink,
    VideoSink,
    VideoSource,
    annotate,
    run_live,
)
from fer_classic.utils._files import describe_error

__all__ = ["RESULTS", "VideoJob"]

RESULTS = {"table_url": "table.csv", "json_url": "table.json", "annotated_url": "annotated.mp4"}
"""Files that are made of a video, by the field of an answer that holds their address."""

_TABLE, _JSON, _ANNOTATED = RESULTS.values()
_LINES = "table.jsonl"

# Seconds for the frame that is being worked on when a video is cancelled.
_CANCEL_TIMEOUT = 5.0
# Shorter runs of an expression would make a timeline of a long video unreadable.
_MIN_SECONDS = 0.5

_log = logging.getLogger(__name__)


class VideoJob(AbstractContextManager):
    """Recognizes the faces in the frames of a video file; its own sink of frames.

    Parameters
    ----------
    path : pathlib.Path
        The video, which is deleted when it is done. The results are written to its folder.
    stream : StreamRecognizer
        Recognizes the faces.
    name : str, default="the video"
        What messages call the video.
    draw : callable, default=annotate
        Draws a frame of the copy, as for :class:`~fer_classic.live.VideoSink`.
    clock : callable, default=time.monotonic
        Gives the time in seconds.

    Attributes
    ----------
    state : {"queued", "running", "done", "failed", "cancelled"}
    n_frames : int
        Frames that are done.
    message : str or None
        Why it failed, or what is missing in the results.
    """

    def __init__(
        self,
        path: Path,
        stream: StreamRecognizer,
        *,
        name="the video",
        draw=annotate,
        clock=time.monotonic,
    ):
        self.path = path
        self.name = name
        self.stream = stream
        self.draw = draw
        self.clock = clock
        self.state = "queued"
        self.n_frames = 0
        self.message: str | None = None
        self._total: int | None = None
        self._start = clock()
        self._timeline: Timeline | None = None
        self._started, self._stop, self._ended = (threading.Event() for _ in range(3))

    def cancel(self):
        """End it after its current frame, and delete its folder.

        Returns when it writes nothing more, or after five seconds.
        """
        self._stop.set()
        if self._started.is_set():
            self._ended.wait(_CANCEL_TIMEOUT)

    @property
    def is_over(self):
        """Whether it is neither queued nor running."""
        return self.state not in ("queued", "running")

    def run(self):
        """Process the video, unless it was cancelled; errors become the ``message``."""
        self._started.set()
        try:
            if self._stop.is_set():
                self.state = "cancelled"
            else:
                self._run()
        finally:
            if self._stop.is_set():
                # Again, since it may have taken longer to end than was waited for.
                shutil.rmtree(self.path.parent, ignore_errors=True)
            self._ended.set()

    def _run(self):
        self.state, self._start = "running", self.clock()
        try:
            try:
                self._recognize()
            finally:
                # What was sent is not needed any more.
                self.path.unlink(missing_ok=True)
        except (FerClassicError, OSError, ValueError) as error:
            self._fail(describe_error(error))
        except Exception as error:
            _log.exception("a video cannot be processed")
            self._fail(
                f"the program failed on {self.name} ({type(error).__name__}); its log says where."
            )
        else:
            self.state = "cancelled" if self._stop.is_set() else "done"

    def _recognize(self):
        source = VideoSource(self.path)
        self._total = source.n_frames
        classes = self.stream.classes
        timeline = Timeline(classes, fps=source.fps)
        lines = self.path.with_name(_LINES)
        tables = [TableSink(path, classes) for path in (self.path.with_name(_TABLE), lines)]
        annotated = VideoSink(
            self.path.with_name(_ANNOTATED), source.fps, draw=self.draw, sound=self.path
        )
        stats = run_live(source, self.stream, MultiSink(self, *tables, timeline, annotated))
        _make_array(lines, self.path.with_name(_JSON))
        self._timeline = timeline
        problems = [] if source.damage is None else [self._named(source.damage)]
        if not stats.faces:
            problems.insert(0, f"no face was found in the {stats.frames} frames of {self.name}.")
        self.message = " ".join(problems) or None

    def _fail(self, problem):
        self.message = self._named(problem)
        self.state = "failed"

    def _named(self, problem):
        """Replace the path of the video in a message by its name."""
        folder = f"{self.path.parent}{os.sep}"
        return problem.replace(str(self.path), self.name).replace(folder, "")

    def __exit__(self, *exc_info):
        return None

    def write(self, result):
        """Count a frame; False ends the run when the job was cancelled."""
        self.n_frames += 1
        return not self._stop.is_set()

    def progress(self):
        """Report the progress.

        Returns
        -------
        progress : dict
            ``state``, ``frames`` that are done, ``progress`` (0 to 1) and ``seconds_left``, None
            where the file does not say how many frames it has; ``message`` and, of what failed,
            ``error``.
        """
        share = seconds_left = None
        if self.state == "done":
            share, seconds_left = 1.0, 0.0
        elif self._total:
            # The number in the file is an estimate.
            share = min(self.n_frames / self._total, 0.99)
            if share:
                seconds_left = round((self.clock() - self._start) * (1 / share - 1), 1)
        found = {
            "state": self.state,
            "frames": self.n_frames,
            "progress": share,
            "seconds_left": seconds_left,
        }
        if self.message is not None:
            found["error" if self.state == "failed" else "message"] = self.message
        return found

    def summary(self):
        """Summarize which expressions each person showed, when and for how long.

        Returns
        -------
        summary : dict
            ``seconds`` of the video; ``people``, see :meth:`Timeline.summary`, with ``shares`` and
            ``scores`` by expression; and ``timeline``, see :meth:`Timeline.episodes`. A person's
            number is ``id``.
        """
        return {
            "seconds": self._timeline.end - self._timeline.start,
            "people": [_nested(person) for person in self._timeline.summary()],
            "timeline": [
                {"id" if name == "track" else name: value for name, value in episode.items()}
                for episode in self._timeline.episodes(min_seconds=_MIN_SECONDS)
            ],
        }


def _make_array(lines, path):
    """Make one JSON array of a file of JSON lines, which may be larger than the memory."""
    with open(lines, "rb") as source, open(path, "wb") as file:
        file.write(b"[")
        for number, line in enumerate(source):
            file.write((b",\n" if number else b"\n") + line.rstrip())
        file.write(b"\n]\n")
    lines.unlink()


def _nested(person):
    """Gather the columns of shares and of scores of a person in one field each."""
    found = {"id": person["track"]}
    for prefix, field in (("share_", "shares"), ("score_", "scores")):
        found[field] = {
            name.removeprefix(prefix): value
            for name, value in person.items()
            if name.startswith(prefix)
        }
    plain = ("first_seen", "last_seen", "seconds", "frames", "expression")
    return found | {name: person[name] for name in plain}
