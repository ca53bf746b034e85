"""Finding faces and cutting them out."""

from fer_classic.faces._blazeface import BlazeFaceDetector
from fer_classic.faces._boxes import intersection_over_union, square_around
from fer_classic.faces._crop import FaceCropper, crop_face
from fer_classic.faces._detectors import DETECTORS, make_detector
from fer_classic.faces._haar import HaarDetector
from fer_classic.faces._mtcnn import MTCNNDetector
from fer_classic.faces._protocol import Detector
from fer_classic.faces._pyramid import PyramidDetector
from fer_classic.faces._yunet import YuNetDetector

__all__ = [
    "DETECTORS",
    "BlazeFaceDetector",
    "Detector",
    "FaceCropper",
    "HaarDetector",
    "MTCNNDetector",
    "PyramidDetector",
    "YuNetDetector",
    "crop_face",
    "intersection_over_union",
    "make_detector",
    "square_around",
]
