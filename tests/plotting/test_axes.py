import numpy as np
import pytest

from fer_classic import plotting
from fer_classic.exceptions import MissingDependencyError
from tests.plotting.conftest import ESTIMATE

figure = pytest.importorskip("matplotlib.figure", reason="matplotlib is not installed")

IMAGES = np.zeros((3, 8, 8), np.uint8)
MISTAKES = IMAGES, ["sad"] * 3, ["fear"] * 3, [0.5] * 3
EPISODE = {"track": 1, "expression": "sad", "start": 0.0, "end": 1.0}
CALLS = {
    "contact_sheet": lambda ax=None: plotting.contact_sheet(IMAGES, ax=ax),
    "plot_class_counts": lambda ax=None: plotting.plot_class_counts({"all": {"fear": 3}}, ax=ax),
    "plot_class_maps": lambda ax=None: plotting.plot_class_maps({"fear": np.eye(8)}, ax=ax),
    "plot_confusion_matrix": lambda ax=None: plotting.plot_confusion_matrix(
        [[3, 1], [0, 4]], ["fear", "sad"], ax=ax
    ),
    "plot_mistakes": lambda ax=None: plotting.plot_mistakes(*MISTAKES, dataset="drawn", ax=ax),
    "plot_timeline": lambda ax=None: plotting.plot_timeline([EPISODE], ax=ax),
    "plot_recall": lambda ax=None: plotting.plot_recall({"lbp": {"fear": ESTIMATE}}, ax=ax),
}


@pytest.mark.parametrize("name", CALLS)
def test_axes_go_in_and_come_out(name, tmp_path):
    given = figure.Figure().add_subplot()
    assert CALLS[name](given) is given
    own = CALLS[name]()
    assert own.figure is not given.figure
    own.figure.savefig(tmp_path / "picture.png")
    assert (tmp_path / "picture.png").stat().st_size > 300


def test_two_axes_go_in_and_come_out():
    given = figure.Figure().subplots(2)
    assert plotting.plot_history({"loss": [1.0]}, axes=given).tolist() == given.tolist()


ALL_CALLS = CALLS | {
    "plot_growth": lambda: plotting.plot_growth({"seconds": {"fit": ([1, 2], [1, 2])}}),
    "plot_history": lambda: plotting.plot_history({"loss": [1.0]}),
    "plot_robustness": lambda: plotting.plot_robustness(
        {"drawn": {"svm": {"blur": {0.0: ESTIMATE}}}}
    ),
}


@pytest.mark.parametrize("name", sorted(plotting.__all__))
def test_without_matplotlib(name, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "matplotlib.figure", None)
    with pytest.raises(MissingDependencyError, match=r"fer-classic\[plot\]"):
        ALL_CALLS[name]()
