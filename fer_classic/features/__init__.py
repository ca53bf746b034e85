"""Feature extraction: LBP, Gabor magnitudes, HOG, SIFT, learned patches and visual words."""

from fer_classic.features._extract import extract_features
from fer_classic.features._fisher import FisherVectors
from fer_classic.features._flatten import Flatten
from fer_classic.features._gabor import GaborBank, gabor_energy, gabor_kernel
from fer_classic.features._hog import HOGDescriptor, hog_descriptor
from fer_classic.features._lbp import LBPHistogram, lbp_histogram
from fer_classic.features._lbp_codes import lbp_codes
from fer_classic.features._patches import PatchDictionary
from fer_classic.features._reduced_features import ReducedFeatures
from fer_classic.features._sift import DenseSIFT, dense_sift
from fer_classic.features._symmetric import SymmetricFeatures
from fer_classic.features._visual_words import BagOfVisualWords

__all__ = [
    "BagOfVisualWords",
    "DenseSIFT",
    "FisherVectors",
    "Flatten",
    "GaborBank",
    "HOGDescriptor",
    "LBPHistogram",
    "PatchDictionary",
    "ReducedFeatures",
    "SymmetricFeatures",
    "dense_sift",
    "extract_features",
    "gabor_energy",
    "gabor_kernel",
    "hog_descriptor",
    "lbp_codes",
    "lbp_histogram",
]
