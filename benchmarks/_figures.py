"""Pictures that are kept with the results."""

from io import BytesIO

from PIL import Image

from fer_classic.utils._files import atomic_path

__all__ = ["save_picture"]


def save_picture(axes, path, *, colors=Image.Quantize.MEDIANCUT):
    """Write the figure of some axes to a PNG file.

    Parameters
    ----------
    axes : matplotlib Axes
    path : pathlib.Path
    colors : PIL.Image.Quantize, default=Image.Quantize.MEDIANCUT
        How the palette is chosen. The default may lose colours that are rare, which ``MAXCOVERAGE``
        keeps.
    """
    content = BytesIO()
    axes.figure.savefig(content)
    with atomic_path(path) as temporary:
        # The pictures are kept under version control, and a palette makes them three times smaller.
        picture = Image.open(content).convert("RGB").quantize(method=colors)
        picture.save(temporary, optimize=True)
