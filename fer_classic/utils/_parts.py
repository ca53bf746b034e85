"""What a fitted model is made of."""

__all__ = ["fitted_parts"]


def fitted_parts(model):
    """Give a model and all that is fitted inside it: of searches, wrappers and pipelines.

    Parameters
    ----------
    model : estimator
        A fitted model.

    Yields
    ------
    part : estimator
        The model itself first.
    """
    yield model
    # A wrapper around a model that was fitted before has no model_ of its own.
    inner = [getattr(model, "best_estimator_", None)]
    inner += [getattr(model, "model_", getattr(model, "model", None))]
    inner += [step for _, step in getattr(model, "steps", ())]
    for part in inner:
        if part is not None:
            yield from fitted_parts(part)
