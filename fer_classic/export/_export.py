"""Writing a model to an ONNX file."""

from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from fer_classic.exceptions import ExportError
from fer_classic.export._card import METADATA_KEY, card_text, describe_export
from fer_classic.export._check import TOLERANCE, choose_probes, largest_difference
from fer_classic.export._classifiers import classify
from fer_classic.export._graph import import_onnx
from fer_classic.export._values import OUTPUTS, Builder
from fer_classic.persistence import make_card
from fer_classic.utils._files import atomic_path, check_outputs

__all__ = ["Exported", "card_path", "export_onnx"]

_SUFFIX = ".onnx"


@dataclass(frozen=True)
class Exported:
    """What was written.

    Parameters
    ----------
    path, card_path : pathlib.Path
        The model, and its card.
    card : dict
        See :func:`export_onnx`.
    """

    path: Path
    card_path: Path
    card: dict


def card_path(path):
    """Return the path of the card of an exported model: ``model.json`` for ``model.onnx``.

    Raises
    ------
    ExportError
        If the name of the model does not end in ``.onnx``.
    """
    path = Path(path)
    if path.suffix.lower() != _SUFFIX:
        raise ExportError(f"exported models end in {_SUFFIX}, got {path}.")
    return path.with_suffix(".json")


def export_onnx(
    model: Any, path: str | PathLike, *, card: dict | None = None, overwrite: bool = False
) -> Exported:
    """Write a fitted model to an ONNX file, and its card to a JSON file.

    Parameters
    ----------
    model : estimator
        A fitted classifier or pipeline.
    path : str or path-like
        The file, ``.onnx``; the card has the same name with the suffix ``.json``.
    card : dict, optional
        Card of the model, see :func:`~fer_classic.persistence.make_card`; made from the model by
        default.
    overwrite : bool, default=False
        Replace existing files, which are an error otherwise.

    Returns
    -------
    exported : Exported
        Its ``card`` describes the ``inputs`` (name, shape, dtype, value range, and the steps that
        compute them from an image), the ``output`` and its ``expressions``, how faces are cut out
        (``crop``), and the largest difference from the original (``check``). It is also in the
        metadata of the file, as ``fer_classic_card``.

    Raises
    ------
    ExportError
        If a part of the model cannot be exported (the message names it and the reason), or the
        scores of the exported model differ by more than 1e-3 on the probes. Nothing is written
        then.
    OutputExistsError
        If a file exists and is not to be replaced.
    MissingDependencyError
        If the packages of ``fer-classic[onnx]`` are not installed.

    Notes
    -----
    If the graph can compute all steps, its input are 8-bit grey crops of faces. Such steps are
    networks with their standardisation, :class:`~fer_classic.features.Flatten`,
    :class:`~fer_classic.features.PatchDictionary`, averages over mirror images, least-squares SVMs,
    fusions, and estimators of scikit-learn that skl2onnx converts. Temperatures are included. Other
    filters and descriptors (LBP, Gabor, HOG, SIFT) are not part of the graph, whose input are then
    rows of features; the card lists them with their parameters.

    Descriptors that are learned, such as :class:`~fer_classic.features.FisherVectors`, views other
    than mirror images, and networks with operations that only torch knows are refused.
    """
    path, beside = Path(path), card_path(path)
    check_outputs(path, beside, overwrite=overwrite)
    onnx = import_onnx()
    model_card = make_card(model) if card is None else card
    probes = choose_probes(model)
    builder = Builder(probes)
    scores = classify(model, builder, builder.start())
    output, n_classes = OUTPUTS[scores.kind], len(model.classes_)
    exported = builder.graph.build(scores.name, output, n_classes)
    inputs = {name: array for name, (_, array) in builder.inputs.items()}
    difference = largest_difference(
        exported.SerializeToString(), inputs, model, probes, kind=scores.kind
    )
    check = {
        "n_probes": len(probes),
        "largest_difference": difference,
        "tolerance": TOLERANCE,
    }
    card = describe_export(model_card, builder, output=output, kind=scores.kind, check=check)
    text = card_text(card)
    onnx.helper.set_model_props(exported, {METADATA_KEY: text})
    onnx.checker.check_model(exported)
    with atomic_path(path) as temporary, atomic_path(beside) as temporary_card:
        temporary.write_bytes(exported.SerializeToString())
        temporary_card.write_text(text, encoding="utf-8")
    return Exported(path, beside, card)
