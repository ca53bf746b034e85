"""Draw the picture on the front page: ``python docs/draw_front_page.py``.

A pipeline fitted on drawn faces predicts the expressions of three other drawn people.
"""

from pathlib import Path

import cv2
import numpy as np

from fer_classic.datasets import draw_portrait, load_drawn_faces
from fer_classic.datasets._drawing._action_units import prototype_units
from fer_classic.datasets._drawing._identity import Identity, sample_identity
from fer_classic.live import Recognizer, annotate
from fer_classic.recipes import make_recipe

images, names = load_drawn_faces(return_X_y=True)
model = make_recipe("svm_fusion").fit(images, names)

people = {
    "happy": sample_identity(np.random.default_rng(40)),
    "surprise": Identity(),
    "sad": sample_identity(np.random.default_rng(41)),
}
portraits = [
    draw_portrait(prototype_units(shown), identity=person, shape=(300, 340), face_size=120)[0]
    for shown, person in people.items()
]
picture = np.hstack(portraits)
faces = Recognizer(model).recognize(picture)
cv2.imwrite(str(Path(__file__).parent / "_static" / "drawn_faces.png"), annotate(picture, faces))
