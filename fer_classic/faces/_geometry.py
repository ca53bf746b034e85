"""How faces must be cut out for a model, and in which form it takes them."""

import warnings
from math import isqrt
from numbers import Integral

import numpy as np

from fer_classic.exceptions import DetectorError, MissingDependencyError
from fer_classic.faces._align import FaceAligner
from fer_classic.faces._crop import FaceCropper, FaceStep, shape_of_size
from fer_classic.utils._parts import model_parts

__all__ = ["crop_geometry", "takes_rows"]


def crop_geometry(model):
    """Find out how the faces were cut out that a model was fitted on.

    Parameters
    ----------
    model : estimator
        A fitted classifier of images or of rows of pixels, whatever wraps it.

    Returns
    -------
    geometry : dict or None
        ``size`` and ``margin`` and, of a model of aligned faces, ``eye_distance`` and
        ``eye_height``, as :func:`cut_face` takes them; or None if the model does not define them.

    Notes
    -----
    The parts of the model are asked for a size, and the model whether it takes a grey image of
    that size; the first that it takes is the answer. Sizes come from each :class:`FaceCropper` or
    :class:`FaceAligner`; then from the images that the image steps saw in ``fit``, with no margin.
    If there are none and the model refuses the default size of :class:`FaceCropper`, they are those
    of square images of as many pixels as a part had features.
    """
    parts = list(model_parts(model))
    found = [_of_step(part) for part in parts if isinstance(part, FaceStep)]
    found += [_whole(part.image_shape_) for part in parts if hasattr(part, "image_shape_")]
    for geometry in found:
        if _takes(model, geometry["size"]):
            return geometry
    if _takes(model, FaceCropper().size):
        return None
    sides = [isqrt(count) for count in map(_n_features, parts) if count == isqrt(count) ** 2 > 0]
    for side in sides:
        if _takes(model, side):
            return _whole((side, side))
    return None


def takes_rows(
    model,
    size,
    *,
    remedy=(
        'name the size of its images in the card: card={"crop": {"size": [height, width], '
        '"margin": 0.0}}'
    ),
):
    """Find out whether a model takes rows of pixels in place of images, by a grey image.

    Parameters
    ----------
    model : estimator
        A fitted classifier.
    size : int or tuple of two int
        Side of the image, or its ``(h, w)``.
    remedy : str
        What to do where it takes neither, for the message.

    Returns
    -------
    rows : bool

    Raises
    ------
    ValueError
        If the model takes an image of this size in neither form.
    DetectorError, MissingDependencyError
        If something is missing that the model needs.
    """
    height, width = shape_of_size(size)
    # Black may lie outside of what the model was fitted on; grey hardly can.
    batch = np.full((1, height, width), 128, dtype=np.uint8)
    refusals = []
    for rows in (False, True):
        try:
            with warnings.catch_warnings():
                # An image of one grey is an unusual one.
                warnings.simplefilter("ignore")
                model.predict(batch.reshape(1, -1) if rows else batch)
        except (DetectorError, MissingDependencyError):
            raise
        except Exception as error:  # a model can refuse its input in any way
            refusals.append(f"{type(error).__name__}: {error}")
        else:
            return rows
    raise ValueError(
        f"this {type(model).__name__} takes images of {height} x {width} pixels (height x width) "
        f"neither as a batch nor as rows; {remedy}. As a batch: {refusals[0]} "
        f"As rows: {refusals[1]}"
    )


def _takes(model, size):
    try:
        takes_rows(model, size)
    except ValueError:
        return False
    return True


def _of_step(step):
    # Plain numbers: the geometry is written to the card as JSON, which takes none of numpy's.
    size = shape_of_size(step.size)
    size = size[0] if isinstance(step.size, Integral) else size
    if isinstance(step, FaceAligner):
        places = {"eye_distance": float(step.eye_distance), "eye_height": float(step.eye_height)}
        return {"size": size, "margin": 0.0, **places}
    return {"size": size, "margin": float(step.margin)}


def _whole(shape):
    return {"size": list(shape), "margin": 0.0}


def _n_features(part):
    # Steps that count features may raise other errors than AttributeError before they know them.
    try:
        return int(part.n_features_in_)
    except (AttributeError, TypeError, ValueError):
        return 0
