import numpy as np
import pytest

from fer_classic.plotting import plot_confusion_matrix, plot_recall
from tests.plotting.conftest import ESTIMATE, texts

pytest.importorskip("matplotlib.figure", reason="matplotlib is not installed")


def test_confusion_matrix_shows_shares_and_counts():
    ax = plot_confusion_matrix([[3, 1], [0, 1200]], ["fear", "sad"], title="svm_lbp")
    assert texts(ax) == ["75 %\n3", "25 %\n1", "0 %\n0", "100 %\n1,200"]
    assert ax.get_title() == "svm_lbp"
    assert [label.get_text() for label in ax.get_yticklabels()] == ["fear", "sad"]
    assert ax.images[0].get_array().tolist() == [[0.75, 0.25], [0, 1]]


def test_confusion_matrix_of_counts_and_an_empty_row():
    ax = plot_confusion_matrix([[3, 1], [0, 0]], ["fear", "sad"], normalize=False)
    assert texts(ax) == ["3", "1", "0", "0"]
    assert texts(plot_confusion_matrix([[3, 1], [0, 0]], ["fear", "sad"]))[2:] == ["0 %\n0"] * 2


def test_confusion_matrix_must_fit_its_labels():
    with pytest.raises(ValueError, match=r"2 labels, got shape \(2, 3\)"):
        plot_confusion_matrix(np.zeros((2, 3)), ["fear", "sad"])


def test_recall_of_classifiers_that_know_different_classes():
    without = {"value": 0.2, "low": None, "high": None}
    ax = plot_recall({"lbp": {"fear": ESTIMATE, "sad": ESTIMATE}, "hog": {"sad": without}})
    assert [label.get_text() for label in ax.get_xticklabels()] == ["fear", "sad"]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["lbp", "hog"]
    lbp, hog = ax.containers
    assert lbp.lines[0].get_ydata().tolist() == [0.5, 0.5]
    assert hog.lines[0].get_ydata().tolist() == [0.2]
    assert hog.lines[0].get_xdata()[0] > lbp.lines[0].get_xdata()[1]


def test_no_recalls():
    with pytest.raises(ValueError, match="at least one classifier"):
        plot_recall({})


@pytest.mark.parametrize("end", [None, np.nan])
def test_a_recall_without_an_interval(end):
    (points,) = plot_recall({"lbp": {"fear": ESTIMATE | {"low": end, "high": end}}}).containers
    (bars,) = points.lines[2]
    np.testing.assert_allclose(bars.get_segments()[0], [[0, 0.5], [0, 0.5]])


@pytest.mark.parametrize("value", [None, np.nan, 85, "high"])
def test_recalls_that_would_not_be_seen(value):
    recalls = {"lbp": {"fear": ESTIMATE, "sad": ESTIMATE | {"value": value}}}
    with pytest.raises(ValueError, match=f"the recall of 'sad' by lbp must be .* got {value!r};"):
        plot_recall(recalls)


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        ([[np.nan, 1], [1, 1]], "numbers of 0 or more, got nan at index 0, 0"),
        ([[1, 1], [-1, 1]], "numbers of 0 or more, got -1 at index 1, 0"),
        ([[1, 1], ["x", 1]], "numbers of 0 or more, got 'x' at index 1, 0"),
        ([[1, 1], [1]], "its rows differ in length"),
        ([1, 1], r"2 axes, got the shape \(2,\)"),
    ],
)
def test_confusion_matrices_that_are_none(matrix, message):
    with pytest.raises(ValueError, match=f"matrix must .*{message}"):
        plot_confusion_matrix(matrix, ["fear", "sad"])


def test_confusion_matrix_without_labels():
    with pytest.raises(ValueError, match="at least one class"):
        plot_confusion_matrix(np.zeros((0, 0)), [])
