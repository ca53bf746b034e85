import base64
import io
import re

import numpy as np
from PIL import Image

from benchmarks.report.html.explained import average_maps, map_gains
from tests.benchmarks.explanations.test_page import record


def test_gains_are_where_they_belong():
    html = map_gains([record(), record(method="occlusion"), record("net", dataset="fer2013", n=7)])
    # The axis of the first goes from 0 to 50 %; 30 % and its interval of 10 to 50.
    assert '<circle class="dot" cx="60%" cy="6.7" r="4.5"/>' in html
    assert '<line class="l" x1="20%" x2="100%"' in html
    assert html.count('<th scope="rowgroup" rowspan="2">svm_<wbr>hog</th>') == 2
    assert "drawn, 1,200 faces" in html.replace("<wbr>", "")
    assert "--n 1200 --recipes svm_hog --models --maps</code>" in html
    assert "--n 7 --data-dir DIR --recipes --models net --maps</code>" in html


def test_a_single_unit_has_no_interval():
    gains = {order: {"value": 0.2, "low": None, "high": None} for order in ("random", "blob")}
    html = map_gains([record(deletion_gain=gains, insertion_gain=gains)])
    assert 'class="l" x1' not in html
    assert html.count('cx="') == 2 * 2 + 2


def test_maps_are_pictures():
    row = {"model": "svm_<b>", "dataset": "drawn", "digest": "another version", "method": "masks"}
    row |= {"score_kind": "probability", "n": 16, "n_units": 2, "largest": 0.25}
    row |= {"maps": {"happy": [[100] * 12] * 12, "sad": [[0] * 12] * 12}}
    html = average_maps([row])
    happy, sad = (
        np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB"))
        for data in re.findall(r'src="data:image/png;base64,([^"]+)"', html)
    )
    assert happy.shape == sad.shape == (48, 48, 3)
    np.testing.assert_allclose(happy[0, 0], [224, 134, 64], atol=2)
    assert (sad == 255).all()
    assert "masks maps of 16 faces in 2 independent units, largest value 0.25 (probability)" in html
    assert "<b>" not in html
    assert "--n 16 --recipes --models --maps &#x27;svm_&lt;b&gt;&#x27;" in html
