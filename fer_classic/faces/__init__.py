"""Finding faces and cutting them out."""

from fer_classic.faces._align import (
    FaceAligner,
    align_face,
    cut_face,
    face_corners,
    turn_upright,
)
from fer_classic.faces._blazeface import BlazeFaceDetector
from fer_classic.faces._boxes import intersection_over_union, square_around
from fer_classic.faces._crop import FaceCropper, crop_face
from fer_classic.faces._detectors import DETECTORS, make_detector
from fer_classic.faces._eyes import find_eyes
from fer_classic.faces._haar import HaarDetector
from fer_classic.faces._model_files import MODEL_FILES, download_model, model_path
from fer_classic.faces._mtcnn import MTCNNDetector
from fer_classic.faces._protocol import Detector
from fer_classic.faces._pyramid import PyramidDetector
from fer_classic.faces._yunet import YuNetDetector

__all__ = [
    "DETECTORS",
    "MODEL_FILES",
    "BlazeFaceDetector",
    "Detector",
    "FaceAligner",
    "FaceCropper",
    "HaarDetector",
    "MTCNNDetector",
    "PyramidDetector",
    "YuNetDetector",
    "align_face",
    "crop_face",
    "cut_face",
    "download_model",
    "face_corners",
    "find_eyes",
    "intersection_over_union",
    "make_detector",
    "model_path",
    "square_around",
    "turn_upright",
]
