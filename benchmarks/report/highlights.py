"""What a data set's rows come to: the best recipe, what it is compared with, and what leaks add."""

from dataclasses import dataclass

from benchmarks._format import estimate, number, percent
from benchmarks.report.chance import largest_share
from benchmarks.report.pairs import compare_rows
from benchmarks.report.summary import marked_titles

__all__ = [
    "BASELINE",
    "SIGNIFICANT",
    "Gap",
    "Highlights",
    "highlights",
    "main_sentences",
    "more_sentences",
]

SIGNIFICANT = 0.05
"""Corrected p-values below it count as significant."""

BASELINE = "majority"
"""The recipe that always names the largest class: leaks do not help it, and it costs nothing."""


@dataclass(eq=False)
class Gap:
    """The same recipes under a split that leaks.

    Parameters
    ----------
    title : str
        Of the leaky protocol and part.
    points : dict of str to float
        Accuracy there minus that of the honest row, by recipe; as a fraction.
    """

    title: str
    points: dict


@dataclass(eq=False)
class Highlights:
    """The rows that a data set is judged by.

    Parameters
    ----------
    title : str
        The protocol and part that is not leaky and has most recipes, the first of them.
    rows : list of Row
        Its rows with scores, the best first.
    pairs : list of tuple (Row, Row, dict)
        What :func:`~benchmarks.report.pairs.compare_rows` gives for them.
    gap : Gap or None
        The leaky protocol that has most recipes in common; None without one.
    """

    title: str
    rows: list
    pairs: list
    gap: Gap | None

    @property
    def best(self):
        """The row of highest accuracy."""
        return self.rows[0]

    def against_best(self, row):
        """Give the comparison of the best row with another; None without one."""
        return next(
            (r for first, other, r in self.pairs if (first, other) == (self.best, row)), None
        )

    @property
    def known(self):
        """Corrected p-values of the best row against the others, by row, where there is one."""
        results = {row: self.against_best(row) for row in self.rows[1:]}
        return {row: r["adjusted"] for row, r in results.items() if r and "adjusted" in r}

    @property
    def alike(self):
        """Rows that are not significantly worse than the best one."""
        return [row for row, p in self.known.items() if p >= SIGNIFICANT]


def highlights(rows):
    """Choose what a data set is judged by.

    Parameters
    ----------
    rows : list of Row

    Returns
    -------
    highlights : Highlights or None
        None if no fold is finished.
    """
    scored = [row for row in rows if row.scores]
    complete = [row for row in scored if len(row.records) == row.n_folds]
    by_title = {}
    for row in complete or scored:
        by_title.setdefault(row.title, []).append(row)
    leaky = {title for title, group in by_title.items() if any(r.mark == "leaky" for r in group)}
    # Where all leak, the page says so of the one that is shown.
    titles = [title for title in by_title if title not in leaky] or list(by_title)
    if not titles:
        return None
    title = max(titles, key=lambda title: len(by_title[title]))
    # As compare_rows has it: of two that are equal, too, the later one counts as the better.
    chosen = sorted(by_title[title], key=lambda row: row.scores["accuracy"]["value"])[::-1]
    gaps = [_gap(chosen, by_title[other]) for other in by_title if other in leaky - {title}]
    gap = max(gaps, key=lambda gap: len(gap.points), default=None)
    return Highlights(
        title, chosen, compare_rows(by_title[title]), gap if gap and gap.points else None
    )


def _gap(honest, leaky):
    accuracy = {row.recipe: row.scores["accuracy"]["value"] for row in honest}
    points = {
        row.recipe: row.scores["accuracy"]["value"] - accuracy[row.recipe]
        for row in leaky
        if row.recipe in accuracy and row.recipe != BASELINE
    }
    return Gap(leaky[0].title, points)


def main_sentences(chosen, rows):
    """Write what a reader with little time must know of a data set: how good, and what leaks add.

    Parameters
    ----------
    chosen : Highlights
    rows : list of Row
        All rows of the data set.

    Returns
    -------
    sentences : list of str
        With ``**`` around what matters most.
    """
    titles, best = marked_titles(rows), chosen.best
    scores = best.scores
    recipes = f"of {len(chosen.rows)} recipes" if len(chosen.rows) > 1 else "recipe, the only one"
    return [
        f"**{best.recipe}** is the most accurate {recipes}: **{estimate(scores['accuracy'])} %** "
        f"under {titles[chosen.title]}, on {scores['n_items']:,} images in {scores['n_units']:,} "
        f"independent units. The largest class is {percent(largest_share(best.y_true))} % of them.",
        *_leaks(chosen, titles),
    ]


def more_sentences(chosen):
    """Write what is of interest beyond that: significance, classes, cost; as ``main_sentences``."""
    return [*_significance(chosen), _classes(chosen.best), *_cost(chosen)]


def _significance(chosen):
    """Say which recipes are about as good as the best one."""
    n_known, alike = len(chosen.known), [row.recipe for row in chosen.alike]
    if n_known:
        better = f"{chosen.best.recipe} is significantly better than"
        better += f" {_of(n_known - len(alike), n_known)} (Holm-corrected p < {SIGNIFICANT})"
        yield f"{better}, but not than {', '.join(alike)}." if alike else f"{better}."


def _of(count, total):
    if count == total:
        return "the other one" if total == 1 else f"all {total} others"
    return f"{count} of the {total} others" if count else "none of the others"


def _leaks(chosen, titles):
    if not chosen.gap:
        return
    points = chosen.gap.points.values()
    low, high = 100 * min(points), 100 * max(points)
    many = f"{len(points)} recipes" if len(points) > 1 else "recipe"
    title = titles[chosen.gap.title]
    span = f"{low:+.1f} to {high:+.1f}" if len(points) > 1 else f"{low:+.1f}"
    yield (
        f"**Leaks change the figures:** under {title} the accuracy of the same {many} differs by "
        f"**{span} points**; quote those figures only beside the ones without leaks."
    )


def _classes(row):
    recalls = {name: recall["value"] for name, recall in row.scores["recall"].items()}
    hard, easy = min(recalls, key=recalls.get), max(recalls, key=recalls.get)
    return (
        f"The hardest class of {row.recipe} is {hard} (recall {percent(recalls[hard])} %), the "
        f"easiest {easy} ({percent(recalls[easy])} %)."
    )


def _cost(chosen):
    """Say what the best recipe costs, and the fastest of those that are about as good."""
    best = chosen.best
    fastest = min([best, *chosen.alike], key=lambda row: row.ms_per_face)
    price = f"{best.recipe} takes {_price(best)} a face"
    if fastest is best:
        yield f"{price}."
    else:
        yield f"{price}; {fastest.recipe}, not significantly worse, {_price(fastest)}."


def _price(row):
    return f"{number(row.ms_per_face, 2)} ms"
