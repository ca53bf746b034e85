import numpy as np
from sklearn.utils import Bunch

from fer_classic.expressions import EXPRESSIONS


def bunch_of(target, *, name="folder", images=None, duplicates=None, **columns):
    n = len(target)
    if images is None:
        images = np.arange(n, dtype=np.uint8).reshape(n, 1, 1) * np.ones((2, 2), np.uint8)
    columns = dict.fromkeys(("subjects", "sequences", "split")) | columns
    return Bunch(
        name=name,
        images=images,
        target=np.asarray(target, dtype=np.int64),
        target_names=np.array(EXPRESSIONS),
        duplicates=np.arange(n) if duplicates is None else np.asarray(duplicates),
        **{key: None if value is None else np.array(value) for key, value in columns.items()},
    )


def people(n_subjects=12, per_class=2, n_classes=4, **columns):
    target = np.tile(np.repeat(np.arange(n_classes), per_class), n_subjects)
    subjects = np.repeat([f"P{k:02d}" for k in range(n_subjects)], per_class * n_classes)
    return bunch_of(target, subjects=subjects, **columns)
