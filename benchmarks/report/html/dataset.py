"""The section of a data set: what there is, what it comes to, and the figures."""

from benchmarks.report.highlights import main_sentences, more_sentences
from benchmarks.report.html import protocols, recipes
from benchmarks.report.html.markup import heading, inline
from benchmarks.report.html.section import Section
from benchmarks.report.tables import about

__all__ = ["FIGURES", "dataset_section"]

FIGURES = (
    protocols.accuracies,
    protocols.significance,
    recipes.confusions,
    recipes.recalls,
    recipes.calibration,
    recipes.costs,
    recipes.learning,
    recipes.mistakes,
    protocols.chance,
    protocols.everything,
    protocols.searches,
)
"""The figures of a data set in their order: each takes a ``Section`` and gives HTML, or ""."""


def dataset_section(results, chosen):
    """Write the section of a data set.

    Parameters
    ----------
    results : Results
    chosen : Highlights or None
        None if no fold is finished.

    Returns
    -------
    html : str
    """
    said = "".join(f"<p>{inline(text)}</p>" for text in _about(results))
    head = heading(2, results.dataset, anchor=results.dataset)
    if chosen is None:
        return f'{head}<p>No fold is finished.</p><div class="soft">{said}</div>'
    section = Section(results, chosen)
    texts = [*main_sentences(chosen, results.rows), *more_sentences(chosen)]
    points = "".join(f"<li>{inline(text)}</li>" for text in texts)
    figures = [draw(section) for draw in FIGURES]
    return "\n".join(
        [head, f'<div class="soft">{said}</div><ul>{points}</ul>', *filter(None, figures)]
    )


def _about(results):
    yield from about(results.records, results.rows, results.n_others)
    for row in results.rows:
        for problem in row.problems:
            yield f"{row.recipe} ({row.title}), {problem}"
