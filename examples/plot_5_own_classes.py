"""
Your own images and classes
===========================

A folder with one subfolder of images per class is a data set. The classes do not have to be
expressions; here they are *asleep* and *awake*.
"""

# %%
# A folder
# --------
# The file names start with the subject: ``s03_1.png``. Action unit 43 closes the eyes.
import tempfile
from pathlib import Path

import cv2
import numpy as np
from sklearn.model_selection import GroupKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from fer_classic.datasets import draw_face, draw_portrait, load_folder
from fer_classic.features import HOGDescriptor
from fer_classic.live import Recognizer
from fer_classic.persistence import load_model, make_card, save_model

rng = np.random.default_rng(0)
folder = Path(tempfile.mkdtemp())
for name, closed in (("asleep", 0.9), ("awake", 0.1)):
    (folder / name).mkdir()
    for subject in range(6):
        for number in range(4):
            units = {43: closed + rng.uniform(-0.1, 0.1), 12: rng.uniform(0, 0.5)}
            file = folder / name / f"s{subject:02d}_{number}.png"
            cv2.imwrite(str(file), draw_face(units))

# %%
# Loading
# -------
# With ``class_names="keep"``, the folder names are the classes. The pattern extracts the subject,
# which keeps all images of a subject in one fold.
bunch = load_folder(folder, class_names="keep", subject_pattern=r"(s\d+)_")
print(bunch.target_names, bunch.images.shape, sorted(set(bunch.subjects)))

# %%
# Fitting
# -------
names = np.asarray(bunch.target_names)[bunch.target]
model = make_pipeline(HOGDescriptor(), SVC())
scores = cross_val_score(model, bunch.images, names, groups=bunch.subjects, cv=GroupKFold(3))
print("accuracy on unseen subjects:", scores)
model.fit(bunch.images, names)

# %%
# Saving and loading
# ------------------
# The model file contains the classes, so commands and tables use them too: ``fer-classic webcam
# --model awake.joblib``.
file = folder / "awake.joblib"
save_model(model, file, card=make_card(model, n_images=len(names)))
loaded, card = load_model(file)

recognizer = Recognizer(loaded, card=card)
for closed in (0.0, 1.0):
    portrait, _ = draw_portrait({43: closed})
    for face in recognizer.recognize(portrait):
        print(f"eyes closed by {closed:.0%}:", face.expression)
