"""Preprocessing of images: denoising and illumination normalisation."""

from fer_classic.preprocessing._denoise import Denoiser, denoise
from fer_classic.preprocessing._illumination import Equalizer, equalize

__all__ = ["Denoiser", "Equalizer", "denoise", "equalize"]
