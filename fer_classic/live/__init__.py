"""Recognition in photos, videos and camera streams: a source of frames, a recognizer, a sink."""

from fer_classic.live._loop import LiveStats, run_live
from fer_classic.live._overlay import annotate
from fer_classic.live._recognizer import Recognizer
from fer_classic.live._results import NO_FACE, UNCERTAIN, Face, LiveFrame, Quality
from fer_classic.live._sources import ArraySource, CameraSource, VideoSource
from fer_classic.live._stream import StreamRecognizer
from fer_classic.live._writers import JsonLinesSink, WindowSink

__all__ = [
    "NO_FACE",
    "UNCERTAIN",
    "ArraySource",
    "CameraSource",
    "Face",
    "JsonLinesSink",
    "LiveFrame",
    "LiveStats",
    "Quality",
    "Recognizer",
    "StreamRecognizer",
    "VideoSource",
    "WindowSink",
    "annotate",
    "run_live",
]
