"""Recognition in photos, videos and camera streams: a source of frames, a recognizer, a sink."""

from fer_classic.live._loop import LiveFrame, LiveStats, run_live
from fer_classic.live._overlay import annotate
from fer_classic.live._recognizer import Face, Recognizer
from fer_classic.live._sources import ArraySource, CameraSource, VideoSource
from fer_classic.live._writers import JsonLinesSink, WindowSink

__all__ = [
    "ArraySource",
    "CameraSource",
    "Face",
    "JsonLinesSink",
    "LiveFrame",
    "LiveStats",
    "Recognizer",
    "VideoSource",
    "WindowSink",
    "annotate",
    "run_live",
]
