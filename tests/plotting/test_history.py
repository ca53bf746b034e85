import numpy as np
import pytest

from fer_classic.plotting import plot_history

pytest.importorskip("matplotlib.figure", reason="matplotlib is not installed")

HISTORY = {
    "epoch": [1, 2, 3],
    "learning_rate": [0.1, 0.1, 0.01],
    "loss": [2.0, 1.5, 1.0],
    "accuracy": [0.2, 0.3, 0.5],
    "validation_loss": [1.9, 1.6, 1.7],
    "validation_accuracy": [0.25, 0.35, 0.3],
    "seconds": [1.0, 1.0, 1.0],
}


def curves(ax):
    lines = [line for line in ax.lines if not line.get_label().startswith("best")]
    return {line.get_label(): (list(line.get_xdata()), list(line.get_ydata())) for line in lines}


def marks(ax):
    return [line.get_xdata()[0] for line in ax.lines if line.get_label() == "best epoch: 2"]


def test_loss_above_accuracy_and_the_best_epoch_in_both():
    loss, accuracy = plot_history(HISTORY, best_epoch=2, title="compact")
    assert curves(loss) == {
        "training": ([1, 2, 3], HISTORY["loss"]),
        "validation": ([1, 2, 3], HISTORY["validation_loss"]),
    }
    assert curves(accuracy) == {
        "training": ([1, 2, 3], HISTORY["accuracy"]),
        "validation": ([1, 2, 3], HISTORY["validation_accuracy"]),
    }
    assert marks(loss) == marks(accuracy) == [2]
    assert (loss.get_title(), loss.get_ylabel(), accuracy.get_ylabel()) == (
        "compact",
        "loss",
        "accuracy",
    )


@pytest.mark.parametrize("best_epoch", [None, 0, 7])
def test_no_best_epoch(best_epoch):
    loss, accuracy = plot_history(HISTORY, best_epoch=best_epoch)
    assert marks(loss) == marks(accuracy) == []
    assert len(loss.lines) == len(accuracy.lines) == 2


def test_without_a_validation_part():
    nothing = [np.nan] * 3
    history = HISTORY | {"validation_loss": nothing, "validation_accuracy": nothing}
    loss, accuracy = plot_history(history)
    assert set(curves(loss)) == set(curves(accuracy)) == {"training"}


def test_epochs_are_counted_and_only_what_is_there_is_drawn():
    loss, accuracy = plot_history({"loss": [2.0, 1.0]})
    assert curves(loss) == {"training": ([1, 2], [2.0, 1.0])}
    assert curves(accuracy) == {}


def test_a_loss_without_bounds_and_columns_of_other_kinds():
    history = {"loss": [np.inf, 1.0, None], "note": ["a", "b", "c"]}
    loss, _ = plot_history(history)
    np.testing.assert_array_equal(curves(loss)["training"][1], [np.inf, 1, np.nan])


@pytest.mark.parametrize(
    ("history", "message"),
    [
        ({"loss": [1.0, "low"]}, "the column 'loss' of history must be .* got 'low' at index 1"),
        ({"loss": 1.0}, "the column 'loss' of history must have 1 axis"),
        ({"loss": [1.0], "epoch": [np.nan]}, "the column 'epoch' of history must be .* got nan"),
    ],
)
def test_columns_that_are_no_numbers(history, message):
    with pytest.raises(ValueError, match=message):
        plot_history(history)


def test_two_axes_are_needed():
    with pytest.raises(ValueError, match=r"axes must be 2, one for the loss .* got 1"):
        plot_history({"loss": [1.0]}, axes=plot_history({"loss": [1.0]})[:1])


@pytest.mark.parametrize(
    ("history", "message"),
    [
        ({}, "got none"),
        ({"loss": []}, r"loss \(0\)"),
        ({"epoch": [1, 2]}, r"epoch \(2\)"),
        ({"loss": [np.nan]}, r"loss \(1\)"),
        ({"loss": [1.0, 2.0], "accuracy": [0.5]}, r"loss \(2\), accuracy \(1\)"),
        ({"epoch": [1], "loss": [1.0, 2.0]}, r"epoch \(1\), loss \(2\)"),
    ],
)
def test_no_history(history, message):
    with pytest.raises(ValueError, match=f"at least one epoch.*{message}"):
        plot_history(history)
