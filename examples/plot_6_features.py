"""
Visualising LBP, Gabor and HOG
==============================

Three descriptors of a photo of a face and of a drawn face: the local binary pattern of each pixel,
the magnitudes of Gabor filters, and the gradient orientations in each cell.
"""

# %%
# Two faces
# ---------
# The astronaut's face is detected and cropped to 48x48 pixels, the size of the drawn faces.
import matplotlib.pyplot as plt
import numpy as np
from skimage.data import astronaut

from fer_classic.datasets import draw_face
from fer_classic.faces import FaceCropper
from fer_classic.features import gabor_energy, hog_descriptor, lbp_codes
from fer_classic.utils import as_gray

photo = as_gray(astronaut()[..., ::-1])  # from RGB to BGR
faces = [FaceCropper().transform([photo])[0], draw_face({6: 0.9, 12: 1.0})]


def show(rows, titles, **options):
    """Draw the images of each face in one row."""
    _, axes = plt.subplots(len(rows), len(titles), figsize=(2 * len(titles), 4.4), squeeze=False)
    for row, images in zip(axes, rows, strict=True):
        for ax, image in zip(row, images, strict=True):
            ax.imshow(image, **options)
            ax.set_axis_off()
    for ax, title in zip(axes[0], titles, strict=True):
        ax.set_title(title)
    plt.tight_layout()


# %%
# Local binary patterns
# ---------------------
# Each pixel is compared with eight neighbours on a circle, whose radius sets the scale. Of the 59
# codes, 58 are uniform patterns and the last one is shared by all other patterns. ``LBPHistogram``
# counts the codes in each cell of a grid.
radii = (1, 2, 3)
show(
    [[face, *(lbp_codes(face, radius=radius) for radius in radii)] for face in faces],
    ["face", *(f"radius {radius}" for radius in radii)],
    cmap="gray",
)

# %%
# Gabor magnitudes
# ----------------
# A filter responds to edges perpendicular to its direction: 0 degrees to vertical edges, 90 degrees
# to horizontal edges such as the mouth and the brows.
orientations = (0, 45, 90, 135)
show(
    [[face / 255, *(gabor_energy(face, 8, angle) for angle in orientations)] for face in faces],
    ["face", *(f"{angle} degrees" for angle in orientations)],
    cmap="magma",
)

# %%
# Histograms of oriented gradients
# --------------------------------
# Each cell has a histogram of gradient orientations. Each line shows one bin: its length is the
# value of the bin, and its direction is that of the edge, perpendicular to the gradient.
cell, orientations = 6, 9
_, axes = plt.subplots(1, 2, figsize=(8, 4))
for ax, face in zip(axes, faces, strict=True):
    histograms = hog_descriptor(
        face, orientations=orientations, pixels_per_cell=(cell, cell), cells_per_block=(1, 1)
    ).reshape(48 // cell, 48 // cell, orientations)
    ax.imshow(face, cmap="gray", alpha=0.5)
    for (row, column, k), weight in np.ndenumerate(histograms):
        angle = np.pi * (k + 0.5) / orientations  # of the gradient, relative to the horizontal
        half = 0.5 * cell * weight * np.array([-np.sin(angle), np.cos(angle)])
        x, y = cell * (column + 0.5) - 0.5, cell * (row + 0.5) - 0.5
        ax.plot([x - half[0], x + half[0]], [y - half[1], y + half[1]], color="tab:red", lw=1)
    ax.set_axis_off()
plt.show()
