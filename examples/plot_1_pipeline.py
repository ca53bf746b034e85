"""
From images to a pipeline
=========================

Load images, chain a few steps into a scikit-learn ``Pipeline``, fit it, and look at its mistakes.
"""

# %%
# The images
# ----------
# The drawn faces come with the library: 16 people, each with six images of eight expressions.
# Images are a batch ``(n, h, w)``; labels are names.
import matplotlib.pyplot as plt
from sklearn.metrics import confusion_matrix
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from fer_classic.datasets import load_drawn_faces
from fer_classic.features import LBPHistogram
from fer_classic.plotting import contact_sheet, plot_confusion_matrix
from fer_classic.preprocessing import Denoiser, Equalizer

faces = load_drawn_faces()
images, names = load_drawn_faces(return_X_y=True)
_, ax = plt.subplots(figsize=(6, 3.6))
contact_sheet(images[:48:6], names[:48:6], columns=4, ax=ax)

# %%
# The pipeline
# ------------
# Each step is a transformer. Twelve people are for training, and the other four for testing, so
# that no face is on both sides.
model = make_pipeline(Denoiser("gaussian"), Equalizer("clahe"), LBPHistogram(), SVC(C=10))
known = faces.subjects <= "D12"
model.fit(images[known], names[known])
print(f"accuracy on new people: {model.score(images[~known], names[~known]):.2f}")

# %%
# The mistakes
# ------------
predicted = model.predict(images[~known])
matrix = confusion_matrix(names[~known], predicted, labels=model.classes_)
_, ax = plt.subplots(figsize=(6, 5))
plot_confusion_matrix(matrix, model.classes_, ax=ax)
plt.show()
