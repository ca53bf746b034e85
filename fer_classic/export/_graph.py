"""The graph of an ONNX model, built node by node."""

import numpy as np

from fer_classic.utils._optional import import_optional

__all__ = ["OPSET", "Graph", "import_onnx"]

# Old enough for every runtime in use, and the version of what the networks are written in.
OPSET = 13
_IR_VERSION = 8


def import_onnx():
    """Import the package onnx, or raise MissingDependencyError."""
    return import_optional("onnx", extra="onnx", purpose="export")


class Graph:
    """Nodes, constants and inputs of a model."""

    def __init__(self):
        self._onnx = import_onnx()
        self._nodes, self._constants, self._inputs = [], [], []
        self._domains = {"": OPSET}
        self._count = 0

    def _name(self, word):
        self._count += 1
        # Inputs are called like steps, whose names have no double underscore.
        return f"{word}__{self._count}"

    def input(self, name, array):
        """Declare an input of any number of images or rows that are like those of an array."""
        helper = self._onnx.helper
        kind = helper.np_dtype_to_tensor_dtype(array.dtype)
        self._inputs.append(helper.make_tensor_value_info(name, kind, ["n", *array.shape[1:]]))

    def constant(self, array):
        """Store an array and return its name."""
        name = self._name("constant")
        self._constants.append(self._onnx.numpy_helper.from_array(np.asarray(array), name))
        return name

    def add(self, operator, *inputs, **attributes):
        """Add a node of one output.

        Parameters
        ----------
        operator : str
            Of ONNX.
        *inputs : str or array
            Names of values, and constants.
        **attributes
            Of the operator.

        Returns
        -------
        output : str
            Name of what it computes.
        """
        names = [each if isinstance(each, str) else self.constant(each) for each in inputs]
        output = self._name(operator.lower())
        self._nodes.append(self._onnx.helper.make_node(operator, names, [output], **attributes))
        return output

    def inline(self, model, value):
        """Add all nodes of a model of one input.

        Parameters
        ----------
        model : onnx.ModelProto
        value : str
            Name of what goes in.

        Returns
        -------
        outputs : list of str
            Names of what comes out.
        """
        model = self._onnx.compose.add_prefix(model, f"{self._name('part')}_")
        graph = model.graph
        (given,) = graph.input
        make_node = self._onnx.helper.make_node
        self._nodes += [make_node("Identity", [value], [given.name]), *graph.node]
        self._constants += graph.initializer
        for opset in model.opset_import:
            self._domains[opset.domain] = max(opset.version, self._domains.get(opset.domain, 0))
        return [each.name for each in graph.output]

    def build(self, value, name, n_columns):
        """Make the model.

        Parameters
        ----------
        value : str
            What it gives.
        name : str
            Name of the output.
        n_columns : int
            Columns of the output.

        Returns
        -------
        model : onnx.ModelProto
        """
        helper = self._onnx.helper
        self._nodes.append(helper.make_node("Identity", [value], [name]))
        output = helper.make_tensor_value_info(name, self._onnx.TensorProto.FLOAT, ["n", n_columns])
        graph = helper.make_graph(
            self._nodes, "fer_classic", self._inputs, [output], self._constants
        )
        opsets = [helper.make_opsetid(*each) for each in self._domains.items()]
        model = helper.make_model(graph, opset_imports=opsets, producer_name="fer_classic")
        model.ir_version = _IR_VERSION
        return model
