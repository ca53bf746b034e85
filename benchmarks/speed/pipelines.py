"""Whole pipelines, on faces and in the frames of a camera."""

from collections import defaultdict
from itertools import chain, product
from time import perf_counter

import numpy as np

from benchmarks._threads import one_thread
from benchmarks.speed.arithmetic import bare_predict
from benchmarks.speed.clips import Clips
from benchmarks.speed.timings import Row, take_turns, timing_of, timing_of_frames
from fer_classic.datasets import load_drawn_faces
from fer_classic.expressions import decode
from fer_classic.faces import intersection_over_union
from fer_classic.live import (
    ArraySource,
    Recognizer,
    StreamRecognizer,
    annotate,
    make_frame_detector,
    run_live,
)
from fer_classic.persistence import load_bundled
from fer_classic.recipes import make_recipe

__all__ = ["time_frames", "time_predict"]

# Whole pipelines, from image to name, against the network in their place; and the network against
# those that people copy.
PIPELINES = {
    "cnn": ("svm_lbp", "svm_hog", "svm_gabor", "svm_fusion"),
    "cnn_narrow": ("cnn",),
    "cnn_wide": ("cnn",),
    "cnn_elu_vgg": ("cnn",),
    "cnn_conv1x1_prelu": ("cnn",),
    "cnn_plain3": ("cnn",),
    "cnn_four_block": ("cnn",),
}
_BATCHES = (1, 64)
BUNDLED_BATCHES = (1, 1000)
# Single faces take so little time that they are timed more often.
_SINGLE = 10


def _fit(recipe, data):
    """Fit a recipe on few faces; a network takes the same time whatever it has learned."""
    settings = {"cnn__epochs": 1} if recipe.startswith("cnn") else {}
    return make_recipe(recipe, **settings).fit(data.images, decode(data.target))


def time_predict(repeats, *, pipelines=PIPELINES, bundled_batches=BUNDLED_BATCHES):
    """Time whole pipelines on single faces and in batches.

    The bundled ``svm_fast`` against its arithmetic alone, without validation and copies; and
    recipes against networks.

    Parameters
    ----------
    repeats : int
        Timings of each.
    pipelines : dict of str to tuple of str
        For each recipe the recipes that are timed against it.
    bundled_batches : tuple of int
        Faces at a time that the bundled model ``svm_fast`` gets.

    Yields
    ------
    row : Row
    """
    yield from _time_bundled(repeats, bundled_batches)
    data = load_drawn_faces(n_subjects=8, n_per_class=4)
    fitted = {}
    for theirs, all_ours in pipelines.items():
        for ours, n_faces in product(all_ours, _BATCHES):
            for name in {ours, theirs} - fitted.keys():
                fitted[name] = _fit(name, data)
            pair = [fitted[name].predict for name in (ours, theirs)]
            subject, against = (f"{name}, batch of {n_faces}" for name in (ours, theirs))
            yield _time_pair(subject, against, pair, data.images[:n_faces], repeats)


def _time_bundled(repeats, batches):
    model, _ = load_bundled("svm_fast")
    faces = load_drawn_faces(n_subjects=8).images
    for n_faces in batches:
        batch = np.resize(faces, (n_faces, *faces.shape[1:]))
        pair = model.predict, bare_predict(model)
        yield _time_pair(
            f"bundled model, batch of {n_faces}", "its arithmetic alone", pair, batch, repeats
        )


def _time_pair(subject, against, pair, faces, repeats):
    if len(faces) == 1:
        repeats *= _SINGLE
    ours, theirs = (lambda predict=predict: predict(faces) for predict in pair)
    with one_thread():
        pair = take_turns(ours, theirs, repeats)
    ours, theirs = (timing_of(s, n_units=len(faces), shape=faces.shape) for s in pair)
    return Row(
        part="predict", subject=subject, against=against, unit="face", ours=ours, theirs=theirs
    )


# Faces are detected in every fifth frame, as the programs do by default; or in each.
_EVERY = (5, 1)


class _Drawing:
    """A sink that draws what a window would show, and notes when each frame is done."""

    def __enter__(self):
        self.done, self.boxes, self.stages = [perf_counter()], [], []
        return self

    def __exit__(self, *exc_info):
        return None

    def write(self, frame):
        annotate(frame.image, frame.faces, fps=frame.fps, milliseconds=frame.milliseconds)
        self.done.append(perf_counter())
        self.boxes.append([face.box for face in frame.faces])
        # Frames that lie in memory are not grabbed.
        self.stages.append({k: v for k, v in frame.milliseconds.items() if k != "grab"})
        return True


def time_frames(repeats, *, clips=None):
    """Time whole frames with the bundled ``svm_fast`` against detection in each of them.

    Parameters
    ----------
    repeats : int
        How often each clip is gone through.
    clips : Clips, optional

    Yields
    ------
    row : Row
    """
    model, card = load_bundled("svm_fast")
    detector = make_frame_detector()
    recognizer = Recognizer(model, card=card, detector=detector)
    for name, frames in clips or Clips():
        seconds = {every: [] for every in _EVERY}
        stages = defaultdict(list)
        # The first turn loads fonts and the like, and is not counted.
        for turn, every in product(range(1 + repeats), _EVERY):
            stream, sink = StreamRecognizer(recognizer, detect_every=every), _Drawing()
            with one_thread():
                run_live(ArraySource(frames), stream, sink)
            if not turn:
                continue
            seconds[every] += np.diff(sink.done).tolist()
            if every > 1:
                boxes = sink.boxes
                for stage, milliseconds in chain.from_iterable(map(dict.items, sink.stages)):
                    stages[stage].append(milliseconds)
        ours, theirs = (timing_of_frames(seconds[every], frames) for every in _EVERY)
        overlaps = _overlaps(boxes, [detector.detect(frame)[0] for frame in frames])
        yield Row(
            part="frames",
            subject=name,
            against="detection in each frame",
            unit="frame",
            ours=ours,
            theirs=theirs,
            stages={stage: np.quantile(t, [0.5, 0.95]).tolist() for stage, t in stages.items()},
            overlap=np.quantile(overlaps, [0.5, 0.05]).tolist(),
        )


def _overlaps(followed, detected):
    """Overlap of each detected face with the box that fits it best; 0 for a face without one."""
    return [
        best
        for ours, theirs in zip(followed, detected, strict=True)
        for best in intersection_over_union(theirs, ours).max(axis=1, initial=0)
    ]
