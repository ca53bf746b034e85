"""The page of fusions."""

from benchmarks._format import estimate, markdown_table, number, p_value, percent
from benchmarks.fusion.official import FUSION
from fer_classic.utils._files import atomic_path

__all__ = ["official_table", "ways_table", "write_page"]


def ways_table(record):
    """Write the comparison of ways as a table.

    Parameters
    ----------
    record : dict
        A row of ``fusion.jsonl``.

    Returns
    -------
    header : list of str
    lines : list of list of str
    """
    header = ["way", "weights", "accuracy", "balanced", "log-loss", "ECE", "difference", "p"]
    return header, [
        [
            row["way"],
            ", ".join(number(weight, 2) for weight in row["weights"] or ()),
            estimate(row["accuracy"]),
            percent(row["balanced_accuracy"]["value"]),
            number(row["log_loss"], 3),
            percent(row["calibration_error"]),
            *_comparison(row["comparison"]),
        ]
        for row in record["held_out"]
    ]


def official_table(record):
    """Write the scores on the official test parts as a table, see :func:`ways_table`."""
    header = ["test images", "n", "model", "accuracy", "macro-F1", "log-loss", "ms / face"]
    return [*header, f"{FUSION} better by", "p"], [
        [
            ", ".join(filter(None, [row["part"], row["subset"]])),
            number(row["n_items"], 0),
            row["model"],
            estimate(row["accuracy"]),
            percent(row["macro_f1"]["value"]),
            number(row["log_loss"], 3),
            number(row["ms_per_face"], 2),
            *_comparison(row["comparison"]),
        ]
        for row in record["official"]
    ]


def _comparison(found):
    if found is None:
        return ["", ""]
    value = {"value": found["difference"], "low": found["low"], "high": found["high"]}
    return [estimate(value), p_value(found["p_value"])]


def write_page(path, records):
    """Write the page.

    Parameters
    ----------
    path : path-like
    records : list of dict
        Rows of ``fusion.jsonl``.
    """
    paragraphs = [
        "# Fusions",
        "Made by `python -m benchmarks.fusion` from models that were fitted on FER2013's "
        "*Training*. The ways of joining them are compared on the images of *Training* that the "
        "networks have held out; an SVM gives its out-of-fold scores for these. Weights are fitted "
        "on four fifths of the images and scored on the rest. The networks have chosen their last "
        "epoch on the same images, so that their figures are slightly optimistic. *Difference*: "
        "from the first model, with its mirror images.",
        "On the official test parts, the fusion is the logarithmic pool of all parts, with mirror "
        "images for networks, and with weights fitted on all held-out images. Accuracies, "
        "differences and calibration errors (*ECE*) in percent, with 95 % intervals from a "
        "bootstrap over independent images; *p* is that of the paired test. *ms / face*: two CPU "
        "cores, all test images at once, features included.",
    ]
    for record in records:
        megabytes = number(record["bytes"] / 1e6)
        paragraphs += [
            f"## {' + '.join(record['parts'])}",
            f"Held out: {record['n_held_out']:,} images. Files of the parts: {megabytes} MB.",
            markdown_table(*ways_table(record)),
            markdown_table(*official_table(record)),
        ]
    with atomic_path(path) as temporary:
        temporary.write_text("\n\n".join(paragraphs) + "\n", "utf-8")
