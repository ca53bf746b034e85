"""The page: areas under deletion and insertion curves, and what maps gain."""

from benchmarks._format import estimate, markdown_table, percent
from benchmarks._rows import by_fields
from benchmarks.explanations.measures import ORDERS
from benchmarks.explanations.pictures import PICTURE

__all__ = [
    "MAPS_CAPTION",
    "cells",
    "explanations_page",
    "header",
    "maps_line",
    "verdict",
]

MAPS_CAPTION = (
    "What speaks for each class, averaged over the drawn faces of that class, of people whom the "
    "model was not fitted on, and laid over their mean face: orange speaks for the class, blue "
    "against it. The mean of each of 12 x 12 blocks is kept, and drawn smoothly. Each model has a "
    "colour scale of its own, up to its largest value. *linear* maps are exact contributions to "
    "the decision, relative to the mean training face; *masks* maps show how the probability "
    "depends on what is visible. They show what a model uses in drawn faces, "
    "not in real ones."
)

_KINDS = ("deletion", "insertion")


def header(kind):
    """Name the columns of the table of deletion or insertion."""
    return ["model", "map", "faces", kind, "random", "blob", "gain on random", "gain on blob"]


def cells(record, kind):
    """Write a row as text.

    Parameters
    ----------
    record : dict
        A row of ``explanations.jsonl``.
    kind : {"deletion", "insertion"}

    Returns
    -------
    cells : list of str
    """
    gain = record[f"{kind}_gain"]
    return [
        record["model"],
        record["method"],
        f"{record['n']:,}",
        *(percent(record[kind][order]) for order in ORDERS),
        *(estimate(gain[order]) for order in ORDERS[1:]),
    ]


def maps_line(record):
    """Describe a row of ``explanations_maps.jsonl`` in a line."""
    scores = {"decision": "decision function", "probability": "probability"}
    return (
        f"{record['method']} maps of {record['n']:,} faces in {record['n_units']:,} independent "
        f"units, largest value {record['largest']:.2g} ({scores[record['score_kind']]})"
    )


def explanations_page(records, *, maps=(), picture=False):
    """Write the page.

    Parameters
    ----------
    records : list of dict
        All rows.
    maps : list of dict
        All rows of class-average maps.
    picture : bool, default=False
        Whether there is a picture of the maps.

    Returns
    -------
    page : str
        Markdown.
    """
    paragraphs = [
        "# Explanations",
        "Made by `python -m benchmarks.explanations`. Blocks of each face, a twelfth of its side "
        "wide, are replaced by the blurred image one after the other (*deletion*), or inserted "
        "into it (*insertion*): first those that the map of `fer_classic.inspection.explain` marks "
        "most, in *random* order, or from the middle outwards (*blob*). Figures are mean areas "
        "under the curves of the score of the named class, in percent; a good map has "
        "a small area for deletion and a large one for insertion. The *gain* of the map on another "
        "order is positive where the map is better, with a 95 % interval from the paired bootstrap "
        "over independent units. *linear* maps are the exact contributions to the decision of a "
        "linear classifier, *masks* maps how the score depends on what random masks leave visible, "
        "and *occlusion* maps how it falls when one patch is covered.",
        *([_origin(records), verdict(records)] if records else []),
        "Recipes are fitted on drawn faces of other people; kernels are RBF where nothing else "
        "is said. The faces that are explained are all those of the sample, whether they are named "
        "correctly or not. Exact contributions say what distinguishes a face from the mean one, "
        "not what a blurred block changes, so other maps of the same model can gain more here. "
        "Drawn faces are of few people, so their intervals are rough.",
    ]
    for of_dataset in by_fields(records, "dataset").values():
        first = of_dataset[0]
        paragraphs.append("## " + " ".join(filter(None, (first["dataset"], first["part"]))))
        paragraphs += [_samples(of_faces) for of_faces in by_fields(of_dataset, "digest").values()]
        for kind in _KINDS:
            rows = [cells(record, kind) for record in of_dataset]
            paragraphs.append(markdown_table(header(kind), rows))
    if maps:
        paragraphs += _class_maps(maps, picture)
    return "\n\n".join(paragraphs) + "\n"


def _origin(records):
    """Say which runs the rows are of: a run replaces only the rows of its own models."""
    samples = dict.fromkeys(f"{record['n']:,} faces of {record['dataset']}" for record in records)
    return (
        f"The rows come from runs on {', '.join(samples)} (option `--n`; up to 100 faces of each "
        "data set by default)."
    )


def _class_maps(maps, picture):
    yield "## Class-average maps"
    yield MAPS_CAPTION
    if picture:
        yield f"![]({PICTURE})"
    yield "\n".join(f"- {record['model']}: {maps_line(record)}." for record in maps)
    yield from (_samples(of_faces) for of_faces in by_fields(maps, "digest").values())


def _samples(records):
    """Describe a sample of faces, and the models that explain it."""
    first = records[0]
    models = ", ".join(dict.fromkeys(record["model"] for record in records))
    commits = ", ".join(sorted({record["commit"] for record in records if record["commit"]}))
    at = f", at {commits}" if commits else ""
    return (
        f"Digest `{first['digest']}`, {first['n']:,} faces, {first['n_units']:,} independent "
        f"units{at}: {models}."
    )


def verdict(records):
    """Say where maps are better than both other orders, and name where they are not."""
    comparisons = [
        (record, kind, order)
        for record in records
        for kind in _KINDS
        for order in ORDERS[1:]
        if record[f"{kind}_gain"][order]["low"] is not None
    ]
    weak = [
        f"{record['model']} ({record['method']}, {record['dataset']}) by {kind} against {order}"
        for record, kind, order in comparisons
        if record[f"{kind}_gain"][order]["low"] <= 0
    ]
    if not comparisons:
        return "There are too few independent units for intervals."
    better = len(comparisons) - len(weak)
    said = f"The map is better in {better} of {len(comparisons)} comparisons, by intervals above 0."
    return f"{said} It is not in: {'; '.join(weak)}." if weak else said
