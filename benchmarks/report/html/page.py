"""The page: a summary, a section for each data set, and sections of other programs."""

from pathlib import Path

from benchmarks._format import estimate
from benchmarks.report.highlights import highlights, main_sentences
from benchmarks.report.html.commands import REPORT
from benchmarks.report.html.dataset import dataset_section
from benchmarks.report.html.markup import heading, inline, title
from benchmarks.report.html.programs import PROGRAMS
from benchmarks.report.html.style import PAGE, STYLE
from benchmarks.report.results import find_datasets, read_results
from benchmarks.report.summary import marked_titles
from fer_classic.exceptions import DataFormatError
from fer_classic.utils._files import atomic_path

__all__ = ["write_html"]


def write_html(output, path):
    """Write all results as one HTML file that needs nothing from elsewhere.

    Parameters
    ----------
    output : path-like
        Where the records are.
    path : path-like
        The file; it appears complete or not at all.

    Returns
    -------
    left : list of str
        What cannot be used and is left out, and why.

    Raises
    ------
    DataNotFoundError
        If there are no records.
    DataFormatError
        If none of them can be used.
    """
    output, path = Path(output), Path(path)
    sets, programs, left = [], [], []
    # Results on real faces come before those on drawn ones.
    for dataset in sorted(find_datasets(output), key=lambda name: name == "drawn"):
        try:
            results = read_results(output, dataset)
            chosen = highlights(results.rows)
            sets.append((results, chosen, dataset_section(results, chosen)))
        except DataFormatError as error:
            left.append(f"{dataset} is left out: {error}")
    for program in PROGRAMS:
        try:
            programs.append(program(output))
        except DataFormatError as error:
            left.append(f"a section is left out: {error}")
    if not sets:
        raise DataFormatError("; ".join(left))
    page = PAGE.substitute(style=STYLE, body=_body(sets, [p for p in programs if p], left))
    with atomic_path(path) as temporary:
        # A name of a record can hold half of a surrogate pair, which is no text.
        temporary.write_bytes(page.encode("utf-8", "replace"))
    return left


def _body(sets, programs, left):
    anchors = [results.dataset for results, *_ in sets] + [p.title for p in programs]
    links = "".join(f'<a href="#{_anchor(name)}">{title(name)}</a>' for name in anchors)
    parts = [
        "<h1>Facial expression recognition: results of fer_classic</h1>",
        f'<p class="soft">{inline(_origin(sets))}</p>',
        f"<nav>{links}</nav>",
        *(f"<p><strong>{inline(text)}</strong></p>" for text in left),
        _summary(sets, programs),
    ]
    parts += [section for *_, section in sets]
    for program in programs:
        parts += [heading(2, program.title, anchor=_anchor(program.title)), program.html]
    return "\n".join(parts)


def _anchor(name):
    return name.lower().replace(" ", "-")


def _origin(sets):
    records = [record for results, *_ in sets for record in results.records]
    newest = max(record["finished"] for record in records).partition("T")[0]
    return (
        f"Made by `{REPORT}` from {len(records):,} records of folds, the newest of {newest}. "
        "Nothing was fitted for it. Scores are in percent with 95 % intervals from a bootstrap "
        "over independent units (images joined by subject, sequence or identical pixels)."
    )


def _summary(sets, programs):
    tiles, points = [], []
    for results, chosen, _ in sets:
        if chosen:
            tiles.append(_tile(results, chosen))
            points.append(f"{results.dataset}: {' '.join(main_sentences(chosen, results.rows))}")
    points += [text for program in programs for text in program.sentences]
    items = "".join(f"<li>{inline(text)}</li>" for text in points)
    legend = (
        '<p class="soft"><span class="mark">leaky</span> marks splits with the same person, '
        'sequence or image in training and test, <span class="mark unknown">persons unknown</span> '
        "those of data sets that do not say who is seen. Only figures without the first mark "
        "are results.</p>"
    )
    return (
        f'{heading(2, "In short", anchor="summary")}<div class="tiles">{"".join(tiles)}</div>'
        f"<ul>{items}</ul>{legend}"
    )


def _tile(results, chosen):
    value, _, interval = estimate(chosen.best.scores["accuracy"]).partition(" ")
    under = marked_titles(results.rows)[chosen.title]
    return (
        f'<div class="tile"><p>{title(results.dataset)}</p>'
        f"<b>{value} % <small>{interval}</small></b>"
        f'<p>{title(chosen.best.recipe)}</p><p class="soft">{title(under)}</p></div>'
    )
