import numpy as np
import pytest

from fer_classic.classifiers import LeastSquaresSVC

pytest.importorskip("onnx")


@pytest.mark.parametrize(
    ("settings", "dtype"),
    [
        ({"precision": "uint8", "blocks": (5, 3), "block_weights": (1.0, 2.0)}, np.float32),
        ({"precision": "float16", "blocks": 2, "n_centers": 12, "random_state": 0}, np.float32),
        ({"kernel": "linear", "precision": "uint8"}, np.float32),
        ({"alpha": 0.05}, np.float64),
    ],
)
def test_every_kernel_and_precision(settings, dtype, difference):
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, 60)
    X = (rng.normal(size=(60, 8)) + y[:, np.newaxis]).astype(dtype)
    # Rows enter in single precision in both.
    X = X.astype(np.float32).astype(dtype)
    model = LeastSquaresSVC(**settings).fit(X, y)
    assert difference(model, X) < 1e-4
