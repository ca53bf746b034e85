"""``fer-classic evaluate``: score a model on a data set."""

import json

from fer_classic.cli._arguments import (
    add_data_arguments,
    add_model_arguments,
    fitted_images,
    load_bunch,
    open_model,
    select,
)
from fer_classic.cli._faces import naming_photos_without_face

__all__ = ["add_parser", "run"]

_SUMMARIES = {
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced accuracy",
    "macro_f1": "macro-F1",
}


def add_parser(subparsers):
    """Add the command to the program."""
    parser = subparsers.add_parser(
        "evaluate",
        help="score a model on a data set",
        description="Score a model on a data set, with 95 % intervals.",
    )
    add_model_arguments(parser)
    add_data_arguments(parser)
    parser.add_argument(
        "--split",
        metavar="NAME",
        help='official part to score, or "all" (default: all but Training, if there are parts)',
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(args):
    """Run the command."""
    from fer_classic.evaluation import score
    from fer_classic.utils import class_scores
    from fer_classic.utils._progress import Progress
    from fer_classic.utils._scores import in_blocks, predicting

    model, card = open_model(args)
    data = select(load_bunch(args), args.split, training=False)
    task = f"scoring {args.model} on {len(data.names):,} images"
    with (
        naming_photos_without_face(model, data),
        Progress(task),
        predicting(model, data.images),
    ):
        scores, kind = class_scores(model, data.images)
        predicted = in_blocks(model.predict, data.images)
    result = score(
        data.names,
        predicted,
        classes=model.classes_,
        class_scores=scores if kind == "probability" else None,
        score_kind=kind,
        units=data.units,
    )
    n_seen, n_related = _count_dependent(card, data)
    notes = _notes(card, data, n_seen, n_related)
    leaky = bool(n_seen or n_related)
    if args.json:
        report = {"model": str(args.model), "dataset": data.origin, "scores": result}
        print(json.dumps(report | {"leaky": leaky, "notes": notes}))
        return 0
    mark = " (leaky, see the note)" if leaky else ""
    print(f"{args.model} on {result['n_items']:,} images of {data}{mark}")
    print("\n".join(_table(result)))
    for note in notes:
        print(f"note: {note}")
    return 0


def _count_dependent(card, data):
    """Count the images that the model was fitted on, and others of the same people or sequences."""
    import numpy as np

    fitted = fitted_images(data.bunch, card)
    if fitted is None:
        return 0, 0
    seen = np.isin(data.duplicates, fitted.duplicates)
    related = np.isin(data.units, fitted.units) & ~seen
    return int(seen.sum()), int(related.sum())


def _notes(card, data, n_seen, n_related):
    notes = []
    if n_seen:
        which = "these images" if n_seen == len(data.names) else f"{n_seen:,} of these images"
        notes.append(
            f"the model was fitted on {which} (or identical ones); the scores do not hold for new "
            "faces."
        )
    if n_related:
        notes.append(
            f"{n_related:,} of these images show a person or sequence that the model was fitted "
            "on; the scores do not hold for new people."
        )
    unknown = sorted(set(data.names.tolist()) - set(card["expressions"]))
    if unknown:
        notes.append(f"classes unknown to the model: {', '.join(unknown)}.")
    return notes


def _table(result):
    rates = {title: result[name] for name, title in _SUMMARIES.items()}
    rates |= {f"recall of {name}": recall for name, recall in result["recall"].items()}
    width = max(20, *map(len, rates))
    yield f"{'':{width}}{'%':>7}   95 % interval"
    for title, rate in rates.items():
        yield _row(f"{title:{width}}", rate)
    if result["log_loss"] is not None:
        yield f"{'log-loss (nats)':{width}}{result['log_loss']:7.3f}"
        yield f"{'calibration error':{width}}{100 * result['calibration_error']:7.1f}"


def _row(label, estimate):
    row = f"{label}{100 * estimate['value']:7.1f}"
    if estimate["low"] is None:
        return f"{row}   (one unit only)"
    return f"{row}   {100 * estimate['low']:.1f} to {100 * estimate['high']:.1f}"
