"""Photos without a face, in commands that fit or score models."""

import contextlib
import sys
import warnings

__all__ = ["naming_photos_without_face"]


@contextlib.contextmanager
def naming_photos_without_face(model, data, *, recipe=False):
    """Say once, after the block, in which images of a data set a model has found no face.

    Parameters
    ----------
    model : estimator
        Works on the images in the block.
    data : Selection
        The images.
    recipe : bool, default=False
        Whether the model is made by a recipe, so that ``--set`` can change its detector.
    """
    from fer_classic.exceptions import NoFaceWarning

    show, missed = warnings.showwarning, []

    def collect(message, category, *place, **options):
        if issubclass(category, NoFaceWarning):
            missed.append(message)
        else:
            show(message, category, *place, **options)

    with warnings.catch_warnings():
        warnings.showwarning = collect
        yield
    if missed:
        sentence = _sentence(model, data, recipe) or missed[0]
        print(f"fer-classic: warning: {sentence}", file=sys.stderr)


def _sentence(model, data, recipe):
    """Name the images; None for a model that does not show its cropper."""
    import numpy as np

    from fer_classic.faces._crop import FaceStep
    from fer_classic.utils._names import name_some
    from fer_classic.utils._parts import model_parts

    step = next((part for part in model_parts(model) if isinstance(part, FaceStep)), None)
    if step is None:
        return None
    _, found = step.detect(data.images)
    missing = data.positions[np.flatnonzero(~found)]
    filenames = data.bunch.filenames
    names = [f"number {index}" if filenames is None else filenames[index] for index in missing]
    remedy = "leave them out, or cut the faces out"
    places = [name for name, part in model.get_params().items() if isinstance(part, FaceStep)]
    if recipe and places and step.detector != "pyramid":
        remedy += f", or try --set {places[0]}__detector=pyramid"
    return (
        f"no face was found in {len(missing)} of {len(found)} images, and their central squares "
        f"were used: {name_some(names, limit=5)}; {remedy}."
    )
