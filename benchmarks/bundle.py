"""Make the models that come with the library: ``python -m benchmarks.bundle --data-dir data``.

Each is a recipe, fitted on FER2013's Training part and scored on PublicTest: the model that
``python -m benchmarks.run --dataset fer2013 --keep-models`` has left in ``results/fer2013/models``.
Where there is none, it is fitted by the same code, and recorded. The file goes to
``fer_classic/models``, its card as a readable page next to it, and its SHA-256, which is checked
when it is loaded, to ``fer_classic/utils/_digests.py``. The card holds the probability below which
faces are uncertain. It is chosen from out-of-fold scores of Training for models that have them,
otherwise on PublicTest: by the run, or here for models that were kept before that.

``fusion_fast`` joins the files of the other two as they are: make it again when either has changed.
Its weights and its threshold are fitted on images of Training that the network has held out.
"""

import sys
import tempfile
from functools import cache
from pathlib import Path

from benchmarks._cli import check_writable, make_parser
from benchmarks._digests import write_digests
from benchmarks._format import estimate, markdown_table, percent
from benchmarks.experiments import (
    OUT_OF_FOLD,
    Data,
    RunSettings,
    make_candidates,
    make_jobs,
    model_path,
    run_jobs,
    split_data,
    threshold_of,
)
from benchmarks.fusion import make_fusion
from benchmarks.records import record_path
from fer_classic.datasets import load_fer2013
from fer_classic.evaluation import choose_threshold
from fer_classic.exceptions import FerClassicError, ModelFileError
from fer_classic.persistence import BUNDLED, bundled_path, load_model, save_model
from fer_classic.persistence._composed import write_composed
from fer_classic.recipes import describe_recipe, make_recipe
from fer_classic.utils._files import atomic_path, describe_error

__all__ = ["main"]

_DATASET, _PROTOCOL, _PART = "fer2013", "official", "PublicTest"
_FUSION = "fusion_fast"
_TOO_LARGE = 5_000_000
_SCORES = {
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced accuracy",
    "macro_f1": "macro-F1",
}
_TITLES = {
    "intended_use": "Intended use",
    "not_intended": "Not intended",
    "weaknesses": "Weaknesses",
    "licence": "Licence",
}
_ABOUT = {
    "intended_use": (
        "Naming the apparent expression of faces in photos, videos and camera streams, for "
        "research, teaching and experiments on the user's own machine. An apparent expression is "
        "what people would name when they see the face; it is not what the person feels."
    ),
    "not_intended": (
        "Decisions about people. Inferring emotions of people at work or in education is "
        "prohibited in the European Union, but for medical or safety reasons (Regulation (EU) "
        "2024/1689, Article 5(1)(f))."
    ),
    "weaknesses": (
        "See the recall of each class: fear, sad, angry and neutral faces are often mistaken for "
        "each other. The labels themselves are doubtful; people agree with about two thirds of "
        "them. Contempt is not known. Age, origin and sex of the people in the images are not "
        "recorded, so that nobody can say for whom the model is worse. Of the test faces 280 are "
        "byte-identical to one of the training part, which flatters the score."
    ),
    "licence": (
        "The weights are part of fer_classic (MIT). The images they were fitted on were collected "
        "by web search for the challenge of ICML 2013; no licence is stated and their owners are "
        "not known. The file holds no image."
    ),
}


def open_stored(path, candidate):
    """Open a model that a run has kept.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    candidate : Candidate
        The recipe whose model it should be.

    Returns
    -------
    model : estimator
        Fitted.
    card : dict
        Its card.

    Raises
    ------
    ModelFileError
        If it is no model of that recipe as it is, fitted and scored as the official protocol says.
    """
    model, card = load_model(path)
    asked, found = candidate.fields["parameters"], card.get("parameters") or {}
    changed = [f"{name}={found[name]!r}" for name in found if found[name] != asked.get(name)]
    dataset = card.get("dataset") or {}
    problem = ""
    if card.get("recipe") != candidate.recipe:
        problem = f"is a model of the recipe {card.get('recipe')!r}, not of {candidate.recipe!r}"
    elif changed and "training" not in card:  # in which it says how it was made
        problem = f"was fitted with other parameters than the recipe's: {', '.join(changed)}"
    elif (dataset.get("name"), dataset.get("split")) != (_DATASET, ["Training"]):
        problem = f"was not fitted on Training of {_DATASET}"
    elif not card.get("scores"):
        problem = "holds no scores"
    if problem:
        raise ModelFileError(f"{path} {problem}; fit it again with --force, or name another file.")
    return model, card


def fit(candidate, data, results):
    """Fit a model, and record and keep it as a run does.

    Parameters
    ----------
    candidate : Candidate
        The recipe.
    data : Data
        FER2013.
    results : path-like
        Where records and models go.

    Raises
    ------
    FerClassicError
        If the fit fails.
    """
    jobs = make_jobs(candidate, [split_data(_PROTOCOL, data)])
    for record in run_jobs(jobs, output=results, settings=RunSettings(keep_models=True)):
        if record["status"] != "ok":
            raise FerClassicError(f"{candidate.recipe}: {record['status']}: {record['reason']}")


def _has_threshold(card, model):
    """Whether the card holds a threshold, and one of out-of-fold scores if the model has them."""
    threshold = card.get("min_probability") or {}
    last = model.steps[-1][1] if hasattr(model, "steps") else model
    return bool(threshold) and (
        threshold["measured_on"] == OUT_OF_FOLD or not hasattr(last, "oof_scores_")
    )


def measure_threshold(model, data):
    """Measure below which probability a model is uncertain.

    Parameters
    ----------
    model : estimator
        Fitted on FER2013's Training part.
    data : Data
        FER2013.

    Returns
    -------
    threshold : dict or None
        As the card holds it; None for a model without probabilities.
    """
    if not hasattr(model, "predict_proba"):
        return None
    threshold = threshold_of(model, data.labels[data.bunch.split == "Training"])
    if threshold is not None:
        return threshold
    part = data.bunch.split == _PART
    probabilities = model.predict_proba(data.values[part])
    threshold = choose_threshold(data.labels[part], model.classes_, probabilities)
    return threshold | {"measured_on": f"{_PART} of {_DATASET}"}


def describe(name, card, n_bytes):
    """Write the card of a bundled model for people.

    Parameters
    ----------
    name : str
    card : dict
    n_bytes : int
        Size of the file.

    Returns
    -------
    page : str
        Markdown.
    """
    scores = card["scores"]
    rows = [[title, estimate(scores[key])] for key, title in _SCORES.items()]
    rows += [[f"recall of {k}", estimate(v)] for k, v in scores["recall"].items()]
    rows.append(["calibration error", percent(scores["calibration_error"])])
    threshold = card.get("min_probability")
    if threshold:
        at = f"at a probability of {threshold['value']:.2f} or more"
        rows += [[f"{key} {at}", percent(threshold[key])] for key in ("coverage", "error")]
    parts = [
        f"# {name}",
        f"{describe_recipe(card['recipe'])} Recipe `{card['recipe']}`, {n_bytes / 1e6:.1f} MB.",
        f"Fitted on {card['n_images']:,} images of FER2013 (Training), scored on "
        f"{scores['n_items']:,} of PublicTest; percent, with 95 % intervals.",
        markdown_table(["", "%"], rows),
        *_describe_fusion(card),
        *([_origin_of(threshold)] if threshold else []),
        *(f"**{title}.** {card[key]}" for key, title in _TITLES.items()),
        f"{_origin(name, card)} numpy {card['versions']['numpy']}, "
        f"scikit-learn {card['versions']['scikit-learn']}.",
    ]
    return "\n\n".join(parts) + "\n"


def _origin(name, card):
    """Say how a model was made; one that was not made by its recipe alone says so in its card."""
    if "training" in card:
        return f"**Training.** {card['training']}"
    return f"Made by `python -m benchmarks.bundle {name}`."


def _describe_fusion(card):
    """Write of which models a fusion consists, and how it does on held-out images."""
    if "held_out" not in card:
        return
    weights = ", ".join(f"`{name}` {weight:.2f}" for name, weight in card["weights"].items())
    held = card["held_out"]
    yield (
        f"**Parts.** Bundled models and their weights: {weights}; the network is averaged over "
        "each face and its mirror image. The size is that of the parts, which are stored once. On "
        f"{held['images']}, by which the weights were fitted and the threshold was chosen: "
        f"accuracy {estimate(held['accuracy'])} %, calibration error "
        f"{percent(held['calibration_error'])} %, log-loss {held['log_loss']:.3f}."
    )


def _origin_of(threshold):
    """Say on what a threshold was chosen."""
    return (
        f"Predictions below {threshold['value']:.2f} are uncertain by default. That was chosen on "
        f"{threshold['n_items']:,} images ({threshold['measured_on']})."
    )


def build_parser():
    """Describe the command line."""
    parser = make_parser("benchmarks.bundle", __doc__)
    add = parser.add_argument
    add("names", nargs="*", metavar="NAME", help=f"{', '.join(BUNDLED)} (all)")
    add("--data-dir", metavar="P", help="where FER2013 is, for models that are fitted")
    add(
        "--model",
        type=Path,
        metavar="FILE",
        help="the fitted model of NAME (default: DIR/fer2013/models/NAME-official.joblib)",
    )
    add(
        "--results",
        type=Path,
        default=Path("results"),
        metavar="DIR",
        help="where benchmarks.run keeps models and records (results)",
    )
    add(
        "--digests",
        action="store_true",
        help="only write the pages of the bundled models, and the SHA-256 of all weights",
    )
    add("--force", action="store_true", help="fit again, even where a model is kept")
    add("--output", type=Path, metavar="DIR", help="(fer_classic/models)")
    return parser


def main(argv=None, *, load=load_fer2013, make=make_recipe, most_bytes=_TOO_LARGE):
    """Run the program.

    Parameters
    ----------
    argv : list of str, optional
        Arguments; those of the process by default.
    load : callable
        ``load(data_home)`` gives FER2013.
    make : callable
        ``make(recipe)`` gives an unfitted model.
    most_bytes : int
        Size that a file may have.

    Returns
    -------
    code : int
        0; 1 if the data or a model cannot be read, a fit fails, a file cannot be written, or one
        would be too large; 2 for wrong usage.
    """
    parser = build_parser()
    args = parser.parse_args(argv)
    unknown = set(args.names) - set(BUNDLED)
    if unknown:
        parser.error(f"no bundled model: {', '.join(sorted(unknown))}; there are {BUNDLED}")
    if args.model and (len(args.names) != 1 or args.force or args.names == [_FUSION]):
        parser.error(f"--model takes one NAME other than {_FUSION}, and does not go with --force")
    # Loaded once, and only for a model that needs it.
    load_data = cache(lambda: Data.of(load(args.data_dir)))
    try:
        if args.digests:
            _describe_bundled()
            return 0
        for name in args.names or BUNDLED:
            path = bundled_path(name)
            path = path if args.output is None else args.output / path.name
            check_writable(path.parent)
            if name == _FUSION:
                _write_fusion(path, load_data())
            else:
                (candidate,) = make_candidates(name, make=make, settings={})
                model, card = _fitted(candidate, args, load_data)
                _write(name, model, card | _ABOUT, path, most_bytes)
            # After each model, so that none is refused if the next one fails.
            if args.output is None:
                write_digests()
    except (FerClassicError, OSError) as error:
        print(f"benchmarks.bundle: {describe_error(error)}", file=sys.stderr)
        return 1
    return 0


def _describe_bundled():
    """Write the pages of the bundled models, and the digests of all weights."""
    for name in BUNDLED:
        _write_page(bundled_path(name), load_model(bundled_path(name)).card)
    print(write_digests())


def _fitted(candidate, args, load_data):
    """Open the model that a run has kept, or fit it; its card holds the threshold."""
    stored = args.model or _kept_path(candidate, args.results)
    if args.force or not (args.model or stored.exists()):
        check_writable(args.results)
        fit(candidate, load_data(), args.results)
    model, card = open_stored(stored, candidate)
    if not _has_threshold(card, model) and hasattr(model, "predict_proba"):
        card = card | {"min_probability": measure_threshold(model, load_data())}
    return model, card


def _kept_path(candidate, results):
    base = candidate.fields | {"dataset": _DATASET, "protocol": _PROTOCOL}
    return model_path(record_path(results, base).parent, base, _PART)


def _write(name, model, card, path, most_bytes):
    with tempfile.TemporaryDirectory() as folder:
        trial = Path(folder) / path.name
        save_model(model, trial, card=card)
        n_bytes = trial.stat().st_size
    if n_bytes > most_bytes:
        raise FerClassicError(
            f"{name} would take {n_bytes:,} bytes and may take {most_bytes:,}; nothing was written."
        )
    save_model(model, path, card=card)
    _write_page(path, card)


def _write_fusion(path, data):
    parts, weights, card = make_fusion(path, data)
    card = card | _ABOUT
    write_composed(path, parts, weights=weights, card=card)
    _write_page(path, card)


def _write_page(path, card):
    # Those of its parts belong to a fusion.
    files = [path, *(path.with_name(f"{part}.joblib") for part in card.get("weights", ()))]
    n_bytes = sum(file.stat().st_size for file in files)
    with atomic_path(path.with_suffix(".md")) as temporary:
        temporary.write_text(describe(path.stem, card, n_bytes), encoding="utf-8")
    accuracy = estimate(card["scores"]["accuracy"])
    print(f"{path}: {n_bytes / 1e6:.1f} MB, accuracy {accuracy} %")


if __name__ == "__main__":
    sys.exit(main())
