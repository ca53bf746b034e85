"""Pictures that are kept with the results."""

from io import BytesIO

from PIL import Image

from fer_classic.utils._files import atomic_path

__all__ = ["save_picture"]


def save_picture(axes, path):
    """Write the figure of some axes to a PNG file."""
    content = BytesIO()
    axes.figure.savefig(content)
    with atomic_path(path) as temporary:
        # The pictures are kept under version control, and a palette makes them four times smaller.
        Image.open(content).convert("RGB").quantize(64).save(temporary, optimize=True)
