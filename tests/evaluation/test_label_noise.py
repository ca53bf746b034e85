import numpy as np
import pytest

from fer_classic.evaluation import estimate_label_noise, find_label_issues

CLASSES = ["happy", "sad"]
# Means of their own labels: happy 0.75, sad 0.5. Sure of happy: 0, 1, 5; of sad: 3, 4, 6; none: 2.
LABELS = ["happy", "happy", "happy", "happy", "sad", "sad", "sad"]
HAPPY = np.array([0.95, 0.95, 0.70, 0.40, 0.10, 0.90, 0.50])
PROBABILITIES = np.column_stack([HAPPY, 1 - HAPPY])


def flipped(share, n=4000, seed=0):
    """Labels of which a share is wrong, with probabilities of the true classes."""
    rng = np.random.default_rng(seed)
    true = rng.integers(4, size=n)
    probabilities = 0.7 * np.eye(4)[true] + 0.3 * rng.dirichlet(np.ones(4), n)
    wrong = rng.random(n) < share
    labels = np.where(wrong, (true + rng.integers(1, 4, n)) % 4, true)
    names = np.array(list("abcd"))
    return names[labels], list("abcd"), probabilities, wrong, names[true]


def test_shares_by_hand():
    noise = estimate_label_noise(LABELS, CLASSES, PROBABILITIES)
    # Of the four labels "happy", two belong to happy and one to sad; one belongs to none.
    assert noise["classes"]["happy"]["value"] == pytest.approx(1 / 3)
    assert noise["classes"]["sad"]["value"] == pytest.approx(1 / 3)
    assert noise["share"]["value"] == pytest.approx(1 / 3)
    assert noise["joint"]["happy"] == pytest.approx({"happy": 2.7, "sad": 1.3})


def test_issues_by_hand():
    issues = find_label_issues(LABELS, CLASSES, PROBABILITIES)
    # One of four, and one of three; the surer one is the sad face.
    assert issues["index"].tolist() == [5, 3]
    assert issues["label"].tolist() == ["sad", "happy"]
    assert issues["suggested"].tolist() == ["happy", "sad"]
    np.testing.assert_allclose(issues["margin"], [0.8, 0.2])


@pytest.mark.parametrize("share", [0.0, 0.1, 0.3])
def test_planted_labels_are_found(share):
    names, classes, probabilities, wrong, true = flipped(share)
    noise = estimate_label_noise(names, classes, probabilities)
    assert noise["share"]["value"] == pytest.approx(wrong.mean(), abs=0.01)
    assert noise["share"]["low"] <= wrong.mean() <= noise["share"]["high"]
    issues = find_label_issues(names, classes, probabilities)
    assert wrong[issues["index"]].all()
    assert len(issues["index"]) == pytest.approx(wrong.sum(), rel=0.05)
    np.testing.assert_array_equal(issues["suggested"], true[issues["index"]])


def test_the_order_of_the_columns_does_not_matter():
    names, classes, probabilities, _, _ = flipped(0.1, n=300)
    first = find_label_issues(names, classes, probabilities)
    second = find_label_issues(names, classes[::-1], probabilities[:, ::-1])
    np.testing.assert_array_equal(first["index"], second["index"])


def test_a_label_that_is_the_most_probable_class_is_no_issue():
    # Both happy faces are below the mean, and only sad is above its own.
    probabilities = [[0.9, 0.1], [0.55, 0.45], [0.9, 0.1], [0.6, 0.4]]
    issues = find_label_issues(["happy", "happy", "sad", "sad"], CLASSES, probabilities)
    assert not set(issues["index"]) & {0, 1}


def test_a_class_without_labels():
    probabilities = [[0.1, 0.2, 0.7], [0.6, 0.1, 0.3], [0.1, 0.8, 0.1]]
    arguments = (["happy", "happy", "sad"], ["happy", "sad", "fear"], probabilities)
    noise = estimate_label_noise(*arguments)
    assert noise["classes"]["fear"] == {"value": None, "low": None, "high": None}
    assert "fear" not in find_label_issues(*arguments)["suggested"]


def test_intervals_are_over_units():
    names, classes, probabilities, _, _ = flipped(0.2, n=200)
    once = estimate_label_noise(names, classes, probabilities)
    twice = [np.repeat(values, 2, axis=0) for values in (names, probabilities)]
    units = np.repeat(np.arange(200), 2)
    again = estimate_label_noise(twice[0], classes, twice[1], units=units)
    assert again["share"] == pytest.approx(once["share"])
    narrower = estimate_label_noise(twice[0], classes, twice[1])["share"]
    assert narrower["high"] - narrower["low"] < once["share"]["high"] - once["share"]["low"]
    single = estimate_label_noise(names, classes, probabilities, units=np.zeros(200))["share"]
    assert (single["low"], single["high"]) == (None, None)


@pytest.mark.parametrize(
    ("labels", "probabilities", "message"),
    [
        ([], np.empty((0, 2)), "at least 1"),
        (["sad"], [[0.5, 0.3, 0.2]], r"\(1, 2\); got shape \(1, 3\)"),
        (["fear"], [[0.5, 0.5]], "not in classes: 'fear'"),
        (["sad"], [[-3.0, 2.0]], "between 0 and 1, got -3 to 2"),
        (["sad"], [[np.nan, 0.5]], "between 0 and 1"),
    ],
)
@pytest.mark.parametrize("function", [find_label_issues, estimate_label_noise])
def test_wrong_input(function, labels, probabilities, message):
    with pytest.raises(ValueError, match=message):
        function(labels, CLASSES, probabilities)


def test_units_of_another_length():
    with pytest.raises(ValueError, match="one entry per item"):
        estimate_label_noise(LABELS, CLASSES, PROBABILITIES, units=[0, 1])
