"""Tables whose cells are coloured by their values: confusion matrices and recalls."""

from sklearn.metrics import confusion_matrix

from benchmarks.report.html.markup import name, title

__all__ = ["matrix", "recalls"]


def matrix(row, head):
    """Draw the confusion matrix of a row: percent of the true class, and counts.

    Parameters
    ----------
    row : Row
    head : str
        Title of the matrix.

    Returns
    -------
    html : str
    """
    labels = sorted({*row.y_true, *row.y_pred})
    counts = confusion_matrix(row.y_true, row.y_pred, labels=labels)
    lines = []
    for label, of_label in zip(labels, counts, strict=True):
        total = of_label.sum()
        cells = "".join(_cell(count / total if total else 0.0, f"{count:,}") for count in of_label)
        lines.append(f'<tr><th scope="row">{name(label)}</th>{cells}</tr>')
    columns = "".join(f'<th scope="col">{name(label)}</th>' for label in labels)
    return (
        f'<div class="scroll"><h4>{title(head)}</h4><table class="heat matrix"><thead><tr>'
        f"<td>true \\ predicted</td>{columns}</tr></thead><tbody>{''.join(lines)}</tbody></table>"
        "</div>"
    )


def recalls(rows):
    """Draw the recall of each class: a line for each row, with its interval.

    Parameters
    ----------
    rows : list of Row

    Returns
    -------
    html : str
    """
    classes = sorted({label for row in rows for label in row.scores["recall"]})
    lines = []
    for row in rows:
        found = row.scores["recall"]
        cells = "".join(
            _cell(found[label]["value"], _span(found[label])) if label in found else "<td>–</td>"
            for label in classes
        )
        lines.append(f'<tr><th scope="row">{name(row.recipe)}</th>{cells}</tr>')
    columns = "".join(f'<th scope="col">{name(label)}</th>' for label in classes)
    return (
        f'<div class="scroll"><table class="heat"><thead><tr><th>recall %</th>{columns}</tr>'
        f"</thead><tbody>{''.join(lines)}</tbody></table></div>"
    )


def _cell(share, below):
    value = f"{100 * share:.0f}"
    return f'<td style="--v:{value}">{value}<small>{below}</small></td>'


def _span(recall):
    if recall["low"] is None:
        return ""
    return "–".join(f"{100 * recall[end]:.0f}" for end in ("low", "high"))
