"""One call for a photo, a folder or a video, and a result that is a table and draws itself."""

from fer_classic.analysis._analyze import analyze
from fer_classic.analysis._photos import PhotoAnalysis
from fer_classic.analysis._timeline import Timeline
from fer_classic.analysis._video import VideoAnalysis

__all__ = ["PhotoAnalysis", "Timeline", "VideoAnalysis", "analyze"]
