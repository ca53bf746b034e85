"""Figures that compare protocols and recipes; each takes a ``Section`` and gives HTML, or ""."""

from itertools import groupby

from benchmarks._format import estimate, p_value
from benchmarks.records.candidates import candidate_lines, plain_of
from benchmarks.report.chance import CHANCE_HEADER, chance_lines
from benchmarks.report.html.markup import figure, fold, heading, inline, table
from benchmarks.report.html.strips import strips
from benchmarks.report.pairs import compare_rows
from benchmarks.report.tables import accuracy_table, pair_table, remarks, score_table

__all__ = ["accuracies", "chance", "everything", "searches", "significance"]


def accuracies(section):
    """Draw honest and leaky accuracies side by side."""
    order = {row.recipe: k for k, row in enumerate(section.chosen.rows)}
    shown = [row for row in section.rows if row.scores and not row.in_brief]
    places = list(dict.fromkeys(row.title for row in shown))
    # The protocol that the data set is judged by is the first of each recipe.
    places.sort(key=lambda title: title != section.chosen.title)
    shown.sort(key=lambda row: (order.get(row.recipe, len(order)), places.index(row.title)))
    all_parts = ""
    if any(row.in_brief for row in section.rows):
        all_parts = fold("All parts of the test set", table(*accuracy_table(section.rows)))
    return figure(
        "Recipes by protocol",
        strips(shown) + all_parts,
        caption="Accuracy in percent with its 95 % interval. Honest splits are filled points, "
        "leaky ones are hollow and orange; the distance of the two is what a leak adds. "
        f"Sorted by {section.title}.",
        commands=section.commands(shown),
    )


def significance(section):
    """Compare the best recipe with the others."""
    best, lines = section.chosen.best, []
    for row in section.chosen.rows[1:]:
        result = section.chosen.against_best(row)
        if result:
            difference = estimate({"value": result["difference"]} | result)
            p, adjusted = p_value(result["p_value"]), p_value(result.get("adjusted"))
            lines.append([row.recipe, difference, p, adjusted])
    if not lines:
        return ""
    header = [f"{best.recipe} better than", "by points", "p", "Holm"]
    tables = []
    for title, group in groupby(section.rows, key=lambda row: row.title):
        group = list(group)
        pairs = [] if group[0].in_brief else compare_rows(group)
        if pairs:
            test = f"<p class='soft'>Test: {pairs[0][2]['test']}.</p>"
            tables.append(heading(4, section.titles[title]) + table(*pair_table(pairs)) + test)
    return figure(
        "Is the best one really better?",
        table(header, lines) + fold("All pairs under all protocols", "".join(tables)),
        caption=f"Differences in accuracy on the same images under {section.title}, with 95 % "
        "intervals. Holm: the p-value corrected for the number of pairs; below 0.05 the difference "
        "is significant.",
    )


def chance(section):
    """Show what permuted labels have given, if there is any."""
    lines = chance_lines(section.results.permuted)
    if not lines:
        return ""
    return figure(
        "Chance level",
        table(CHANCE_HEADER, lines),
        caption="Labels were permuted before the fit, so that nothing can be learned that holds "
        "for other units. *By chance* is the accuracy of predictions that do not depend on "
        "the images.",
        commands=section.commands([row for row in section.results.permuted if row.scores]),
    )


def everything(section):
    """Hold all scores, and what must be known of each protocol."""
    parts = []
    for title, group in groupby(section.rows, key=lambda row: row.title):
        group = list(group)
        said = "".join(
            f"<li>{inline(text)}</li>" for text in remarks([row for row in group if row.scores])
        )
        parts += [heading(4, section.titles[title]), f"<ul>{said}</ul>" if said else ""]
        parts.append(table(*score_table(group)))
    return fold("All scores under all protocols", "".join(parts))


def searches(section):
    """Show what was tried of recipes, if anything was."""
    parts = []
    for candidates in section.results.searches:
        _, n_items, n_folds, seed = candidates[0].part
        head = f"{candidates[0].recipe}: {n_items:,} images, {n_folds} folds, seed {seed}"
        lines = candidate_lines(candidates, plain_of(candidates))
        parts += [
            heading(4, head),
            table(["candidate", "accuracy", "difference", "seconds"], lines),
        ]
    return (
        fold("What was tried: candidates on folds of the training images", "".join(parts))
        if parts
        else ""
    )
