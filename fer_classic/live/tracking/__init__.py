"""Which face is which from frame to frame, and predictions smoothed along each track."""

from fer_classic.live.tracking._smoothing import SMOOTHINGS, make_smoothing
from fer_classic.live.tracking._tracker import FaceTracker

__all__ = ["SMOOTHINGS", "FaceTracker", "make_smoothing"]
