"""Describing faces by numbers: LBP histograms, Gabor magnitudes, oriented gradients, pixels."""

from fer_classic.features._flatten import Flatten
from fer_classic.features._gabor import GaborBank, gabor_energy, gabor_kernel
from fer_classic.features._hog import HOGDescriptor, hog_descriptor
from fer_classic.features._lbp import LBPHistogram, lbp_codes, lbp_histogram

__all__ = [
    "Flatten",
    "GaborBank",
    "HOGDescriptor",
    "LBPHistogram",
    "gabor_energy",
    "gabor_kernel",
    "hog_descriptor",
    "lbp_codes",
    "lbp_histogram",
]
