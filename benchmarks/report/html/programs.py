"""Sections of what other programs than the benchmark of recipes have measured."""

from typing import NamedTuple

from benchmarks._rows import by_fields
from benchmarks.adapt import COLUMNS, cells, read_adapted
from benchmarks.explanations.page import verdict
from benchmarks.explanations.rows import read_gains, read_maps
from benchmarks.report.html.charts import curves
from benchmarks.report.html.explained import average_maps, map_gains
from benchmarks.report.html.markup import figure, heading, inline, table
from benchmarks.robustness.measures import read_records
from benchmarks.robustness.page import curves as robustness_curves
from benchmarks.robustness.page import largest_sets, summary, summary_header
from benchmarks.speed.page import SECTIONS, header
from benchmarks.speed.page import table as timings
from benchmarks.speed.timings import read_timings

__all__ = ["PROGRAMS", "Program"]


class Program(NamedTuple):
    """What one program has measured.

    Parameters
    ----------
    title : str
        Heading of its section.
    html : str
        The section, without its heading.
    sentences : list of str
        What a reader with little time must know.
    """

    title: str
    html: str
    sentences: list = []


def _robustness(output):
    """Write how accuracy falls with the strength of disturbances.

    Parameters
    ----------
    output : pathlib.Path
        Where the rows are.

    Returns
    -------
    program : Program or None
        None without rows.

    Raises
    ------
    DataFormatError
        If a row is damaged.
    """
    records = read_records(output / "robustness.jsonl")
    if not records:
        return None
    panels, parts, said = {}, [], []
    for faces, models in robustness_curves(largest_sets(records)).items():
        for model, kinds in models.items():
            for kind, accuracy in kinds.items():
                points = sorted(accuracy.items())
                panels.setdefault(kind, {})[model, faces] = points
    for lines in by_fields(records, "digest").values():
        head = " ".join(filter(None, (lines[0]["dataset"], lines[0]["part"])))
        parts += [heading(4, head), table(summary_header(), summary(lines))]
        said.append(_disturbed(head, summary(lines)))
    drawn = curves(panels, xlabel="strength", xticks=[0, 0.5, 1]) if panels else ""
    html = figure(
        "Accuracy when faces are disturbed",
        drawn + "".join(parts),
        caption="Accuracy in percent of the bundled models when each face is disturbed, against "
        "the strength from 0 to 1; all models see the same images. *Disturbed* is the mean over "
        "all kinds and strengths, *ECE* the expected calibration error. Faces of classes that a "
        "model does not know are left out.",
        commands=["python -m benchmarks.robustness --data-dir DIR"],
    )
    return Program("Robustness", html, said)


def _disturbed(faces, lines):
    """Say how models do on one set of faces, by the cells of the summary."""
    models = [
        f"**{model}** {mean} % on average, at worst {worst}, against {plain} undisturbed"
        for model, _, plain, mean, worst, *_ in lines
    ]
    return f"Disturbed faces of {faces}: {'; '.join(models)}."


def _adaptation(output):
    """Write what a few pictures of a person change; as ``_robustness``."""
    records = read_adapted(output / "adapt.jsonl")
    if not records:
        return None
    sets, panels, parts = by_fields(records, "digest"), {}, []
    names = [rows[0]["dataset"] for rows in sets.values()]
    for (digest, rows), faces in zip(sets.items(), names, strict=True):
        # Digests are long: they are shown only where they tell versions of a data set apart.
        if names.count(faces) > 1:
            faces = f"{faces} ({digest})"
        for row in rows:
            lines = panels.setdefault(f"{row['model']}, {faces}", {})
            for line, field in _LINES.items():
                accuracy = {"value": row[field], "low": None, "high": None}
                lines.setdefault((line, ""), []).append((row["pictures"], accuracy))
        people, draws = rows[0]["subjects"], rows[0]["draws"]
        parts += [
            heading(4, f"{faces}: {people} people, {draws} draws each"),
            table(COLUMNS, list(map(cells, rows))),
        ]
    drawn = figure(
        "Accuracy against the pictures that a person gives",
        curves(panels, xlabel="pictures of each expression") + "".join(parts),
        caption="Accuracy in percent on the rest of the person's pictures, averaged over people "
        "and draws: before, adapted to the person, and adapted to as many pictures of others. "
        "*Lower* is the share of people and draws for which it fell.",
        commands=["python -m benchmarks.adapt"],
    )
    return Program("Adaptation to a person", drawn)


_LINES = {"adapted to the person": "after", "adapted to others": "others", "before": "before"}


def _explanations(output):
    """Write how true maps are, and what they mark in each class; as ``_robustness``."""
    gains, maps = read_gains(output), read_maps(output)
    figures = [map_gains(gains)] * bool(gains) + [average_maps(maps)] * bool(maps)
    if not figures:
        return None
    sentences = [f"**Explanations of what models see:** {verdict(gains)}"] if gains else []
    return Program("Explanations", "\n".join(figures), sentences)


def _speed(output):
    """Write what features, fits, predictions and frames take; as ``_robustness``."""
    records = read_timings(output / "speed.jsonl", SECTIONS)
    parts = []
    for part, (title, text) in SECTIONS.items():
        of_part = [record for record in records if record["part"] == part]
        if of_part:
            parts.append(
                figure(
                    title,
                    table(header(part), timings(part, of_part)),
                    caption=text,
                    commands=[f"python -m benchmarks.speed {part}"],
                )
            )
    if not parts:
        return None
    said = inline(
        "Medians on one thread, ours and theirs in turn. *Spread* is the slowest over the fastest "
        "repetition."
    )
    frames = next((r for r in records if r["part"] == "frames" and not r["reason"]), None)
    sentences = [_fast(frames)] if frames else []
    return Program("Speed", "\n".join([f"<p>{said}</p>", *parts]), sentences)


def _fast(record):
    return (
        f"A frame of **{record['subject']}** takes **{1000 * record['seconds']:.1f} ms** with the "
        f"bundled svm_fast; {record['against']} takes {record['ratio']:.1f} times as long."
    )


PROGRAMS = (_robustness, _explanations, _adaptation, _speed)
"""Sections behind those of the data sets: each takes the folder of the results."""
