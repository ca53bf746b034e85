"""Fixed faces, and the scores of the bundled models for them.

Made anew, where a bundled model is another one, by ``python -m tests.persistence.answers``.
"""

import json
from pathlib import Path

import numpy as np
from skimage.data import astronaut

from fer_classic.persistence import BUNDLED, load_bundled

PATH = Path(__file__).with_name("answers.json")


# Corners of the face in the photo, a few pixels to all sides.
_CORNERS = [(66, 176), (70, 170), (60, 184), (78, 178), (62, 166), (74, 190)]


def fixed_faces():
    """Twelve faces of 48 x 48 pixels, made by slicing and whole numbers only."""
    red, green, blue = np.moveaxis(astronaut().astype(np.int64), -1, 0)
    gray = (77 * red + 150 * green + 29 * blue) >> 8
    y, x = np.indices((48, 48))
    crops = [gray[top : top + 96 : 2, left : left + 96 : 2] for top, left in _CORNERS]
    faces = [
        *crops,
        crops[0][:, ::-1],
        crops[0] // 2 + 60,
        crops[0] * (48 + x) // 96,
        crops[0] // 32 * 32,
        np.where(y < 30, crops[0], crops[0][::-1]),
        255 - crops[0],
    ]
    return np.uint8(faces)


def answers(name):
    """Classes and scores of a bundled model for the fixed faces."""
    model, _ = load_bundled(name)
    faces = fixed_faces()
    return {
        "classes": model.predict(faces).tolist(),
        "scores": model.predict_proba(faces).round(6).tolist(),
    }


if __name__ == "__main__":
    made = {name: answers(name) for name in BUNDLED}
    PATH.write_text(json.dumps(made) + "\n", "utf-8")
