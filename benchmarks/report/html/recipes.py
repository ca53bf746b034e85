"""Figures on the recipes under one protocol; each takes a ``Section`` and gives HTML, or ""."""

from benchmarks._format import percent
from benchmarks.report.highlights import BASELINE
from benchmarks.report.html.charts import curves, grid, panel, reliability, scatter
from benchmarks.report.html.heat import matrix
from benchmarks.report.html.heat import recalls as recall_table
from benchmarks.report.html.markup import figure, fold, table
from benchmarks.report.html.mistakes import mistakes as show_mistakes
from benchmarks.report.html.scores import surest_mistakes
from benchmarks.report.tables import score_table, training_table
from fer_classic.evaluation import calibration_bins

__all__ = ["calibration", "confusions", "costs", "learning", "mistakes", "recalls"]


def confusions(section):
    """Draw the confusion matrix of the best recipe, and of the others where one looks for them."""
    best, gap = section.chosen.best, section.chosen.gap
    shown = [(best, section.title)]
    if gap:
        shown += [
            (row, section.titles[row.title])
            for row in section.rows
            if (row.title, row.recipe) == (gap.title, best.recipe) and row.scores
        ]
    drawn = grid([_matrix(row, title) for row, title in shown], width="20rem", fit=len(shown) > 1)
    others = [_matrix(row, section.title) for row in section.chosen.rows[1:]]
    if others:
        drawn += fold(
            f"The other recipes under {section.chosen.title}", grid(others, width="20rem", fit=True)
        )
    return figure(
        f"Confusion matrix of {best.recipe}",
        drawn,
        caption="Rows are true classes, columns predicted ones: percent of the true class, and "
        "below it the number of images.",
        commands=section.commands([row for row, _ in shown]),
    )


def _matrix(row, title):
    return f'<div class="panel">{matrix(row, f"{row.recipe}, {title}")}</div>'


def recalls(section):
    """Draw the recall of each class."""
    return figure(
        "Recall per class",
        recall_table(section.chosen.rows),
        caption=f"Percent of the images of a class that are named correctly under {section.title}, "
        "with 95 % intervals; the best recipe first.",
        commands=section.commands(section.chosen.rows),
    )


def calibration(section):
    """Draw accuracy against confidence."""
    panels, without = [], []
    for row, scores in zip(section.chosen.rows, section.scores, strict=True):
        if row.recipe == BASELINE:
            continue
        if scores and scores.kind == "probability":
            bins = calibration_bins(row.y_true, scores.values, classes=scores.classes)
            error = percent(row.scores["calibration_error"])
            panels.append(panel(row.recipe, reliability(bins), note=f"ECE {error} %"))
        else:
            without.append(row.recipe)
    if not panels:
        return _without_scores(section, "Calibration")
    note = f" No probabilities are at hand of {', '.join(without)}." if without else ""
    return figure(
        "Calibration",
        grid(panels, width="9rem", text=14),
        caption="Accuracy (upwards) against the probability of the predicted class, in percent: on "
        "the dashed line a model is as often right as it believes. Large points hold many images. "
        f"ECE: expected calibration error, the mean over the folds. Under {section.title}.{note}",
        commands=section.commands(section.chosen.rows),
    )


def _without_scores(section, what):
    """Say how to get class scores that are not at hand; "" where recipes have none."""
    if not any(isinstance(r.get("class_scores"), str) for r in section.results.records):
        return ""
    errors = table(*_pick(("recipe", "log-loss", "calibration error"), section.chosen.rows))
    return figure(
        what,
        errors if what == "Calibration" else "",
        caption="Not drawn, since class scores are not at hand: records of more than 2,000 test "
        "images keep them in side files, which are not under version control. The command makes "
        "them.",
        commands=[f"{line} --force" for line in section.commands(section.chosen.rows)],
    )


def _pick(columns, rows):
    """Give some columns of the table of scores: header and lines."""
    header, lines = score_table(rows)
    places = [header.index(name) for name in columns]
    return columns, [[line[place] for place in places] for line in lines]


def costs(section):
    """Draw accuracy against time and size."""
    rows = section.chosen.rows
    # The baseline costs nothing: it has no place on a logarithmic axis.
    drawn = [row for row in rows if row.recipe != BASELINE and row.ms_per_face > 0]
    ms = [(row.recipe, row.ms_per_face, row.scores["accuracy"]) for row in drawn]
    sizes = [
        (row.recipe, row.model_bytes / 1e6, row.scores["accuracy"])
        for row in drawn
        if row.model_bytes
    ]
    panels = [
        panel(head, scatter(points, xlabel=label, unit=unit))
        for head, points, label, unit in (
            ("Accuracy against time", ms, "time for a face", "ms"),
            ("Accuracy against size", sizes, "model", "MB"),
        )
        if points
    ]
    unknown = [row.recipe for row in rows if not row.model_bytes]
    note = f" No size is recorded of {', '.join(unknown)}." if unknown else ""
    wanted = ("recipe", "fit s", "features s", "ms / face", "memory MB", "model MB")
    of_cost = table(*_pick(wanted, rows))
    networks = [row for row in rows if row.training]
    if networks:
        of_cost += "<p>Training of the networks, means over the folds:</p>"
        of_cost += table(*training_table(networks))
    return figure(
        "Cost",
        grid(panels, width="20rem", fit=True) + of_cost,
        caption="Time from image to name in a batch, and size of what was fitted; fit and features "
        "are seconds for the training part of one fold, memory is that of the process. Not all "
        f"times were taken on an idle machine.{note}",
        commands=section.commands(rows),
    )


def learning(section):
    """Draw accuracy against the size of the training part, where there are several sizes."""
    lines = {}
    for row in section.rows:
        if not row.scores or row.mark == "leaky" or row.part:
            continue
        first = row.records[0]
        size = row.mean("n_train")
        lines.setdefault((first["protocol"], first["seed"], row.recipe), {})[size] = row
    lines = {line: of_line for line, of_line in lines.items() if len(of_line) > 1}
    if not lines:
        return ""
    of_panels = {}
    for (protocol, seed, recipe), of_line in lines.items():
        head = f"{protocol}, seed {seed}" if seed else protocol
        points = [(size, of_line[size].scores["accuracy"]) for size in sorted(of_line)]
        of_panels.setdefault(head, {})[recipe, ""] = points
    return figure(
        "Learning curves",
        curves(of_panels, xlabel="training images", log=True),
        caption="Accuracy in percent against the number of training images: the same protocol with "
        "other numbers of folds.",
        commands=section.commands([row for of_line in lines.values() for row in of_line.values()]),
    )


def mistakes(section):
    """Show the wrong answers with the highest scores."""
    known = [scores for scores in section.scores if scores]
    if not known:
        return _without_scores(section, "The surest mistakes")
    scores = known[0]
    found = surest_mistakes(scores)
    if not found:
        return ""
    return figure(
        "The surest mistakes",
        show_mistakes(found, section.dataset, scores.row, kind=scores.kind),
        caption=f"Wrong answers of {scores.row.recipe} under {section.title} with the highest "
        "scores. Numbers are places in the data set, from 0 on. Faces are shown where their "
        "licence allows it.",
        commands=section.commands([scores.row]),
    )
