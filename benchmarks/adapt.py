"""Adapt models to one person after the other: ``python -m benchmarks.adapt``.

A few pictures of each expression of a person are given, drawn at random, and the accuracy on that
person's other pictures is measured before and after; and after the same number of pictures of other
people. The rows go to ``adapt.jsonl``, one JSON object a line, and the table to ``adapt.md``.
"""

import sys
from dataclasses import asdict, dataclass

import numpy as np

from benchmarks._cli import add_data_arguments, check_writable, make_parser, seed, whole_number
from benchmarks._environment import environment
from benchmarks._format import markdown_table, number, percent, text_table
from benchmarks._rows import by_fields, read_rows, write_rows
from fer_classic.classifiers import adapt
from fer_classic.datasets import dataset_digest, load_dataset
from fer_classic.exceptions import DataFormatError, FerClassicError
from fer_classic.expressions import decode
from fer_classic.persistence import BUNDLED, load_bundled
from fer_classic.utils._files import atomic_path, describe_error
from fer_classic.utils._progress import Progress

__all__ = ["COLUMNS", "Row", "cells", "main", "measure", "read_adapted"]


@dataclass(frozen=True)
class Row:
    """What adapting a model has changed, on average over people and draws.

    Parameters
    ----------
    model : str
        Name of the bundled model.
    dataset, digest : str
        The data set.
    pictures : int
        Pictures of each expression that were given.
    subjects, draws, seed : int
        People, draws for each, and the seed of the draws.
    before, after, others : float
        Accuracy of the model, adapted to the person, and adapted to pictures of other people.
    lower : float
        Share of people and draws for whom adapting has lowered the accuracy.
    weight : float
        Weight of the person's pictures.
    """

    model: str
    dataset: str
    digest: str
    pictures: int
    subjects: int
    draws: int
    seed: int
    before: float
    after: float
    others: float
    lower: float
    weight: float


def main(argv=None):
    """Run the program.

    Parameters
    ----------
    argv : list of str, optional
        Arguments; those of the process by default.

    Returns
    -------
    code : int
        0; 1 if the data cannot be read or have no subjects, or the results cannot be written.
    """
    args = _parser().parse_args(argv)
    path = args.output / "adapt.jsonl"
    options = {"class_names": args.class_names, "subject_pattern": args.subject_pattern}
    try:
        check_writable(args.output)
        records = read_adapted(path)
        given = {name: value for name, value in options.items() if value is not None}
        bunch = load_dataset(args.dataset, data_home=args.data_dir, **given)
        surroundings = environment("versions", "machine")
        rows = [
            measure(name, bunch, pictures, draws=args.draws, seed=args.seed)
            for name in args.models
            for pictures in args.pictures
        ]
        print(text_table(COLUMNS, [cells(asdict(row)) for row in rows]))
        _write(path, records + [asdict(row) | surroundings for row in rows])
    except (FerClassicError, OSError, ValueError) as error:
        print(f"benchmarks.adapt: {describe_error(error)}", file=sys.stderr)
        return 1
    return 0


def _parser():
    parser = make_parser("benchmarks.adapt", __doc__)
    add_data_arguments(parser, dataset="drawn")
    add = parser.add_argument
    add("--models", nargs="+", choices=list(BUNDLED), default=list(BUNDLED), metavar="NAME")
    add(
        "--pictures",
        nargs="+",
        type=whole_number(1),
        default=[1, 3],
        metavar="N",
        help="pictures of each expression (1 3)",
    )
    add("--draws", type=whole_number(1), default=3, metavar="N", help="draws for each person (3)")
    add("--seed", type=seed, default=0, metavar="N", help="of the draws (0)")
    return parser


def measure(name, bunch, pictures, *, draws, seed):
    """Adapt a bundled model to each person of a data set.

    Parameters
    ----------
    name : str
        The model.
    bunch : Bunch
        The data set; it must tell people apart.
    pictures : int
        Pictures of each expression that are given.
    draws : int
        Draws for each person.
    seed : int
        Fixes the draws.

    Returns
    -------
    row : Row

    Raises
    ------
    DataFormatError
        If people are not told apart, or nobody has more pictures than that of two expressions.
    """
    if bunch.subjects is None:
        raise DataFormatError(f"the data set {bunch.name} does not say who is in which picture.")
    model = load_bundled(name).model
    names = decode(bunch.target, bunch.target_names)
    known = np.isin(names, model.classes_)
    names, people = names[known], np.asarray(bunch.subjects)[known]
    images = model.named_steps["crop"].transform(bunch.images[known])
    right = model.predict(images) == names
    rng = np.random.default_rng(seed)
    subjects = np.repeat(np.unique(people), draws)
    results, adapted_to = [], set()
    with Progress(f"{name}, {pictures} a class", total=len(subjects), unit="draw") as progress:
        for person in subjects:
            given, rest = _draw(people == person, names, pictures, rng)
            same = np.isin(names, names[given])
            strange, _ = _draw((people != person) & same, names, pictures, rng)
            progress.update()
            if len(np.unique(names[given])) < 2:
                continue
            adapted_to.add(person)
            mine, other = (adapt(model, images[of], names[of]) for of in (given, strange))
            scores = (one.score(images[rest], names[rest]) for one in (mine, other))
            results.append((right[rest].mean(), *scores, mine.weight_))
    if not results:
        raise DataFormatError(
            f"nobody in {bunch.name} has more than {pictures} pictures of two expressions."
        )
    before, after, others, weight = np.transpose(results)
    return Row(
        name,
        bunch.name,
        dataset_digest(bunch),
        pictures,
        len(adapted_to),
        draws,
        seed,
        *(float(values.mean()) for values in (before, after, others, after < before, weight)),
    )


def _draw(those, names, pictures, rng):
    """Pictures of each expression that has more than that, and all others of these expressions."""
    given, rest = [], []
    for name in np.unique(names[those]):
        found = rng.permutation(np.flatnonzero(those & (names == name)))
        if len(found) > pictures:
            given.append(found[:pictures])
            rest.append(found[pictures:])
    empty = [np.array([], dtype=int)]
    return np.concatenate(given or empty), np.concatenate(rest or empty)


COLUMNS = ["model", "pictures", "before", "after", "others", "lower", "weight"]


def cells(record):
    """Give the text below each of :data:`COLUMNS`."""
    shares = [percent(record[name]) for name in ("before", "after", "others", "lower")]
    return [record["model"], str(record["pictures"]), *shares, number(record["weight"], 2)]


def _page(records):
    paragraphs = [
        "# Models adapted to a person",
        "Made by `python -m benchmarks.adapt`. A person gives a number of *pictures* of each "
        "expression, drawn at random; the rest of that person's pictures is named *before* and "
        "*after* the model was adapted, and after it was adapted to as many pictures of *others*. "
        "Accuracies in percent, averaged over people and draws; *lower* is the share of these for "
        "which it fell, and *weight* that of the person's pictures.",
    ]
    for digest, rows in by_fields(records, "digest").items():
        first = rows[0]
        paragraphs += [
            f"## {first['dataset']}",
            f"Digest `{digest}`; {first['subjects']} people, {first['draws']} draws each.",
            markdown_table(COLUMNS, list(map(cells, rows))),
        ]
    return "\n\n".join(paragraphs) + "\n"


def read_adapted(path):
    """Read the rows that a file holds; see :func:`benchmarks._rows.read_rows`."""

    def convert(record):
        # What the pages show must be there; fields of other versions are kept.
        cells(record), record["dataset"], record["digest"], record["subjects"], record["draws"]
        return record

    return read_rows(path, convert, of="an adapted model")


def _write(path, records):
    """Write rows, of which later ones take the place of earlier ones of the same experiment."""
    merged = {(row["digest"], row["model"], row["pictures"]): row for row in records}
    records = [merged[key] for key in sorted(merged)]
    write_rows(path, records)
    with atomic_path(path.with_suffix(".md")) as temporary:
        temporary.write_text(_page(records), "utf-8")


if __name__ == "__main__":
    sys.exit(main())
