"""Data sets of facial expressions: loaders that return a ``Bunch``, and an audit."""

from fer_classic.datasets._audit import Audit, Groups, audit
from fer_classic.datasets._base import dataset_digest
from fer_classic.datasets._ckplus import load_ckplus
from fer_classic.datasets._drawing._action_units import ACTION_UNITS
from fer_classic.datasets._drawings import draw_face, draw_portrait, make_drawn_faces
from fer_classic.datasets._drawn import load_drawn_faces
from fer_classic.datasets._fer2013 import load_fer2013
from fer_classic.datasets._folder import load_folder
from fer_classic.datasets._jaffe import load_jaffe
from fer_classic.datasets._registry import DATASETS, find_dataset, load_dataset
from fer_classic.datasets._twins import near_twins

__all__ = [
    "ACTION_UNITS",
    "DATASETS",
    "Audit",
    "Groups",
    "audit",
    "dataset_digest",
    "draw_face",
    "draw_portrait",
    "find_dataset",
    "load_ckplus",
    "load_dataset",
    "load_drawn_faces",
    "load_fer2013",
    "load_folder",
    "load_jaffe",
    "make_drawn_faces",
    "near_twins",
]
