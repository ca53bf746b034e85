"""
A pipeline of one's own in the webcam loop
==========================================

The loop of ``fer-classic webcam`` has three parts: a source of frames, a recognizer, a sink. Each
can be replaced. Here the frames are drawn, the model is a plain scikit-learn pipeline, and the
sink keeps pictures instead of opening a window.
"""

# %%
# A model
# -------
# Any fitted classifier of face crops will do.
import matplotlib.pyplot as plt
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from fer_classic.datasets import draw_portrait, load_drawn_faces
from fer_classic.features import HOGDescriptor
from fer_classic.live import ArraySource, Recognizer, StreamRecognizer, annotate, run_live

images, names = load_drawn_faces(return_X_y=True)
model = make_pipeline(HOGDescriptor(), SVC(C=10)).fit(images, names)

# %%
# A source
# --------
# A person who begins to smile: action units 6 (cheeks) and 12 (corners of the lips). For a camera,
# use ``CameraSource()``.
frames = [draw_portrait({6: 0.9 * k / 11, 12: k / 11})[0] for k in range(12)]
source = ArraySource(frames, fps=12)


# %%
# A sink
# ------
# A context manager with a method ``write``; the loop ends when it returns False.
class Pictures:
    """Keeps an annotated copy of every frame."""

    def __enter__(self):
        self.pictures = []
        return self

    def __exit__(self, *exc_info):
        return None

    def write(self, frame):
        """Annotate a frame and keep it."""
        self.pictures.append(annotate(frame.image, frame.faces))


# %%
# The loop
# --------
# ``StreamRecognizer`` adds tracks and smoothing to the recognizer. The model was fitted on drawn
# faces and is near chance on photos; the library warns of that when it knows.
sink = Pictures()
stats = run_live(source, StreamRecognizer(Recognizer(model)), sink)
print(f"{stats.frames} frames, {stats.faces} faces")

_, axes = plt.subplots(1, 3, figsize=(9, 4))
for ax, picture in zip(axes, sink.pictures[::5], strict=True):
    ax.imshow(picture[..., ::-1])  # BGR, as OpenCV has it
    ax.set_axis_off()
plt.show()
