"""Pictures of a data set's rows."""

import textwrap

from sklearn.metrics import confusion_matrix

from benchmarks._figures import save_picture
from benchmarks._format import slug
from benchmarks.report.summary import marked_titles
from fer_classic.plotting import plot_confusion_matrix, plot_recall

__all__ = ["confusion_name", "draw_pictures", "recall_name"]

# Characters of a line of a title that fit above a confusion matrix.
_LINE = 60


def confusion_name(row):
    """Name the picture of a row's confusion matrix."""
    return slug(row.recipe, row.protocol, row.part_title, "confusion") + ".png"


def recall_name(row):
    """Name the picture of the recalls of a row's protocol and part."""
    return slug(row.protocol, row.part_title, "recall") + ".png"


def draw_pictures(folder, dataset, rows):
    """Draw a confusion matrix for each row, and the recalls of each protocol.

    Rows of which the report shows the scores only have none. The titles say which are leaky.
    Pictures of rows that are no more, drawn by an earlier report, are removed.

    Parameters
    ----------
    folder : pathlib.Path
        Where the pictures go.
    dataset : str
        Name of the data set.
    rows : list of Row
        Its rows.

    Raises
    ------
    MissingDependencyError
        If matplotlib is not installed.
    """
    recalls, drawn, titles = {}, set(), marked_titles(rows)
    for row in rows:
        if row.in_brief or not row.scores:
            continue
        labels = sorted({*row.y_true, *row.y_pred})
        title = f"{row.recipe} on {dataset}, {titles[row.title]}"
        axes = plot_confusion_matrix(
            confusion_matrix(row.y_true, row.y_pred, labels=labels),
            labels,
            title=textwrap.fill(title, _LINE),
        )
        save_picture(axes, folder / confusion_name(row))
        drawn.add(confusion_name(row))
        of_protocol = recalls.setdefault(recall_name(row), (titles[row.title], {}))[1]
        of_protocol[row.recipe] = row.scores["recall"]
    for name, (title, of_protocol) in recalls.items():
        save_picture(plot_recall(of_protocol, title=f"{dataset}, {title}"), folder / name)
        drawn.add(name)
    for kind in ("confusion", "recall"):
        for path in folder.glob(f"*-{kind}.png"):
            if path.name not in drawn:
                path.unlink()
