"""What a person sees of a training."""

import math
import sys

from tqdm import tqdm

__all__ = ["Progress"]


class Progress:
    """A bar where there is a terminal, elsewhere a line for each epoch; on standard error.

    Parameters
    ----------
    show : bool
        Whether anything is shown.
    n_epochs : int
        Number of epochs at most.
    n_steps : int
        Number of batches of an epoch.
    done : int
        Number of epochs that an earlier run has finished.
    """

    def __init__(self, show, *, n_epochs, n_steps, done):
        self._show = show
        self._n_epochs = n_epochs
        self._bar = tqdm(
            total=n_epochs * n_steps,
            initial=done * n_steps,
            unit="batch",
            file=sys.stderr,
            leave=None,
            disable=None if show else True,
        )
        if show and done:
            self._bar.write(f"going on after epoch {done}", file=sys.stderr)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self._bar.close()

    def step(self, epoch, loss, accuracy):
        """Show a batch; the numbers may be tensors and are those of the epoch so far."""
        if self._bar.disable:
            return
        self._bar.set_description(f"epoch {epoch}/{self._n_epochs}", refresh=False)
        self._bar.set_postfix_str(f"{_numbers(loss, accuracy)}{self._last}", refresh=False)
        self._bar.update()

    _last = ""

    def epoch(self, row):
        """Show a finished epoch, a row of the history."""
        validation = ""
        if not math.isnan(row["validation_loss"]):
            numbers = _numbers(row["validation_loss"], row["validation_accuracy"])
            validation = self._last = f"; validation: {numbers}"
        if self._show and self._bar.disable:
            numbers = _numbers(row["loss"], row["accuracy"])
            print(
                f"epoch {row['epoch']}/{self._n_epochs}: {numbers}{validation}; "
                f"{row['seconds']:.1f} s",
                file=sys.stderr,
                flush=True,
            )


def _numbers(loss, accuracy):
    return f"loss {float(loss):.3f}, accuracy {100 * float(accuracy):.1f} %"
