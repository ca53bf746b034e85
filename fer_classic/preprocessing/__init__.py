"""Cleaning images before they are described: noise and illumination."""

from fer_classic.preprocessing._denoise import Denoiser, denoise
from fer_classic.preprocessing._illumination import Equalizer, equalize

__all__ = ["Denoiser", "Equalizer", "denoise", "equalize"]
