"""``fer-classic audit --labels``: list the labels that models contradict."""

import csv
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from fer_classic.cli._arguments import (
    INCLUDED,
    Selection,
    UsageError,
    add_setting_argument,
    add_trust_argument,
    fitted_images,
    open_model,
    read_settings,
    select,
    whole_number,
)
from fer_classic.cli._faces import naming_photos_without_face
from fer_classic.exceptions import DataFormatError

__all__ = ["add_label_arguments", "audit_labels", "check_label_arguments", "make_judge"]

_TOP, _FOLDS = 50, 5
# Fast on large data sets; small ones have fewer images than centres.
_RECIPE, _SETTINGS = "svm_fast", {"svm__n_centers": 2000}
_OPTIONS = ("recipe", "model", "settings", "split", "top", "csv", "sheet")


@dataclass(frozen=True, eq=False)
class _Judged:
    """Images, with class probabilities of models that were not fitted on them.

    Parameters
    ----------
    data : Selection
        The images.
    judge : str
        Recipe or model.
    classes, probabilities : ndarray
        Classes, and the probability of each for each image.
    notes : list of str
        What a reader of the result must know.
    """

    data: Selection
    judge: str
    classes: Any
    probabilities: Any
    notes: list


def add_label_arguments(parser):
    """Add the arguments of the check of the labels."""
    group = parser.add_argument_group("labels")
    group.add_argument(
        "--labels",
        action="store_true",
        help="list the labels that models contradict which were not fitted on the image, and "
        "estimate the share of wrong labels in each class",
    )
    judge = group.add_mutually_exclusive_group()
    judge.add_argument(
        "--recipe",
        metavar="NAME",
        help=f"recipe that is cross-validated on the images, in {_FOLDS} folds that keep subjects "
        f"and copies together (default: {_RECIPE} with at most {_SETTINGS['svm__n_centers']:,} "
        "centres, which is fast)",
    )
    judge.add_argument(
        "--model",
        metavar="FILE|NAME",
        help=f"use a fitted model instead: {', '.join(INCLUDED)} or a model file; images that it "
        "was fitted on are left out",
    )
    add_trust_argument(group)
    add_setting_argument(group)
    group.add_argument(
        "--split",
        metavar="NAME",
        help='official part to check, or "all" (default: Training, if there are parts)',
    )
    group.add_argument(
        "--top",
        metavar="N",
        type=whole_number(1),
        help=f"how many labels to list, surest first ({_TOP})",
    )
    group.add_argument(
        "--csv", metavar="FILE", type=Path, help="write all contradicted labels to a table"
    )
    group.add_argument(
        "--sheet",
        metavar="FILE",
        type=Path,
        help="draw the listed images to a .png, .jpg, .svg or .pdf",
    )


def check_label_arguments(args):
    """Check the arguments before any work is done."""
    given = [name for name in _OPTIONS if getattr(args, name) not in (None, [])]
    if given and not args.labels:
        raise UsageError(f"--{given[0].replace('settings', 'set')} requires --labels.")
    if not args.labels:
        return
    if args.settings and args.model is not None:
        raise UsageError("--set changes a recipe and cannot be combined with --model.")
    if args.model is None:
        _make_recipe(args)


def make_judge(args, bunch):
    """Select the images and what judges their labels, before any work is done.

    Parameters
    ----------
    args : Namespace
        Arguments of the command.
    bunch : Bunch
        The data set.

    Returns
    -------
    judge : callable
        ``judge(units)`` scores the images; ``units`` are the independent units of the data set.
    """
    from fer_classic.recipes import pretrained_on

    data = select(bunch, args.split, training=True)
    if args.model is not None:
        return partial(_by_model, args.model, open_model(args), data)
    recipe = args.recipe or _RECIPE
    if pretrained_on(recipe) == bunch.name:
        raise UsageError(
            f"the recipe {recipe} has a step that was fitted on {bunch.name}; choose another."
        )
    return partial(_by_recipe, recipe, _make_recipe(args), data)


def audit_labels(args, bunch, judge, near_groups):
    """Find contradicted labels and estimate the share of wrong ones.

    Parameters
    ----------
    args : Namespace
        Arguments of the command.
    bunch : Bunch
        The data set.
    judge : callable
        From :func:`make_judge`.
    near_groups : list of list of int
        Indices of nearly identical images, which stay in one fold if subjects are unknown.

    Returns
    -------
    report : dict
        What was found, for JSON.
    text : str
        The same for people.
    """
    from fer_classic.evaluation import estimate_label_noise, find_label_issues

    units = _units(bunch, near_groups)
    judged = judge(units)
    names = judged.data.names
    issues = find_label_issues(names, judged.classes, judged.probabilities)
    noise = estimate_label_noise(
        names, judged.classes, judged.probabilities, units=units[judged.data.positions]
    )
    rows = _rows(judged, issues)
    accuracy = float((judged.classes[judged.probabilities.argmax(axis=1)] == names).mean())
    top = rows[: args.top or _TOP]
    if args.csv:
        _write(rows, args.csv)
    if args.sheet and top:
        _draw(bunch, top, args.sheet)
        if bunch.name not in ("drawn", "folder"):
            judged.notes.append(f"the licence of {bunch.name} does not allow publishing the sheet.")
    report = {
        "judge": judged.judge,
        "parts": judged.data.parts,
        "n_images": len(names),
        "accuracy": accuracy,
        "noise": noise,
        "n_issues": len(rows),
        "issues": top,
        "notes": judged.notes,
    }
    return report, "\n".join(_text(report, str(judged.data), names))


def _units(bunch, near_groups):
    """Return the independent units, joined where images of unknown people are nearly identical."""
    import numpy as np

    from fer_classic.evaluation import independent_units

    units = independent_units(bunch)
    if bunch.subjects is not None:
        return units
    for members in near_groups:
        units[np.isin(units, units[members])] = units[members[0]]
    return units


def _make_recipe(args):
    from fer_classic.recipes import make_recipe

    settings = read_settings(args)
    if args.recipe is None:
        return make_recipe(_RECIPE, **(_SETTINGS | settings))
    return make_recipe(args.recipe, **settings)


def _by_recipe(recipe, model, data, units):
    import numpy as np

    from fer_classic.evaluation import out_of_fold_probabilities
    from fer_classic.utils._progress import Progress

    groups = units[data.positions]
    n_folds = max(2, min(_FOLDS, len(np.unique(groups))))
    task = f"cross-validating {recipe} on {len(data.names):,} images"
    with (
        naming_photos_without_face(model, data, recipe=True),
        Progress(task, total=n_folds, unit="fit") as progress,
    ):
        classes, probabilities = out_of_fold_probabilities(
            model,
            data.images,
            data.names,
            groups=groups,
            n_folds=n_folds,
            report=progress.update,
        )
    return _Judged(data, recipe, classes, probabilities, [])


def _by_model(name, opened, data, units):
    import numpy as np

    from fer_classic.utils import class_scores
    from fer_classic.utils._progress import Progress
    from fer_classic.utils._scores import predicting

    model, card = opened
    is_known = np.isin(data.names, model.classes_)
    seen = _seen(data, card)
    notes = []
    if seen.any():
        notes.append(f"{seen.sum():,} images that the model was fitted on are left out.")
    if not is_known.all():
        unknown = ", ".join(np.unique(data.names[~is_known]))
        notes.append(f"images of classes unknown to the model are left out: {unknown}.")
    kept = data.positions[is_known & ~seen]
    if not len(kept):
        raise DataFormatError(
            f"the model {name} can check no image of {data}: {' '.join(notes)} "
            "Use --recipe instead."
        )
    data = Selection(data.bunch, kept, data.parts)
    task = f"scoring {name} on {len(kept):,} images"
    with (
        naming_photos_without_face(model, data),
        Progress(task),
        predicting(model, data.images),
    ):
        scores, kind = class_scores(model, data.images)
    if kind != "probability":
        raise UsageError(f"--model {name}: the model gives no probabilities.")
    return _Judged(data, name, np.asarray(model.classes_), scores, notes)


def _seen(data, card):
    """Find the images that a model was fitted on, or that are identical to one of them."""
    import numpy as np

    origin, bunch = card.get("dataset") or {}, data.bunch
    fitted = fitted_images(bunch, card)
    if fitted is not None:
        return np.isin(data.duplicates, fitted.duplicates)
    if origin.get("name") == bunch.name and bunch.split is not None and origin.get("split"):
        # Another edition of the data set, with the same official parts.
        return np.isin(data.duplicates, bunch.duplicates[np.isin(bunch.split, origin["split"])])
    return np.zeros(len(data.positions), dtype=bool)


def _rows(judged, issues):
    """Describe each contradicted label."""
    bunch, columns = judged.data.bunch, {name: k for k, name in enumerate(judged.classes)}
    rows = []
    for item, label, suggested, margin in zip(*issues.values(), strict=True):
        index = int(judged.data.positions[item])
        row = {"index": index}
        for field in ("filenames", "subjects", "split"):
            values = bunch[field]
            row[field.removesuffix("s")] = None if values is None else str(values[index])
        rows.append(
            row
            | {
                "label": str(label),
                "suggested": str(suggested),
                "label_probability": float(judged.probabilities[item, columns[label]]),
                "suggested_probability": float(judged.probabilities[item, columns[suggested]]),
                "margin": float(margin),
            }
        )
    return rows


def _text(report, where, names):
    yield (
        f"Labels of {report['n_images']:,} images of {where}, checked by {report['judge']} "
        f"(accuracy {100 * report['accuracy']:.1f} %)"
    )
    noise = report["noise"]
    shares = {name: share for name, share in noise["classes"].items() if share["value"] is not None}
    width = max(10, *map(len, shares))
    yield f"{'class':{width}}{'images':>10}{'wrong, %':>10}   95 % interval"
    for name, share in (shares | {"all": noise["share"]}).items():
        count = len(names) if name == "all" else int((names == name).sum())
        yield f"{name:{width}}{count:>10,}{100 * share['value']:>10.1f}   {_interval(share)}"
    yield (
        "The mistakes of the models count as wrong labels, too: the lower their accuracy, the more "
        "the shares are overestimated."
    )
    for note in report["notes"]:
        yield f"note: {note}"
    top = report["issues"]
    yield f"\n{report['n_issues']:,} labels are contradicted" + (
        f"; the surest {len(top):,}:" if top else "."
    )
    if top:
        yield f"{'index':>7}  {'label':{width}}{'suggested':{width}}{'probabilities':>15}  file"
    for row in top:
        probabilities = f"{row['label_probability']:.3f}, {row['suggested_probability']:.3f}"
        line = f"{row['index']:>7}  {row['label']:{width}}{row['suggested']:{width}}"
        yield f"{line}{probabilities:>15}  {row['filename'] or ''}".rstrip()


def _interval(share):
    if share["low"] is None:
        return "(one unit only)"
    return f"{100 * share['low']:.1f} to {100 * share['high']:.1f}"


def _write(rows, path):
    from fer_classic.utils._files import atomic_path

    fields = ["index", "filename", "subject", "split", "label", "suggested"]
    fields += ["label_probability", "suggested_probability", "margin"]
    with atomic_path(path) as temporary, open(temporary, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fields, lineterminator="\n")
        writer.writeheader()
        for row in rows:
            rounded = {k: round(v, 4) if isinstance(v, float) else v for k, v in row.items()}
            writer.writerow(rounded)


def _draw(bunch, rows, path):
    from fer_classic.plotting import contact_sheet
    from fer_classic.utils._files import atomic_path

    titles = [f"{row['index']}: {row['label']}\n→ {row['suggested']}" for row in rows]
    figure = contact_sheet([bunch.images[row["index"]] for row in rows], titles).figure
    with atomic_path(path) as temporary:
        figure.savefig(temporary, bbox_inches="tight")
