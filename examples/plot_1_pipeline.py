"""
From images to a pipeline
=========================

Load images, build a scikit-learn ``Pipeline``, fit it, and inspect its mistakes.
"""

# %%
# The images
# ----------
# The drawn faces are part of the library: 16 subjects with six images of each of eight expressions.
# Images are an array of shape ``(n, h, w)``; labels are names.
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
# Each step is a transformer. The training set has 12 subjects and the test set the other four, so
# no subject is in both sets.
model = make_pipeline(Denoiser("gaussian"), Equalizer("clahe"), LBPHistogram(), SVC(C=10))
train = faces.subjects <= "D12"
model.fit(images[train], names[train])
print(f"accuracy on unseen subjects: {model.score(images[~train], names[~train]):.2f}")

# %%
# The mistakes
# ------------
predicted = model.predict(images[~train])
matrix = confusion_matrix(names[~train], predicted, labels=model.classes_)
_, ax = plt.subplots(figsize=(6, 5))
plot_confusion_matrix(matrix, model.classes_, ax=ax)
plt.show()
