"""How faces must be cut out for a model."""

from math import isqrt

from fer_classic.faces._crop import FaceCropper
from fer_classic.utils import fitted_parts

__all__ = ["crop_geometry"]


def crop_geometry(model):
    """Find out how the faces were cut out that a model was fitted on.

    Parameters
    ----------
    model : estimator
        A fitted classifier of images, whatever wraps it.

    Returns
    -------
    geometry : dict or None
        ``size`` and ``margin`` as :func:`crop_face` takes them: those of the model's own
        :class:`FaceCropper`; without one, the size of the images that its first image step saw in
        ``fit``, or of square ones if it saw rows of as many pixels, and no margin. None if the
        model does not tell.
    """
    parts = list(fitted_parts(model))
    # The innermost first: a search also holds the pipeline that it tried out.
    for part in reversed(parts):
        # A model need not be one of scikit-learn's.
        for own in (part, *getattr(part, "get_params", dict)().values()):
            if isinstance(own, FaceCropper):
                return {"size": own.size, "margin": own.margin}
    shapes = [part.image_shape_ for part in parts if hasattr(part, "image_shape_")]
    if not shapes:
        side = isqrt(getattr(model, "n_features_in_", 0))
        shapes = [(side, side)] if side and side**2 == model.n_features_in_ else []
    return {"size": list(shapes[0]), "margin": 0.0} if shapes else None
