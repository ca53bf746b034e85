"""Decision trees, whose indices must be checked since compiled code does not check them."""

import numpy as np

__all__ = ["make_tree", "take_tree_apart"]

_LEAF = -1


def take_tree_apart(tree):
    """Return the parts of a compiled tree of scikit-learn."""
    state = tree.__getstate__()
    return {
        "n_features": int(tree.n_features),
        "n_classes": np.asarray(tree.n_classes, dtype=np.int64),
        "n_outputs": int(tree.n_outputs),
        "max_depth": int(state["max_depth"]),
        "nodes": state["nodes"],
        "values": state["values"],
    }


def make_tree(parts):
    """Create a compiled tree from its parts, after all indices have been checked.

    Parameters
    ----------
    parts : dict
        As returned by :func:`take_tree_apart`.

    Returns
    -------
    tree : sklearn.tree._tree.Tree

    Raises
    ------
    ValueError
        If the parts do not form a tree.
    """
    from sklearn.tree._tree import NODE_DTYPE, Tree

    n_features, n_outputs, max_depth = (
        parts[name] for name in ("n_features", "n_outputs", "max_depth")
    )
    nodes, values, n_classes = (parts[name] for name in ("nodes", "values", "n_classes"))
    _require(
        all(type(number) is int for number in (n_features, n_outputs, max_depth))
        and 0 < n_features < 2**31
        and n_outputs == 1
        and 0 <= max_depth < 2**31
        and all(type(array) is np.ndarray for array in (nodes, values, n_classes)),
        "it does not consist of numbers and arrays",
    )
    _require(
        n_classes.dtype == np.int64
        and n_classes.shape == (1,)
        and values.dtype == np.float64
        and nodes.ndim == 1
        and len(nodes) > 0
        and n_classes[0] > 0
        and values.shape == (len(nodes), 1, n_classes[0])
        and np.isfinite(values).all(),
        "its values do not fit its nodes",
    )
    _require(nodes.dtype == NODE_DTYPE, "its nodes are of another version of scikit-learn")
    _check_nodes(nodes, n_features)
    tree = Tree(n_features, n_classes.astype(np.intp), n_outputs)
    state = {"max_depth": max_depth, "node_count": len(nodes)}
    tree.__setstate__(state | {"nodes": nodes, "values": np.ascontiguousarray(values)})
    return tree


def _check_nodes(nodes, n_features):
    left, right = nodes["left_child"], nodes["right_child"]
    inner = left != _LEAF
    _require((inner == (right != _LEAF)).all(), "a node has one child")
    own = np.flatnonzero(inner)
    for children in (left[inner], right[inner]):
        # Children come after their parents, so that there are no cycles.
        _require((children > own).all() and (children < len(nodes)).all(), "a child is missing")
    features = nodes["feature"][inner]
    _require(((features >= 0) & (features < n_features)).all(), "a node uses an unknown feature")
    _require(np.isfinite(nodes["threshold"]).all(), "a threshold is not a number")


def _require(holds, problem):
    if not holds:
        raise ValueError(f"a decision tree is damaged: {problem}")
