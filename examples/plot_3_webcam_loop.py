"""
Using your own pipeline in the webcam loop
==========================================

The loop of ``fer-classic webcam`` has three parts: a source of frames, a recognizer and a sink. You
can replace each of them. Here, the frames are drawn, the model is a scikit-learn pipeline, and the
sink stores pictures instead of opening a window.
"""

# %%
# A model
# -------
# Any fitted classifier of face crops can be used.
import matplotlib.pyplot as plt
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from fer_classic.datasets import draw_portrait, load_drawn_faces
from fer_classic.features import GaborBank
from fer_classic.live import ArraySource, Recognizer, StreamRecognizer, annotate, run_live

images, names = load_drawn_faces(n_per_class=2, return_X_y=True)
model = make_pipeline(GaborBank(), SVC(C=10)).fit(images, names)

# %%
# A source
# --------
# The drawn person frowns, then smiles: action units 4 (brow lowerer), 6 (cheek raiser) and 12 (lip
# corner puller). For a camera, use ``CameraSource()``.
frames = [draw_portrait({4: 1 - k / 11, 6: 0.9 * k / 11, 12: k / 11})[0] for k in range(12)]
source = ArraySource(frames, fps=12)


# %%
# A sink
# ------
# A sink is a context manager with a method ``write``. The loop stops when ``write`` returns False.
class Pictures:
    """Store an annotated copy of each frame."""

    def __enter__(self):
        self.pictures = []
        return self

    def __exit__(self, *exc_info):
        return None

    def write(self, frame):
        """Annotate a frame and store it."""
        self.pictures.append(annotate(frame.image, frame.faces))


# %%
# The loop
# --------
# ``StreamRecognizer`` adds tracking and smoothing to the recognizer. The model was fitted on drawn
# faces, so it performs near chance on photos.
sink = Pictures()
stats = run_live(source, StreamRecognizer(Recognizer(model)), sink)
print(f"{stats.frames} frames, {stats.faces} faces")

_, axes = plt.subplots(1, 3, figsize=(9, 4))
for ax, picture in zip(axes, sink.pictures[::5], strict=True):
    ax.imshow(picture[..., ::-1])  # from BGR to RGB
    ax.set_axis_off()
plt.show()
