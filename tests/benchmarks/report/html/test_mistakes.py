import base64
import io
import re

import numpy as np
from PIL import Image
from sklearn.utils import Bunch

from benchmarks.report.html.mistakes import mistakes
from fer_classic.datasets import dataset_digest, load_drawn_faces

FOUND = [(2, "fear", "angry", 0.93)]


def faces():
    return load_drawn_faces(n_subjects=1, n_per_class=1)


def row_of(digest):
    return Bunch(digest=digest)


def test_drawn_faces_are_shown():
    bunch = faces()
    html = mistakes(FOUND, "drawn", row_of(dataset_digest(bunch)), kind="probability", load=faces)
    (data,) = re.findall(r'src="data:image/png;base64,([^"]+)"', html)
    with Image.open(io.BytesIO(base64.b64decode(data))) as image:
        assert np.array_equal(np.asarray(image), bunch.images[2])
    assert "<b>angry</b> 93.0" in html
    assert "is fear, no. 2" in html


def test_others_are_not():
    digest = dataset_digest(faces())
    for dataset, row in (("jaffe", row_of(digest)), ("drawn", row_of("another version"))):
        html = mistakes(FOUND, dataset, row, kind="decision", load=faces)
        assert "img" not in html
        assert "<td>fear</td><td>angry</td><td>0.93</td>" in html
