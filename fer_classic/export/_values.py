"""What goes through a model: images and rows, inside the graph or still before it."""

from dataclasses import dataclass, replace

import numpy as np

from fer_classic.export._graph import Graph

__all__ = ["OUTPUTS", "Builder", "Scores", "Value"]

OUTPUTS = {"probability": "probabilities", "decision": "scores"}
"""Name of the output by the kind of scores."""


@dataclass(frozen=True)
class Value:
    """Images or rows.

    Parameters
    ----------
    rows : bool
        Whether they are rows of numbers; else images, ``uint8``.
    shape : tuple of int
        ``(h, w)`` of images.
    before : tuple of (str, transformer)
        Named steps that have made them outside of the graph.
    name : str or None
        Name in the graph; None while they are outside of it.
    """

    rows: bool
    shape: tuple
    before: tuple = ()
    name: str | None = None

    def after(self, name, step, *, rows):
        """What a step makes of this outside of the graph."""
        return replace(self, rows=rows, before=(*self.before, (name, step)))


@dataclass(frozen=True)
class Scores:
    """Scores of the classes, one column each.

    Parameters
    ----------
    name : str
        Name in the graph.
    kind : {"probability", "decision"}
    """

    name: str
    kind: str


class Builder:
    """A graph that grows, and its inputs.

    Parameters
    ----------
    probes : ndarray of shape (m, h, w) or (m, p)
        Input of the model.

    Attributes
    ----------
    graph : Graph
    inputs : dict of str to (Value, ndarray)
        By name: what goes in, and what that is for the probes.
    """

    def __init__(self, probes):
        self.graph = Graph()
        self.inputs = {}
        self._probes = probes

    def start(self):
        """What the model takes."""
        return Value(rows=self._probes.ndim == 2, shape=self._probes.shape[1:])

    def enter(self, value):
        """Give the name in the graph; what is outside of it becomes an input."""
        if value.name is not None:
            return value.name
        for name, (known, _) in self.inputs.items():
            if known == value:
                return name
        array = self._probes
        for _, step in value.before:
            array = step.transform(array)
        array = np.asarray(array, dtype=np.float32 if value.rows else np.uint8)
        word = value.before[-1][0] if value.before else "rows" if value.rows else "image"
        names = (word, *(f"{word}_{number}" for number in range(2, len(self.inputs) + 3)))
        taken = {*self.inputs, *OUTPUTS.values()}
        name = next(name for name in names if name not in taken)
        self.inputs[name] = value, array
        self.graph.input(name, array)
        return name

    def inside(self, value, name):
        """Images like those of a value, under a name in the graph."""
        return replace(value, name=name, before=())

    def rows(self, name):
        """Rows under a name in the graph."""
        return Value(rows=True, shape=(), name=name)
