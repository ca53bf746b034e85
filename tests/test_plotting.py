import numpy as np
import pytest

from fer_classic.exceptions import MissingDependencyError
from fer_classic.plotting import (
    contact_sheet,
    plot_class_counts,
    plot_confusion_matrix,
    plot_recall,
)

figure = pytest.importorskip("matplotlib.figure", reason="matplotlib is not installed")

ESTIMATE = {"value": 0.5, "low": 0.4, "high": 0.6}
CALLS = {
    "confusion": lambda ax=None: plot_confusion_matrix([[3, 1], [0, 4]], ["fear", "sad"], ax=ax),
    "recall": lambda ax=None: plot_recall({"lbp": {"fear": ESTIMATE}}, ax=ax),
    "counts": lambda ax=None: plot_class_counts({"Training": {"fear": 3}}, ax=ax),
    "sheet": lambda ax=None: contact_sheet(np.zeros((3, 8, 8), np.uint8), ax=ax),
}


def texts(ax):
    return [text.get_text() for text in ax.texts]


@pytest.mark.parametrize("name", CALLS)
def test_axes_go_in_and_come_out(name, tmp_path):
    given = figure.Figure().add_subplot()
    assert CALLS[name](given) is given
    own = CALLS[name]()
    assert own.figure is not given.figure
    own.figure.savefig(tmp_path / "picture.png")
    assert (tmp_path / "picture.png").stat().st_size > 300


@pytest.mark.parametrize("name", CALLS)
def test_without_matplotlib(name, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "matplotlib.figure", None)
    with pytest.raises(MissingDependencyError, match=r"fer-classic\[plot\]"):
        CALLS[name]()


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


def test_class_counts_add_up():
    ax = plot_class_counts({"Training": {"fear": 3000, "sad": 1}, "PublicTest": {"fear": 10}})
    assert texts(ax) == ["3,010", "1"]
    assert [bar.get_width() for bar in ax.patches] == [3000, 1, 10, 0]


def test_contact_sheet_places_images_row_by_row():
    images = [np.full((8, 8), 0.5), np.zeros((6, 8), np.uint8), np.zeros((8, 8), np.uint8)]
    ax = contact_sheet(images, ["a", "b", "c"], columns=2)
    assert texts(ax) == ["a", "b", "c"]
    left, right, below = (image.get_extent() for image in ax.images)
    assert left[1] <= right[0]
    assert left[2] < below[3]
    assert [image.get_clim() for image in ax.images] == [(0, 1), (0, 255), (0, 255)]


@pytest.mark.parametrize(
    "call",
    [
        lambda: plot_recall({}),
        lambda: plot_class_counts({"Training": {}}),
        lambda: contact_sheet([]),
        lambda: contact_sheet([np.zeros((2, 2))], ["a", "b"]),
        lambda: contact_sheet([np.zeros((2, 2))], columns=0),
    ],
)
def test_nothing_to_draw(call):
    with pytest.raises(ValueError, match="at least one"):
        call()
