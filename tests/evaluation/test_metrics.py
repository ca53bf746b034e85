import numpy as np
import pytest
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    f1_score,
    log_loss,
    recall_score,
)

from fer_classic.evaluation import calibration_bins, score

pytestmark = pytest.mark.portability

NAMES = np.array(["angry", "fear", "happy"])


def guesses(n=300, seed=0):
    rng = np.random.default_rng(seed)
    y_true = NAMES[rng.integers(0, 3, n)]
    y_pred = np.where(rng.random(n) < 0.5, y_true, NAMES[rng.integers(0, 3, n)])
    return y_true, y_pred


def test_values_agree_with_scikit_learn():
    y_true, y_pred = guesses()
    probabilities = np.random.default_rng(1).dirichlet(np.ones(3), len(y_true))
    found = score(
        y_true, y_pred, classes=NAMES, class_scores=probabilities, score_kind="probability"
    )
    assert found["accuracy"]["value"] == pytest.approx(accuracy_score(y_true, y_pred))
    assert found["balanced_accuracy"]["value"] == pytest.approx(
        balanced_accuracy_score(y_true, y_pred)
    )
    assert found["macro_f1"]["value"] == pytest.approx(f1_score(y_true, y_pred, average="macro"))
    recalls = [found["recall"][name]["value"] for name in NAMES]
    assert recalls == pytest.approx(recall_score(y_true, y_pred, average=None))
    assert found["log_loss"] == pytest.approx(log_loss(y_true, probabilities, labels=NAMES))
    assert (found["n_items"], found["n_units"]) == (300, 300)


def test_a_class_only_the_model_knows_is_an_error_but_no_term():
    found = score(["angry", "angry", "fear"], ["angry", "happy", "fear"], classes=NAMES)
    assert set(found["recall"]) == {"angry", "fear"}
    assert found["balanced_accuracy"]["value"] == pytest.approx((0.5 + 1) / 2)
    assert found["macro_f1"]["value"] == pytest.approx((2 / 3 + 1) / 2)


def test_a_class_the_model_never_saw_counts_as_zero():
    probabilities = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
    found = score(
        ["angry", "fear", "happy"],
        ["angry", "fear", "angry"],
        classes=["angry", "fear"],
        class_scores=probabilities,
        score_kind="probability",
    )
    assert found["recall"]["happy"]["value"] == 0
    assert found["balanced_accuracy"]["value"] == pytest.approx(2 / 3)
    assert found["log_loss"] == pytest.approx(-np.log(np.finfo(float).eps) / 3)


def test_calibration_error_by_hand():
    # Two bins: confidence 0.8 with 3 of 4 right, confidence 0.6 with 1 of 2 right.
    confident, unsure = [0.8, 0.2], [0.6, 0.4]
    found = score(
        ["angry", "angry", "angry", "fear", "angry", "fear"],
        ["angry"] * 6,
        classes=["angry", "fear"],
        class_scores=[confident] * 4 + [unsure] * 2,
        score_kind="probability",
    )
    assert found["calibration_error"] == pytest.approx((4 * 0.05 + 2 * 0.1) / 6)


def test_calibration_bins_by_hand():
    scores = [[0.8, 0.2]] * 4 + [[0.61, 0.39], [0.65, 0.35]]
    y_true = ["angry", "angry", "angry", "fear", "angry", "fear"]
    bins = calibration_bins(y_true, scores, classes=["angry", "fear"])
    assert bins["count"].tolist() == [0] * 9 + [2, 0, 4, 0, 0, 0]
    assert bins["confidence"][[9, 11]] == pytest.approx([0.63, 0.8])
    assert bins["accuracy"][[9, 11]] == pytest.approx([0.5, 0.75])
    assert np.isnan(bins["accuracy"][[0, 10, 14]]).all()
    with pytest.raises(ValueError, match="one column per class"):
        calibration_bins(y_true, scores, classes=["angry"])


def test_calibration_bins_add_up_to_the_calibration_error():
    y_true, y_pred = guesses()
    scores = np.random.default_rng(1).dirichlet([0.5] * 3, len(y_true))
    bins = calibration_bins(y_true, scores, classes=NAMES)
    gaps = np.nan_to_num(np.abs(bins["accuracy"] - bins["confidence"]))
    found = score(y_true, y_pred, classes=NAMES, class_scores=scores, score_kind="probability")
    assert found["calibration_error"] == pytest.approx((gaps * bins["count"]).sum() / len(y_true))


def test_rounding_moves_no_confidence_into_another_bin():
    # Right at 0.4 and wrong at 0.4 and a little: one bin, with half of them right.
    first, second = 0.4, np.nextafter(0.4, 1)
    found = score(
        ["angry", "fear"],
        ["angry", "angry"],
        classes=["angry", "fear", "happy"],
        class_scores=[[first, 0.3, 0.3], [second, 0.3, 0.3]],
        score_kind="probability",
    )
    assert found["calibration_error"] == pytest.approx(0.1)


def test_decision_scores_have_no_probability_scores():
    y_true, y_pred = guesses(10)
    found = score(
        y_true, y_pred, classes=NAMES, class_scores=np.zeros((10, 3)), score_kind="decision"
    )
    assert found["log_loss"] is None
    assert found["calibration_error"] is None


def test_interval_is_that_of_a_plain_bootstrap():
    y_true, y_pred = guesses(200)
    found = score(y_true, y_pred, classes=NAMES, n_resamples=4000)["accuracy"]
    rng = np.random.default_rng(5)
    right = y_true == y_pred
    plain = [right[rng.integers(0, 200, 200)].mean() for _ in range(4000)]
    assert [found["low"], found["high"]] == pytest.approx(
        np.percentile(plain, [2.5, 97.5]).tolist(), abs=0.012
    )
    assert found["low"] < found["value"] < found["high"]


def test_dependent_items_widen_the_interval():
    y_true, y_pred = guesses(60)
    y_true, y_pred = np.repeat(y_true, 10), np.repeat(y_pred, 10)
    alone = score(y_true, y_pred, classes=NAMES)["accuracy"]
    together = score(y_true, y_pred, classes=NAMES, units=np.repeat(np.arange(60), 10))["accuracy"]
    assert together["value"] == alone["value"]
    assert together["high"] - together["low"] > 2 * (alone["high"] - alone["low"])


def test_units_are_only_names():
    y_true, y_pred = guesses(40)
    units = np.arange(40) // 4
    first = score(y_true, y_pred, classes=NAMES, units=units)
    assert score(y_true, y_pred, classes=NAMES, units=units * 1000 + 7) == first
    assert score(y_true, y_pred, classes=NAMES, units=units, seed=1) != first


def test_one_unit_has_no_interval():
    found = score(["angry", "fear"], ["angry", "angry"], classes=NAMES, units=[3, 3])
    assert found["accuracy"] == {"value": 0.5, "low": None, "high": None}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([], []), "at least 1"),
        ((["fear"], ["fear", "fear"]), "got 1 and 2"),
        ((["fear"], ["fear"], {"units": [1, 2]}), "one entry per item"),
        ((["fear"], ["fear"], {"class_scores": [[0.5, 0.5]]}), r"\(1, 3\); got shape \(1, 2\)"),
        ((["fear"], ["fear"], {"class_scores": [[0.5, 0.5, np.nan]]}), "finite numbers"),
    ],
)
def test_bad_arguments(arguments, message):
    y_true, y_pred, *options = arguments
    with pytest.raises(ValueError, match=message):
        score(y_true, y_pred, classes=NAMES, **(options[0] if options else {}))


def test_a_number_is_the_same_label_in_every_dtype():
    found = score([1.0, 2.0, 1.0], [1, 2, 2], classes=[1, 2])
    assert found["accuracy"]["value"] == pytest.approx(2 / 3)


def test_kinds_of_scores_are_checked():
    with pytest.raises(ValueError, match="must be 'probability', 'decision' or None, got 'proba'"):
        score(["a"], ["a"], classes=["a", "b"], class_scores=[[0.5, 0.5]], score_kind="proba")


@pytest.mark.parametrize("probabilities", [[[9.0, -3.0]], [[1.1, 0.0]], [[0.5, -0.1]]])
def test_decisions_are_no_probabilities(probabilities):
    with pytest.raises(ValueError, match="probabilities must lie between 0 and 1"):
        score(
            ["a"],
            ["a"],
            classes=["a", "b"],
            class_scores=probabilities,
            score_kind="probability",
        )
    with pytest.raises(ValueError, match="probabilities must lie between 0 and 1"):
        calibration_bins(["a"], probabilities, classes=["a", "b"])
