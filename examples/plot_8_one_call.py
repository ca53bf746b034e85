"""
One call for photos and videos
==============================

``fer_classic.analyze`` finds the faces in photos or a video and names their expressions. Its result
is a table that draws itself.
"""

# %%
# A model
# -------
# These people are drawn, and so are the faces that the model is fitted on. For photos of people,
# leave ``model`` out: the bundled model is the default.
import matplotlib.pyplot as plt
import numpy as np

import fer_classic
from fer_classic.datasets import draw_portrait, load_drawn_faces
from fer_classic.live import ArraySource
from fer_classic.recipes import make_recipe

images, names = load_drawn_faces(n_per_class=2, return_X_y=True)
model = make_recipe("svm_hog").fit(images, names)

# %%
# Photos
# ------
# A path, a folder, an array or a list of these. Action units 6 and 12 make a smile; 1, 2, 5 and 26
# make a face of surprise. A notebook shows the result so:
smile = draw_portrait({6: 0.9, 12: 1.0})[0]
surprise = draw_portrait({1: 1.0, 2: 1.0, 5: 0.6, 26: 1.0})[0]
photos = [smile, surprise, np.full_like(smile, 128)]
fer_classic.analyze(photos, model=model)

# %%
# A row for each face, and one for each photo without faces:
table = fer_classic.analyze(photos, model=model).to_dataframe()
table[["photo", "face", "x", "y", "width", "height", "expression", "sharpness"]].head()

# %%
# A video
# -------
# A path such as ``"talk.mp4"``, or frames in memory as here: the person smiles and is then
# surprised.
frames = []
for k in range(40):
    happy, astonished = max(0.0, 1 - abs(k - 10) / 8), max(0.0, 1 - abs(k - 30) / 8)
    units = {6: 0.9 * happy, 12: happy} | dict.fromkeys((1, 2, 26), astonished)
    frames.append(draw_portrait(units)[0])
talk = fer_classic.analyze(ArraySource(frames, fps=10), model=model)

# %%
# Who was in sight how long, and in what share of the time with which expression:
people = talk.summary(to_dataframe=True)
people[["track", "first_seen", "last_seen", "seconds", "share_happy", "share_surprise"]].head()

# %%
# From when to when, without what is shorter than 0.3 seconds:
talk.episodes(min_seconds=0.3, to_dataframe=True)

# %%
# The same over time:
_, ax = plt.subplots(figsize=(7, 1.6), layout="compressed")
talk.plot_timeline(ax=ax)
plt.show()
