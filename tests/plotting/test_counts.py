import pytest

from fer_classic.plotting import plot_class_counts
from tests.plotting.conftest import texts

pytest.importorskip("matplotlib.figure", reason="matplotlib is not installed")


def test_class_counts_add_up():
    ax = plot_class_counts({"Training": {"fear": 3000, "sad": 1}, "PublicTest": {"fear": 10}})
    assert texts(ax) == ["3,010", "1"]
    assert [bar.get_width() for bar in ax.patches] == [3000, 1, 10, 0]


def test_no_counts():
    with pytest.raises(ValueError, match="at least one split"):
        plot_class_counts({"Training": {}})


@pytest.mark.parametrize("count", [float("nan"), -1, "3", None])
def test_counts_that_are_none(count):
    with pytest.raises(
        ValueError, match=f"the counts of 'Test' by class .*, got {count!r} at inde"
    ):
        plot_class_counts({"Training": {"fear": 3}, "Test": {"fear": count}})
