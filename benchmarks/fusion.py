"""Ways to join the bundled network and the bundled SVM: ``python -m benchmarks.fusion``.

All are compared on the images of FER2013's Training part that the network has held out. The SVM has
out-of-fold scores for them in closed form. Weights are fitted on four fifths of these images and
scored on the rest, five times, so that no image is scored with weights that were fitted on it.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.special import softmax
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.model_selection import StratifiedGroupKFold

from benchmarks._cli import make_parser
from benchmarks._format import estimate, number, p_value, percent, text_table
from benchmarks.experiments import Data
from fer_classic.classifiers import LeastSquaresSVC, ScoreFusion
from fer_classic.datasets import load_fer2013
from fer_classic.evaluation import choose_threshold, compare, score
from fer_classic.exceptions import FerClassicError, ModelFileError
from fer_classic.persistence import bundled_path, load_model, make_card
from fer_classic.persistence._composed import describe_parts, join_parts

__all__ = ["HeldOut", "compare_ways", "held_out", "main", "make_fusion", "training_part"]

_NETWORK, _SVM = "cnn", "svm_fast"
# Whether mirror images are averaged.
_PARTS = {_NETWORK: True, _SVM: False}
_TRAINING, _TEST = "Training", "PublicTest"
# Decision values of one SVM, fitted on two machines, differ by less.
_TOLERANCE = 0.1


@dataclass(frozen=True, eq=False)
class HeldOut:
    """What the parts say of images that they were not fitted on.

    Parameters
    ----------
    classes : ndarray of shape (n_classes,), str
    labels : ndarray of shape (n,), str
    units : ndarray of shape (n,), int
    network, mirrored, svm : ndarray of shape (n, n_classes)
        Probabilities: of the network, of the network for the mirror images, of the SVM.
    """

    classes: np.ndarray
    labels: np.ndarray
    units: np.ndarray
    network: np.ndarray
    mirrored: np.ndarray
    svm: np.ndarray

    @property
    def parts(self):
        """Probabilities of the network, averaged over the mirror images, and of the SVM."""
        return np.stack([(self.network + self.mirrored) / 2, self.svm])

    def score(self, probabilities):
        """Score probabilities of these images, see :func:`fer_classic.evaluation.score`."""
        return _score(self.labels, self.units, self.classes, probabilities)


def held_out(network, svm, training):
    """Predict the images that the network has held out.

    Parameters
    ----------
    network, svm : Pipeline
        Fitted on the training part; the last steps are a ``CNNClassifier`` and a
        ``LeastSquaresSVC``.
    training : Data
        The training part.

    Returns
    -------
    found : HeldOut

    Raises
    ------
    ModelFileError
        If the models are others, or were fitted on other images.
    """
    rows = np.asarray(getattr(network[-1], "validation_index_", ()))
    if not len(rows) or not isinstance(svm[-1], LeastSquaresSVC):
        ends = [type(model[-1]).__name__ for model in (network, svm)]
        raise ModelFileError(
            f"{_NETWORK} must end in a CNNClassifier that has held out images, and {_SVM} in a "
            f"LeastSquaresSVC; they end in {ends[0]} and {ends[1]}."
        )
    if rows.max() >= len(training):
        raise ModelFileError(f"{_NETWORK} was not fitted on these {len(training):,} images.")
    images = network[:-1].transform(training.values[rows])
    return HeldOut(
        network.classes_,
        training.labels[rows],
        training.units[rows],
        network[-1].predict_proba(images),
        network[-1].predict_proba(np.ascontiguousarray(images[..., ::-1])),
        _out_of_fold(svm, training, rows),
    )


def _out_of_fold(svm, training, rows):
    """Give the probabilities of images by the SVM as fitted without the units of each."""
    features, fitted = svm[:-1].transform(training.values), svm[-1]
    again = clone(fitted).fit(features, training.labels, groups=training.units, oof_rows=rows)
    few = features[:: max(1, len(features) // 200)]
    difference = np.abs(fitted.decision_function(few) - again.decision_function(few)).max()
    if not difference < _TOLERANCE:
        raise ModelFileError(
            f"{_SVM} was not fitted on these images: fitted again, its scores differ by "
            f"{difference:.2g}."
        )
    scores = again.oof_scores_[np.searchsorted(again.oof_rows_, rows)]
    return softmax(fitted.temperature_ * scores.astype(np.float64), axis=1)


def make_fusion(path, data):
    """Fit the weights of the fusion of the bundled models, and score it.

    Parameters
    ----------
    path : pathlib.Path
        Where its file is to be; those of the parts are in the same folder.
    data : Data
        FER2013.

    Returns
    -------
    parts : list of dict
        What its file says of the parts.
    weights : list of float
    card : dict
        With the scores on PublicTest, and, under ``held_out``, those on held-out training images,
        by which the weights and the threshold are chosen.
    """
    parts = describe_parts(path, _PARTS)
    models = _load(path.parent)
    found = held_out(*models.values(), training_part(data))
    fusion = join_parts(parts, models.get)["fusion"].fit_weights(found.parts, found.labels)
    weights = fusion.weights_.round(4).tolist()
    model = join_parts(parts, models.get, weights=weights)
    joined = np.exp(model["fusion"].join(np.log(found.parts)))
    on = f"{len(joined):,} images of {_TRAINING} that {_NETWORK} has held out"
    scored = found.score(joined)
    held = {name: scored[name] for name in ("accuracy", "log_loss", "calibration_error")}
    split = np.asarray(data.bunch.split)
    test = data.at(np.flatnonzero(split == _TEST))
    card = make_card(
        model,
        recipe=path.stem,
        dataset={"name": data.name, "digest": data.digest, "split": [_TRAINING]},
        protocol=f"official: fitted on {_TRAINING}, scored on {_TEST}",
        scores=_score(test.labels, test.units, model.classes_, model.predict_proba(test.values)),
        min_probability=choose_threshold(found.labels, found.classes, joined) | {"measured_on": on},
        n_images=int((split == _TRAINING).sum()),
    )
    names = [part["name"] for part in parts]
    how = {"weights": dict(zip(names, weights, strict=True)), "held_out": held | {"images": on}}
    return parts, weights, card | how


def compare_ways(found):
    """Compare ways to join the parts, on the images that both have held out.

    Parameters
    ----------
    found : HeldOut

    Yields
    ------
    name : str
    weights : str
        Weights fitted on all images, if there are any.
    scores : dict
        What :func:`fer_classic.evaluation.score` gives.
    comparison : dict or None
        What :func:`fer_classic.evaluation.compare` gives, against the network with mirror images.
    """
    (network, svm), alone = found.parts, np.stack([found.network, found.svm])
    codes = found.classes[network.argmax(axis=1)]
    ways = {
        "network": (found.network, ""),
        "network, mirror images": (network, ""),
        "network, mirror images, geometric": (_geometric(found.network, found.mirrored), ""),
        "SVM": (svm, ""),
        "mean": ((network + svm) / 2, ""),
        "geometric mean": (_geometric(network, svm), ""),
        "log pool, no mirror images": _cross_fitted(found, alone),
        "log pool": _cross_fitted(found, found.parts),
        "log pool, class biases": _cross_fitted(found, found.parts, biases="fit"),
    }
    for name, (probabilities, weights) in ways.items():
        predicted = found.classes[probabilities.argmax(axis=1)]
        against = None
        if name != "network, mirror images":
            against = compare(found.labels, predicted, codes, units=found.units)
        yield name, weights, found.score(probabilities), against


def _geometric(first, second):
    return softmax((np.log(first) + np.log(second)) / 2, axis=1)


def _cross_fitted(found, parts, biases=None):
    """Score each fifth with the weights of the others; also gives the weights of all."""
    joined = np.empty_like(parts[0])
    folds = StratifiedGroupKFold(5, shuffle=True, random_state=0)
    for fit, rest in folds.split(found.labels, found.labels, found.units):
        fusion = _weigh(found, parts[:, fit], found.labels[fit], biases)
        joined[rest] = np.exp(fusion.join(np.log(parts[:, rest])))
    weights = _weigh(found, parts, found.labels, biases).weights_
    return joined, ", ".join(f"{weight:.2f}" for weight in weights)


def _weigh(found, parts, labels, biases):
    # Probabilities are at hand, so that anything that knows the classes stands for the parts.
    known = DummyClassifier().fit(found.classes, found.classes)
    fusion = ScoreFusion([(name, known) for name in _PARTS], biases=biases)
    return fusion.fit_weights(parts, labels)


def _load(folder):
    return {name: load_model(folder / f"{name}.joblib").model for name in _PARTS}


def training_part(data):
    """Take FER2013's Training part, on which the bundled models were fitted."""
    return data.at(np.flatnonzero(np.asarray(data.bunch.split) == _TRAINING))


def _score(labels, units, classes, probabilities):
    return score(
        labels,
        classes[probabilities.argmax(axis=1)],
        classes=classes,
        class_scores=probabilities,
        score_kind="probability",
        units=units,
    )


def _cells(name, weights, scores, against):
    difference = ["", ""]
    if against is not None:
        low, high = (percent(against[key]) for key in ("low", "high"))
        difference = [f"{percent(against['difference'])} [{low}, {high}]"]
        difference.append(p_value(against["p_value"]))
    return [
        name,
        weights,
        estimate(scores["accuracy"]),
        percent(scores["balanced_accuracy"]["value"]),
        number(scores["log_loss"], 3),
        percent(scores["calibration_error"]),
        *difference,
    ]


def main(argv=None, *, load=load_fer2013):
    """Run the program.

    Parameters
    ----------
    argv : list of str, optional
        Arguments; those of the process by default.
    load : callable
        ``load(data_home)`` gives FER2013.

    Returns
    -------
    code : int
        0; 1 if the data or a model cannot be read, or the models were fitted on other images.
    """
    parser = make_parser("benchmarks.fusion", __doc__)
    parser.add_argument("--data-dir", metavar="P", help="where FER2013 is")
    parser.add_argument(
        "--models",
        type=Path,
        default=bundled_path().parent,
        metavar="DIR",
        help="where cnn.joblib and svm_fast.joblib are (default: those of the library)",
    )
    args = parser.parse_args(argv)
    try:
        models, data = _load(args.models), Data.of(load(args.data_dir))
        found = held_out(*models.values(), training_part(data))
    except (FerClassicError, OSError) as error:
        print(f"benchmarks.fusion: {error}", file=sys.stderr)
        return 1
    header = ["", "weights", "accuracy %", "balanced %", "log-loss", "ECE %", "difference", "p"]
    print(text_table(header, [_cells(*way) for way in compare_ways(found)]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
