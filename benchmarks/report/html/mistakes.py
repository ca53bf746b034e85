"""The surest mistakes, with pictures of the faces that may be shown."""

from PIL import Image

from benchmarks._format import number, percent
from benchmarks.report.html.markup import name, png, table
from fer_classic.datasets import dataset_digest, load_drawn_faces

__all__ = ["mistakes"]

# All other data sets are licensed only to the people who requested them.
_SHOWABLE = "drawn"


def mistakes(found, dataset, row, *, kind, load=load_drawn_faces):
    """Show mistakes: faces where they may be shown, otherwise where they are in the data set.

    Parameters
    ----------
    found : list of (int, str, str, float)
        What :func:`~benchmarks.report.html.scores.surest_mistakes` gives.
    dataset : str
        Name of the data set.
    row : Row
        The row that made the mistakes.
    kind : {"probability", "decision"}
        Kind of the scores.
    load : callable
        Gives the drawn faces.

    Returns
    -------
    html : str
    """
    score = percent if kind == "probability" else lambda value: number(value, 2)
    if dataset == _SHOWABLE:
        bunch = load()
        # Records of another version of the drawn faces are of other pictures.
        if dataset_digest(bunch) == row.digest:
            images = bunch.images
            return f'<div class="faces">{"".join(_face(images, *m, score) for m in found)}</div>'
    unit = " %" if kind == "probability" else ""
    lines = [[f"{index:,}", true, said, score(value)] for index, true, said, value in found]
    return table(["image", "true", "predicted", f"score{unit}"], lines)


def _face(images, index, true, said, value, score):
    return (
        f'<div><img width="48" height="48" alt="drawn face {index}" '
        f'src="{png(Image.fromarray(images[index]))}"><b>{name(said)}</b> {score(value)}<br>'
        f'<span class="soft">is {name(true)}, no. {index:,}</span></div>'
    )
