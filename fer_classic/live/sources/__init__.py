"""Where frames come from: arrays, image files, videos, cameras and network streams."""

from fer_classic.live.sources._cameras import CameraSource, Latest, StreamSource
from fer_classic.live.sources._files import ArraySource, ImageSource, VideoSource, open_source
from fer_classic.live.sources._protocol import Source

__all__ = [
    "ArraySource",
    "CameraSource",
    "ImageSource",
    "Latest",
    "Source",
    "StreamSource",
    "VideoSource",
    "open_source",
]
