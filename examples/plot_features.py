"""
What LBP, Gabor and HOG see
===========================

One face, and three descriptions of it: the local binary pattern of each pixel, the magnitudes
of four Gabor filters, and the gradient orientations in each cell.
"""

# %%
# Faces of the bundled drawings are 48x48 crops.
import matplotlib.pyplot as plt
import numpy as np

from fer_classic.datasets import load_drawn_faces
from fer_classic.features import gabor_energy, hog_descriptor, lbp_codes

images, names = load_drawn_faces(return_X_y=True)
face = images[np.flatnonzero(names == "surprise")[0]]
