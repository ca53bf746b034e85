"""Pictures that are kept with the results."""

from io import BytesIO

from PIL import Image

from fer_classic.utils._files import atomic_path

__all__ = ["save_column", "save_picture"]


def save_picture(axes, path):
    """Write the figure of some axes to a PNG file."""
    _save(_drawn(axes).quantize(64), path)


def save_column(axes, path):
    """Write figures to one PNG file, one below the other.

    Parameters
    ----------
    axes : list of matplotlib Axes
        One of each figure.
    path : pathlib.Path
    """
    pictures = list(map(_drawn, axes))
    size = max(one.width for one in pictures), sum(one.height for one in pictures)
    column, top = Image.new("RGB", size, "white"), 0
    for one in pictures:
        column.paste(one, (0, top))
        top += one.height
    # Faces are mostly grey; the palette must have the colours that are rare, too.
    _save(column.quantize(method=Image.Quantize.MAXCOVERAGE), path)


def _drawn(axes):
    content = BytesIO()
    axes.figure.savefig(content)
    return Image.open(content).convert("RGB")


def _save(picture, path):
    """Write a picture with a palette: it is kept under version control, and four times smaller."""
    with atomic_path(path) as temporary:
        picture.save(temporary, optimize=True)
