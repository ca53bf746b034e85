import numpy as np
import pytest

from fer_classic.inspection import (
    Curve,
    centered_blob,
    deletion_curve,
    explain,
    insertion_curve,
    random_order,
)
from tests.inspection.stand_ins import BlockReader, linear_classifier

# Four blocks of 4 x 4 pixels, of which the classifier counts one.
IMAGE = np.full((8, 8), 255, np.uint8)
ORDER = np.kron([[1, 3], [0, 2]], np.ones((4, 4)))


def corner_reader():
    coef = np.zeros((1, 64))
    coef.reshape(8, 8)[:4, 4:] = 1 / 16
    return linear_classifier(coef, [0.0])


@pytest.fixture
def decisions(monkeypatch):
    """Let the linear classifier have decision values only."""
    model = corner_reader()
    monkeypatch.delattr(type(model), "predict_proba")
    return model


def test_curves_by_hand(decisions):
    options = {"target": "b", "fill": "gray", "block": 4, "n_steps": 4}
    curve = deletion_curve(decisions, IMAGE, ORDER, **options)
    np.testing.assert_allclose(curve.shares, [0, 0.25, 0.5, 0.75, 1])
    np.testing.assert_allclose(curve.scores, [255, 128, 128, 128, 128])
    assert curve.score_kind == "decision"
    assert curve.area == pytest.approx(128 + 127 / 8)
    assert curve.aopc == pytest.approx(127 * 4 / 5)
    # The marked block comes last.
    curve = deletion_curve(decisions, IMAGE, -ORDER, **options)
    np.testing.assert_allclose(curve.scores, [255, 255, 255, 255, 128])
    curve = insertion_curve(decisions, IMAGE, ORDER, **options)
    np.testing.assert_allclose(curve.scores, [128, 255, 255, 255, 255])
    curve = insertion_curve(decisions, IMAGE, ORDER, **options | {"n_steps": 2})
    np.testing.assert_allclose(curve.scores, [128, 255, 255])


def test_the_map_of_a_block_beats_random_and_the_blob():
    image = np.random.default_rng(0).integers(0, 256, (48, 48), dtype=np.uint8)
    image[8:16, 8:16] = 255
    explanation = explain(BlockReader(), image, fill="gray")
    orders = [
        explanation,
        random_order((48, 48), np.random.default_rng(0)),
        centered_blob((48, 48)),
    ]
    options = {"target": "bright", "fill": "gray"}
    deleted = [deletion_curve(BlockReader(), image, order, **options).area for order in orders]
    inserted = [insertion_curve(BlockReader(), image, order, **options).area for order in orders]
    assert deleted[0] < 0.55 < min(deleted[1:])
    assert inserted[0] > 0.95 > max(inserted[1:])


def test_the_class_is_that_of_the_explanation(decisions):
    explanation = explain(decisions, IMAGE, target="a")
    assert deletion_curve(decisions, IMAGE, explanation, n_steps=2).scores[0] == -255


def test_area_and_fall_of_a_line():
    curve = Curve(np.linspace(0, 1, 3), np.array([1.0, 0.5, 0.0]), "probability")
    assert curve.area == 0.5
    assert curve.aopc == 0.5


def test_the_blob_is_in_the_middle_and_symmetric():
    blob = centered_blob((6, 9))
    np.testing.assert_allclose(blob, blob[::-1, ::-1])
    assert blob.max() == blob[2, 4]
    assert np.ptp(centered_blob((1, 1))) == 0


def test_random_order_is_a_permutation_of_blocks():
    order = random_order((10, 9), np.random.default_rng(0), block=4)
    assert np.ptp(order[:4, :4]) == 0
    assert sorted(set(order.ravel())) == list(range(9))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"fill": "black"}, "fill must be one of"),
        ({"block": 9}, "block must lie between 1 and .* 8 pixels"),
        ({"block": 2.5}, "block must lie between 1 and .* 8 pixels"),
        ({"block": 4, "n_steps": 5}, "number of parts, 4; got 5"),
        ({"block": 4, "n_steps": 2.5}, r"number of parts, 4; got 2\.5"),
    ],
)
def test_what_is_refused(options, message, decisions):
    with pytest.raises(ValueError, match=message):
        deletion_curve(decisions, IMAGE, ORDER, **options)


def test_maps_of_another_face(decisions):
    with pytest.raises(ValueError, match=r"map has the shape \(4, 4\) and the face \(8, 8\)"):
        deletion_curve(decisions, IMAGE, ORDER[:4, :4])


@pytest.mark.parametrize("curve", [deletion_curve, insertion_curve])
@pytest.mark.parametrize(
    ("ranking", "message"),
    [
        (np.where(ORDER == 2, np.nan, ORDER), "16 of 64 are not, such as nan at row 4, column 4"),
        (np.full((8, 8), np.inf), "64 of 64 are not, such as inf at row 0, column 0; replace"),
        ([["a"] * 8] * 8, "array of numbers .* 'a'"),
        ([[1], [1, 2]], "array of numbers of shape"),
        ([], r"the map must have the shape \(h, w\), got \(0,\)"),
        (ORDER[np.newaxis], r"the map must have the shape \(h, w\), got \(1, 8, 8\)"),
    ],
)
def test_maps_without_an_order(decisions, curve, ranking, message):
    with pytest.raises(ValueError, match=message):
        curve(decisions, IMAGE, ranking)


@pytest.mark.parametrize("shape", [(0, 4), (4,), 4, (4.0, 4), (2, 2, 2)])
def test_shapes_of_no_image(shape):
    with pytest.raises(ValueError, match="shape must be two whole numbers of 1 or more"):
        centered_blob(shape)
    with pytest.raises(ValueError, match="shape must be two whole numbers of 1 or more"):
        random_order(shape, np.random.default_rng(0))
