"""Recognition in photos, videos and camera streams: a source of frames, a recognizer, a sink."""

from fer_classic.live._annotated import VideoSink
from fer_classic.live._capture import CameraSource, Latest, StreamSource
from fer_classic.live._frame_detector import make_frame_detector
from fer_classic.live._labels import LANGUAGES, load_labels
from fer_classic.live._loop import LiveStats, StageTime, ending_on_sigterm, run_live
from fer_classic.live._overlay import annotate
from fer_classic.live._recognizer import Recognizer
from fer_classic.live._results import NO_FACE, UNCERTAIN, Face, LiveFrame, Quality
from fer_classic.live._sinks import NullSink, SinkGroup
from fer_classic.live._sources import ArraySource, ImageSource, VideoSource, open_source
from fer_classic.live._stream import StreamRecognizer
from fer_classic.live._table import SCHEMA_VERSION, frame_rows, photo_rows, rows_to_frame
from fer_classic.live._text import find_font
from fer_classic.live._video import recognize_video
from fer_classic.live._windows import WindowSink
from fer_classic.live._writers import PhotoTable, TableSink

__all__ = [
    "LANGUAGES",
    "NO_FACE",
    "SCHEMA_VERSION",
    "UNCERTAIN",
    "ArraySource",
    "CameraSource",
    "Face",
    "ImageSource",
    "Latest",
    "LiveFrame",
    "LiveStats",
    "NullSink",
    "PhotoTable",
    "Quality",
    "Recognizer",
    "SinkGroup",
    "StageTime",
    "StreamRecognizer",
    "StreamSource",
    "TableSink",
    "VideoSink",
    "VideoSource",
    "WindowSink",
    "annotate",
    "ending_on_sigterm",
    "find_font",
    "frame_rows",
    "load_labels",
    "make_frame_detector",
    "open_source",
    "photo_rows",
    "recognize_video",
    "rows_to_frame",
    "run_live",
]
