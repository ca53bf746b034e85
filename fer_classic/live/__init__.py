"""Recognition in photos, videos and camera streams: a source of frames, a recognizer, a sink."""

from fer_classic.live._batch import PhotoCounts, recognize_in_parts, recognize_videos
from fer_classic.live._frame_detector import make_frame_detector
from fer_classic.live._photos import find_photos, recognize_photos
from fer_classic.live._recognizer import Recognizer
from fer_classic.live._results import (
    NO_FACE,
    UNCERTAIN,
    Face,
    Faces,
    FrameResult,
    PhotoResult,
    Quality,
)
from fer_classic.live._run import LiveStats, run_live
from fer_classic.live._stream import StreamRecognizer, recognize_video
from fer_classic.live.drawing import LANGUAGES, annotate, load_labels
from fer_classic.live.sinks import (
    MultiSink,
    NullSink,
    PhotoTable,
    Sink,
    TableSink,
    VideoSink,
    WindowSink,
)
from fer_classic.live.sources import (
    ArraySource,
    CameraSource,
    ImageSource,
    Source,
    StreamSource,
    VideoSource,
    open_source,
)
from fer_classic.live.tables import SCHEMA_VERSION

__all__ = [
    "LANGUAGES",
    "NO_FACE",
    "SCHEMA_VERSION",
    "UNCERTAIN",
    "ArraySource",
    "CameraSource",
    "Face",
    "Faces",
    "FrameResult",
    "ImageSource",
    "LiveStats",
    "MultiSink",
    "NullSink",
    "PhotoCounts",
    "PhotoResult",
    "PhotoTable",
    "Quality",
    "Recognizer",
    "Sink",
    "Source",
    "StreamRecognizer",
    "StreamSource",
    "TableSink",
    "VideoSink",
    "VideoSource",
    "WindowSink",
    "annotate",
    "find_photos",
    "load_labels",
    "make_frame_detector",
    "open_source",
    "recognize_in_parts",
    "recognize_photos",
    "recognize_video",
    "recognize_videos",
    "run_live",
]
