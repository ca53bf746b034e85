"""The page of wrong labels."""

from itertools import groupby

import numpy as np

from benchmarks._format import estimate, markdown_table, number, p_value, percent, with_settings
from benchmarks._rows import by_fields

__all__ = ["labels_page", "table_of"]

_PLANTED = [
    *("recipe", "planted", "flips", "draws", "accuracy", "issues", "precision at 50", "at 100"),
    *("found", "corrected", "estimated"),
]
_CLEANED = ["recipe", "planted", "training labels", "changed", "accuracy", "difference", "p"]


def table_of(experiment, rows):
    """Write rows as a table.

    Parameters
    ----------
    experiment : {"planted", "cleaned"}
    rows : list of dict

    Returns
    -------
    header : list of str
    lines : list of list of str
    """
    if experiment == "planted":
        return _PLANTED, _planted_lines(rows)
    return _CLEANED, _cleaned_lines(rows)


def _planted_lines(rows):
    """Average over the draws."""

    def key(row):
        return with_settings(row["recipe"], row["settings"]), row["planted"], row["flips"]

    lines = []
    for (recipe, share, flips), group in groupby(sorted(rows, key=key), key=key):
        draws = list(group)
        mean = {name: _mean(draws, name) for name in draws[0] if name not in _TEXTS}
        lines.append(
            [
                recipe,
                f"{percent(share)} ({number(mean['n_planted'], 0)})",
                flips if share else "–",
                str(len(draws)),
                percent(mean["accuracy"]),
                number(mean["n_issues"], 0),
                percent(mean["precision_50"]),
                percent(mean["precision_100"]),
                percent(mean["found"]),
                percent(mean["corrected"]),
                estimate({"value": mean["share"], "low": mean["low"], "high": mean["high"]}),
            ]
        )
    return lines


_TEXTS = ("dataset", "digest", "recipe", "settings", "flips", "versions", "machine")


def _mean(rows, name):
    values = [row[name] for row in rows if row[name] is not None]
    return float(np.mean(values)) if values else None


def _cleaned_lines(rows):
    return [
        [
            with_settings(row["recipe"], row["settings"]),
            percent(row["planted"]),
            row["treatment"],
            percent(row["changed"]),
            percent(row["accuracy"]),
            "–" if row["difference"] is None else estimate(row | {"value": row["difference"]}),
            p_value(row["p_value"]),
        ]
        for row in rows
    ]


_PLANTED_TEXT = (
    "were made wrong at random: to any other class (*random*), or to one that people take for the "
    "true one, such as fear and surprise (*similar*). *issues* is the number of labels that the "
    "out-of-fold predictions contradict; *precision* the share of planted ones among the surest 50 "
    "and 100, which cannot reach 100 if fewer are planted. *found* is the share of the planted "
    "labels that are issues, *corrected* the share of these whose suggestion is the true label, "
    "*estimated* the estimated share of wrong labels with its 95 % interval. Means over the draws."
)


def labels_page(planted, cleaned):
    """Write the page.

    Parameters
    ----------
    planted, cleaned : list of dict
        All rows.

    Returns
    -------
    page : str
        Markdown.
    """
    paragraphs = [
        "# Wrong labels",
        "Made by `python -m benchmarks.labels planted` and `python -m benchmarks.labels cleaned`. "
        "All numbers but counts and p-values are in percent.",
    ]
    if planted:
        paragraphs.append("## Planted labels are found")
    for k, (digest, group) in enumerate(by_fields(planted, "digest").items()):
        faces = f"the {group[0]['n_items']:,} drawn faces (digest `{digest}`)"
        paragraphs += [
            f"Labels of {faces} {_PLANTED_TEXT}" if k == 0 else f"The same for {faces}:",
            markdown_table(*table_of("planted", group)),
        ]
    if cleaned:
        paragraphs += [
            "## Models fitted without the suspects",
            "Each training part is searched for wrong labels by cross-validation inside it. Models "
            "are scored on the held-out units of all folds: with planted labels against the true "
            "ones, otherwise against the labels of the data set, some of which are wrong, too. "
            "*difference* is that to the labels as they are, paired by image, with its 95 % "
            "interval.",
        ]

    def key(row):
        return row["dataset"], row["digest"], row["n_items"], row["n_folds"], row["seed"]

    for (dataset, digest, n_items, n_folds, seed), group in groupby(
        sorted(cleaned, key=key), key=key
    ):
        paragraphs += [
            f"{dataset} (digest `{digest}`): {n_items:,} images, {n_folds} folds, seed {seed}.",
            markdown_table(*table_of("cleaned", list(group))),
        ]
    return "\n\n".join(paragraphs) + "\n"
