"""What a model computes, without what it checks and copies."""

import numpy as np

__all__ = ["bare_predict"]


def bare_predict(model):
    """Write the prediction of a pipeline as bare arithmetic on its fitted numbers.

    Parameters
    ----------
    model : Pipeline
        A fitted pipeline of FaceCropper, descriptors, StandardScaler, TruncatedSVD and
        LeastSquaresSVC (with one kernel).

    Returns
    -------
    predict : callable
        ``predict(images)`` gives the names that ``model.predict`` gives for faces of the size that
        it crops to, which need no crop.

    Notes
    -----
    Descriptors do what they do with a batch that is checked: here nothing looks at it beforehand.
    """
    _, *descriptors, scale, components, svm = (step for _, step in model.steps)
    mean, spread = scale.mean_.astype(np.float32), scale.scale_.astype(np.float32)
    axes = components.components_.T.astype(np.float32)
    rows = svm.X_fit_
    if svm.X_scale_ is not None:
        low, step = svm.X_scale_
        rows = (low + step * rows).astype(np.float32)
    gamma = np.float32(np.squeeze(svm.gamma_))
    weights = svm.dual_coef_.astype(rows.dtype)
    squares = (rows * rows).sum(axis=1)

    def predict(images):
        values = images
        for step in descriptors:
            values = step._transform_images(values)
        values = (values - mean) / spread @ axes
        # So many rows at a time as the svm takes.
        names = [_name(values[start : start + 1024]) for start in range(0, len(values), 1024)]
        return np.concatenate(names)

    def _name(values):
        kernel = values @ rows.T
        if svm.kernel_ == "rbf":
            kernel *= -2
            kernel += squares
            kernel += (values * values).sum(axis=1)[:, np.newaxis]
            kernel *= -gamma
            np.exp(kernel, out=kernel)
        else:
            kernel *= gamma
        return svm.classes_[(kernel @ weights + svm.intercept_).argmax(axis=1)]

    return predict
