"""
A table from a video, and its plot
==================================

Convert a video to a table with one row per face and frame, and plot the expressions over time. The
command ``fer-classic video FILE --table FILE`` writes the same table.
"""

# %%
# A video
# -------
# A drawn person smiles, then looks surprised.
import tempfile
from pathlib import Path

import cv2
import matplotlib.pyplot as plt

from fer_classic.datasets import draw_portrait, load_drawn_faces
from fer_classic.live import Recognizer, recognize_video
from fer_classic.recipes import make_recipe

path = Path(tempfile.mkdtemp()) / "talk.avi"
writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 10, (240, 320))
for k in range(40):
    smile, surprise = max(0.0, 1 - abs(k - 10) / 8), max(0.0, 1 - abs(k - 30) / 8)
    units = {6: 0.9 * smile, 12: smile, 1: surprise, 2: surprise, 5: 0.6 * surprise, 26: surprise}
    writer.write(cv2.cvtColor(draw_portrait(units)[0], cv2.COLOR_GRAY2BGR))
writer.release()

# %%
# The table
# ---------
# For videos of real people, use the bundled model: ``load_bundled()``.
images, names = load_drawn_faces(n_per_class=2, return_X_y=True)
recognizer = Recognizer(make_recipe("svm_hog").fit(images, names))
table = recognize_video(path, recognizer, to_dataframe=True)
table[["frame", "time", "track", "x", "y", "expression", "score_happy", "score_surprise"]].head()

# %%
# The plot
# --------
# Frames without a face have a row with empty scores, so gaps are visible in the plot.
_, ax = plt.subplots(figsize=(7, 3))
for expression in ("neutral", "happy", "surprise"):
    ax.plot(table["time"], table[f"score_{expression}"], label=expression)
ax.set_xlabel("time in seconds")
ax.set_ylabel("probability, smoothed")
ax.legend()
ax.figure.tight_layout()
plt.show()
