"""Estimators of scikit-learn, converted by skl2onnx."""

import warnings

from fer_classic.exceptions import ExportError
from fer_classic.export._graph import OPSET
from fer_classic.utils._optional import import_optional

__all__ = ["foreign_rows", "foreign_scores"]

_ML_OPSET = 3


def foreign_rows(builder, rows, step, name):
    """Give what a transformer makes of rows."""
    return _converted(builder, rows, step, f"the step {name!r}", [{}])[0]


def foreign_scores(builder, rows, classifier, *, probabilities):
    """Give probabilities, or decision values."""
    # A table in place of a list of dictionaries, and values as decision_function gives them;
    # some converters lack one of the two options, as they do that in any case.
    table, raw = {"zipmap": False}, {} if probabilities else {"raw_scores": True}
    choices = [{**table, **raw}, raw, table, {}]
    return _converted(builder, rows, classifier, "the classifier", choices)[1]


def _converted(builder, rows, estimator, what, choices):
    skl2onnx = import_optional("skl2onnx", extra="onnx", purpose="export")
    try:
        return builder.graph.inline(_convert(skl2onnx, estimator, choices), rows)
    # skl2onnx has no base class for what it cannot convert.
    except Exception as error:
        reason = str(error).strip().partition("\n")[0].rstrip(".")
        raise ExportError(
            f"{what} ({type(estimator).__name__}) cannot be converted by skl2onnx: {reason}."
        ) from error


def _convert(skl2onnx, estimator, choices):
    """Convert with the first options that the converter has."""
    first, *others = choices
    rows = skl2onnx.common.data_types.FloatTensorType([None, estimator.n_features_in_])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return skl2onnx.convert_sklearn(
                estimator,
                initial_types=[("rows", rows)],
                target_opset={"": OPSET, "ai.onnx.ml": _ML_OPSET},
                options={id(estimator): first},
            )
    except NameError:
        if not others:
            raise
        return _convert(skl2onnx, estimator, others)
