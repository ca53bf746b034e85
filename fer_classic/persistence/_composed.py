"""Model files that join models of other files in the same folder by :class:`ScoreFusion`.

The file holds the weights and the SHA-256 of each part, so that no weights of a model are stored
twice, and a part that was replaced is noticed.
"""

import hashlib
import re
from pathlib import Path

import numpy as np
from sklearn.pipeline import Pipeline

from fer_classic.classifiers import ScoreFusion, TestTimeAugmentation
from fer_classic.exceptions import ModelFileError
from fer_classic.persistence._container import write_container
from fer_classic.utils._files import atomic_path

__all__ = ["compose", "describe_parts", "join_parts", "part_path", "write_composed"]

# A plain name, not a path to another folder.
_NAME = re.compile(r"[a-z0-9_]+")
_MAX_PARTS = 16
_CROP = "crop"


def part_path(path, name):
    """Return the path of a part of a composed model."""
    return Path(path).with_name(f"{name}.joblib")


def describe_parts(path, mirrored):
    """Describe the parts of a composed model as they are now.

    Parameters
    ----------
    path : path-like
        The file of the composed model.
    mirrored : dict of str to bool
        Whether mirror images are averaged, by the name of each part.

    Returns
    -------
    parts : list of dict
        ``name``, ``sha256`` and ``mirror``.
    """
    return [
        {"name": name, "sha256": _digest(part_path(path, name)), "mirror": mirror}
        for name, mirror in mirrored.items()
    ]


def join_parts(parts, load, **parameters):
    """Join fitted pipelines that begin with the same crop.

    Parameters
    ----------
    parts : list of dict
        From :func:`describe_parts`.
    load : callable
        ``load(name)`` returns the fitted pipeline of a part.
    **parameters
        Of :class:`ScoreFusion`.

    Returns
    -------
    model : Pipeline
        The crop, and the fusion of all that follows it.

    Raises
    ------
    ValueError
        If the parts do not begin with the same crop.
    """
    crop, estimators = None, []
    for part in parts:
        (name, first), *rest = load(part["name"]).steps
        if name != _CROP or (crop is not None and repr(first) != repr(crop)):
            raise ValueError(f"{part['name']} does not begin with the crop of the first part")
        crop = first if crop is None else crop
        model = rest[0][1] if len(rest) == 1 else Pipeline(rest)
        model = TestTimeAugmentation(model) if part["mirror"] else model
        estimators.append((part["name"], model))
    return Pipeline([(_CROP, crop), ("fusion", ScoreFusion(estimators, **parameters))])


def compose(described, path, load):
    """Make the model that a file describes.

    Parameters
    ----------
    described : dict
        What :func:`write_composed` has written.
    path : path-like
        The file.
    load : callable
        ``load(path)`` loads a model file.

    Returns
    -------
    model : Pipeline

    Raises
    ------
    ModelFileError
        If a part is missing, or is another one than when the file was made.
    """
    names = [part["name"] for part in described["parts"]]
    # Counted before they are hashed: the hashes of numbers are predictable.
    if not 0 < len(names) <= _MAX_PARTS or len(names) != len(set(names)):
        raise ModelFileError(f"{path} joins {len(names)} parts, or one of them twice.")
    for part in described["parts"]:
        name = part["name"]
        if not _NAME.fullmatch(name):
            raise ModelFileError(f"{path} names a part {name!r}, which is not a plain name.")
        file = part_path(path, name)
        if not file.is_file():
            raise ModelFileError(f"{path} joins {file.name}, which is not in its folder.")
        found = _digest(file)
        if found != part["sha256"]:
            raise ModelFileError(
                f"{path} was made for another {file.name}: its SHA-256 is {found[:16]}..., not "
                f"{part['sha256'][:16]}...; restore that file or install the library again. After "
                f"a change of a bundled model, run python -m benchmarks.bundle {Path(path).stem}."
            )
    model = join_parts(
        described["parts"],
        lambda name: load(part_path(path, name)).model,
        weights=described["weights"],
        biases=described["biases"],
    )
    # Raises ValueError for weights that do not fit the parts.
    model["fusion"].join(np.zeros((len(described["parts"]), 1, len(model.classes_))))
    return model


def write_composed(path, parts, *, weights, biases=None, card):
    """Write a model file that joins other ones.

    Parameters
    ----------
    path : path-like
    parts : list of dict
        From :func:`describe_parts`.
    weights : list of float
    biases : list of float, optional
    card : dict
        As returned by :func:`make_card`.
    """
    described = {"parts": parts, "weights": weights, "biases": biases}
    with atomic_path(Path(path)) as temporary:
        write_container({"card": card, "composed": described}, [], temporary)


def _digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()
