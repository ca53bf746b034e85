import numpy as np
import pytest

from fer_classic.evaluation import choose_threshold

CLASSES = ["happy", "sad"]
# Right, right, wrong, right, wrong; from the surest on.
PROBABILITIES = [[0.95, 0.05], [0.1, 0.9], [0.8, 0.2], [0.3, 0.7], [0.6, 0.4]]
NAMES = ["happy", "sad", "sad", "sad", "sad"]


@pytest.mark.parametrize(
    ("options", "value", "coverage", "error"),
    [
        ({"min_accuracy": 0.6}, 0.5, 1.0, 0.4),
        ({"min_accuracy": 0.75}, 0.61, 0.8, 0.25),
        ({"min_accuracy": 0.9, "min_coverage": 0.4}, 0.81, 0.4, 0.0),
        # Nothing that is right often enough would keep half: the largest threshold that does.
        ({"min_accuracy": 0.9, "min_coverage": 0.5}, 0.8, 0.6, 1 / 3),
    ],
)
def test_by_hand(options, value, coverage, error):
    threshold = choose_threshold(NAMES, CLASSES, PROBABILITIES, **options)
    assert threshold.pop("n_items") == 5
    expected = {"value": value, "coverage": coverage, "error": error}
    assert threshold == pytest.approx(expected)


def test_it_keeps_what_it_says():
    rng = np.random.default_rng(0)
    shares = rng.dirichlet([0.3] * 4, 2000)
    classes = np.array(["a", "b", "c", "d"])
    names = classes[[rng.choice(4, p=row) for row in shares]]
    threshold = choose_threshold(names, classes, shares, min_accuracy=0.8)
    kept = shares.max(axis=1) >= threshold["value"]
    right = classes[shares.argmax(axis=1)] == names
    assert kept.mean() == threshold["coverage"] > 0.5
    assert 1 - right[kept].mean() == pytest.approx(threshold["error"])
    assert threshold["error"] <= 0.2
    # 0.01 less is too little.
    assert right[shares.max(axis=1) >= threshold["value"] - 0.01].mean() < 0.8


def test_a_class_that_the_model_does_not_know_is_an_error():
    assert choose_threshold(["fear"], CLASSES, [[0.9, 0.1]])["error"] == 1.0


@pytest.mark.parametrize(
    ("probabilities", "options", "message"),
    [
        ([[0.5, 0.5]], {"min_accuracy": 0}, "min_accuracy must lie above 0"),
        ([[0.5, 0.5]], {"min_coverage": 1.5}, "min_coverage .* got 1.5"),
        ([[0.5, 0.3, 0.2]], {}, r"\(1, 2\); got shape \(1, 3\)"),
        ([[-1.5, 2.5]], {}, "between 0 and 1, got -1.5 to 2.5"),
        ([[np.nan, 0.5]], {}, "between 0 and 1"),
        ([[0.1, 0.2]], {}, "add up to 1"),
    ],
)
def test_wrong_input(probabilities, options, message):
    with pytest.raises(ValueError, match=message):
        choose_threshold(["sad"], CLASSES, probabilities, **options)


def test_no_items():
    with pytest.raises(ValueError, match="at least 1"):
        choose_threshold([], CLASSES, np.empty((0, 2)))


def test_a_number_is_the_same_label_in_every_dtype():
    probabilities = [[0.9, 0.1], [0.2, 0.8]]
    assert choose_threshold([1.0, 2.0], [1, 2], probabilities)["error"] == 0
