"""Recognition in photos, videos and camera streams: a source of frames, a recognizer, a sink."""

from fer_classic.live._frame_detector import make_frame_detector
from fer_classic.live._recognizer import Recognizer
from fer_classic.live._results import NO_FACE, UNCERTAIN, Face, LiveFrame, Quality
from fer_classic.live._run import LiveStats, StageTime, ending_on_sigterm, run_live
from fer_classic.live._stream import StreamRecognizer
from fer_classic.live._video import recognize_video
from fer_classic.live.drawing import LANGUAGES, annotate, find_font, load_labels
from fer_classic.live.sinks import (
    NullSink,
    PhotoTable,
    Sink,
    SinkGroup,
    TableSink,
    VideoSink,
    WindowSink,
)
from fer_classic.live.sources import (
    ArraySource,
    CameraSource,
    ImageSource,
    Latest,
    Source,
    StreamSource,
    VideoSource,
    open_source,
)
from fer_classic.live.tables import SCHEMA_VERSION, frame_rows, photo_rows, rows_to_frame

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
    "Sink",
    "SinkGroup",
    "Source",
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
