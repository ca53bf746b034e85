"""Wrappers around image pipelines, fitted on drawn faces of 64 x 48 pixels."""

from functools import cache

import cv2
import numpy as np
from imblearn.over_sampling import RandomOverSampler
from imblearn.pipeline import make_pipeline as make_sampling_pipeline
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import make_column_transformer
from sklearn.ensemble import BaggingClassifier, StackingClassifier, VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline, make_union

from fer_classic.classifiers import TestTimeAugmentation
from fer_classic.datasets import load_drawn_faces
from fer_classic.features import HOGDescriptor, LBPHistogram

SHAPE = (64, 48)


def _classifier():
    return LogisticRegression(max_iter=20, tol=1.0)


def _lbp(**parameters):
    return LBPHistogram(grid=(2, 2), **parameters)


def _hog(**parameters):
    return HOGDescriptor(**parameters)


def _members():
    return [
        ("lbp", make_pipeline(_lbp(), _classifier())),
        ("hog", make_pipeline(_hog(), _classifier())),
    ]


_PIPELINE = make_pipeline(_lbp(), _classifier())
_PIXELS = slice(0, SHAPE[0] * SHAPE[1])
_STRENGTHS = {"logisticregression__C": [0.1, 1.0]}

WRAPPERS = {
    "calibrated": CalibratedClassifierCV(_PIPELINE, cv=2),
    "calibrated, one model": CalibratedClassifierCV(_PIPELINE, cv=2, ensemble=False),
    "soft voting": VotingClassifier(_members(), voting="soft"),
    "hard voting": VotingClassifier(_members()),
    "stacking": StackingClassifier(_members(), _classifier(), cv=2),
    "search": GridSearchCV(_PIPELINE, _STRENGTHS, cv=2),
    "random search": RandomizedSearchCV(_PIPELINE, _STRENGTHS, cv=2, n_iter=1, random_state=0),
    "one against the rest": OneVsRestClassifier(_PIPELINE),
    "views": TestTimeAugmentation(_PIPELINE),
    "calibrated search of views": CalibratedClassifierCV(
        GridSearchCV(TestTimeAugmentation(_PIPELINE), {"views": ["flip"]}, cv=2), cv=2
    ),
    "sampling pipeline": make_sampling_pipeline(
        _lbp(), RandomOverSampler(random_state=0), _classifier()
    ),
    "union": make_pipeline(make_union(_lbp(), _hog()), _classifier()),
    "columns": make_pipeline(
        make_column_transformer(
            (_lbp(image_shape=SHAPE), _PIXELS), (_hog(image_shape=SHAPE), _PIXELS)
        ),
        _classifier(),
    ),
    "bagging": BaggingClassifier(
        make_pipeline(_lbp(image_shape=SHAPE), _classifier()), n_estimators=2, random_state=0
    ),
}
"""Unfitted, by name; the last two take rows of pixels."""

_OF_ROWS = ("columns", "bagging")


@cache
def fit_wrapper(name):
    """Fit one of the wrappers."""
    images, names = load_drawn_faces(n_subjects=4, n_per_class=1, return_X_y=True)
    images = np.stack([cv2.resize(image, SHAPE[::-1]) for image in images])
    data = images.reshape(len(images), -1) if name in _OF_ROWS else images
    return clone(WRAPPERS[name]).fit(data, names)
