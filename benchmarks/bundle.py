"""Make the models that come with the library: ``python -m benchmarks.bundle --data-dir data``.

Each is a recipe, fitted on FER2013's Training part and scored on PublicTest. The file goes to
``fer_classic/models``, and its card, written out for people, beside it.
"""

import argparse
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from time import perf_counter

from benchmarks._format import estimate, markdown_table, percent
from benchmarks.experiments.models import forget_folders, keeping_epochs
from fer_classic.datasets import dataset_digest, load_fer2013
from fer_classic.evaluation import fit_with_groups, independent_units, make_folds, score
from fer_classic.exceptions import FerClassicError
from fer_classic.expressions import decode
from fer_classic.persistence import BUNDLED, bundled_path, make_card, save_model
from fer_classic.recipes import describe_recipe, make_recipe
from fer_classic.utils import class_scores
from fer_classic.utils._files import atomic_path
from fer_classic.utils._progress import Progress

__all__ = ["main"]

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


def build(recipe, data, *, checkpoints):
    """Fit and score a recipe as the official protocol says.

    Parameters
    ----------
    recipe : str
        Its name.
    data : Bunch
        FER2013.
    checkpoints : path-like
        Where a model that learns in epochs keeps them.

    Returns
    -------
    model : estimator
        Fitted.
    card : dict
        Its card.
    """
    names, units = decode(data.target), independent_units(data)
    fold = next(fold for fold in make_folds(data, "official") if fold.name == "PublicTest")
    asked = make_recipe(recipe)
    start = perf_counter()
    with Progress(f"fitting {recipe} on {len(fold.train):,} images"):
        model = fit_with_groups(
            keeping_epochs(asked, checkpoints),
            data.images[fold.train],
            names[fold.train],
            units[fold.train],
        )
    seconds = perf_counter() - start
    model = forget_folders(model, asked)
    scores, kind = class_scores(model, data.images[fold.test])
    result = score(
        names[fold.test],
        model.predict(data.images[fold.test]),
        classes=model.classes_,
        class_scores=scores,
        score_kind=kind,
        units=units[fold.test],
    )
    card = make_card(
        model,
        recipe=recipe,
        dataset={"name": data.name, "digest": dataset_digest(data), "split": ["Training"]},
        protocol="official: fitted on Training, scored on PublicTest",
        scores=result,
        n_images=len(fold.train),
        seconds=round(seconds, 1),
    )
    return model, card | _ABOUT


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
    parts = [
        f"# {name}",
        f"{describe_recipe(card['recipe'])} Recipe `{card['recipe']}`, {n_bytes / 1e6:.1f} MB.",
        f"Fitted on {card['n_images']:,} images of FER2013 (Training), scored on "
        f"{scores['n_items']:,} of PublicTest; percent, with 95 % intervals.",
        markdown_table(["", "%"], rows),
        *(f"**{title}.** {card[key]}" for key, title in _TITLES.items()),
        f"Made by `python -m benchmarks.bundle {name}`; numpy {card['versions']['numpy']}, "
        f"scikit-learn {card['versions']['scikit-learn']}.",
    ]
    return "\n\n".join(parts) + "\n"


def main(argv=None):
    """Run the program.

    Parameters
    ----------
    argv : list of str, optional
        Arguments; those of the process by default.

    Returns
    -------
    code : int
        0; 1 if the data cannot be read, a file cannot be written, or one would be too large.
    """
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.bundle", description=__doc__.partition(":")[0] + "."
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(BUNDLED)} (all)")
    parser.add_argument("--data-dir", metavar="P", help="where FER2013 is")
    parser.add_argument("--output", type=Path, metavar="DIR", help="(fer_classic/models)")
    args = parser.parse_args(argv)
    unknown = set(args.names) - set(BUNDLED)
    if unknown:
        parser.error(f"no bundled model: {', '.join(sorted(unknown))}; there are {BUNDLED}")
    try:
        data = load_fer2013(args.data_dir)
        for name in args.names or BUNDLED:
            path = bundled_path(name)
            _build_file(name, data, path if args.output is None else args.output / path.name)
    except (FerClassicError, OSError) as error:
        print(f"benchmarks.bundle: {error}", file=sys.stderr)
        return 1
    return 0


def _build_file(name, data, path):
    model, card = build(name, data, checkpoints=path.with_suffix(".checkpoints"))
    with tempfile.TemporaryDirectory() as folder:
        trial = Path(folder) / path.name
        save_model(model, trial, card=card)
        n_bytes = trial.stat().st_size
    if n_bytes > _TOO_LARGE:
        raise FerClassicError(
            f"{name} would take {n_bytes:,} bytes and may take {_TOO_LARGE:,}; nothing was written."
        )
    save_model(model, path, card=card)
    with atomic_path(path.with_suffix(".md")) as temporary:
        temporary.write_text(describe(name, card, n_bytes), encoding="utf-8")
    with suppress(OSError):
        path.with_suffix(".checkpoints").rmdir()
    accuracy = estimate(card["scores"]["accuracy"])
    print(f"{path}: {n_bytes / 1e6:.1f} MB, accuracy {accuracy} %")


if __name__ == "__main__":
    sys.exit(main())
