"""Distil fitted models into one network: ``python -m benchmarks.distill cnn svm_best.joblib``.

The teachers were fitted on FER2013's Training part. The network learns the images of that part with
soft labels: the pool of the teachers' answers, mixed with the labels of the data set. A network
answers for all images, averaged over mirror images, and a least-squares SVM without having seen an
image or its copies, out of fold. The network begins with the weights of the first teacher. Its file
says how it was made, and is bundled with ``python -m benchmarks.bundle cnn --model FILE``.
"""

import sys
import time
from pathlib import Path

import numpy as np
from scipy.special import softmax
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from benchmarks._cli import check_writable, make_parser, setting
from benchmarks.experiments import Data
from benchmarks.fusion.held_out import (
    answers_of,
    check_classes,
    is_network,
    open_parts,
    out_of_fold,
    score_answers,
    training_part,
)
from fer_classic.datasets import load_fer2013
from fer_classic.exceptions import FerClassicError, ModelFileError
from fer_classic.persistence import make_card, save_model
from fer_classic.utils._files import check_outputs, describe_error

__all__ = ["main", "make_soft_labels", "train"]

_TRAINING, _TEST = "Training", "PublicTest"
# Of the network, where nobody says otherwise: labels are soft already, and all epochs are run.
_SETTINGS = {
    "epochs": 45,
    "learning_rate": 0.05,
    "warmup": 0.02,
    "label_smoothing": 0.0,
    "patience": None,
}
_EPS = 1e-9


def make_soft_labels(models, weights, training, *, label_share):
    """Pool the answers of teachers and mix them with the labels.

    Parameters
    ----------
    models : dict of str to Pipeline
        Fitted on the training part; each ends in a network or in a ``LeastSquaresSVC``.
    weights : list of float
        Weight of each in the logarithmic pool.
    training : Data
        The training part.
    label_share : float
        Share of the labels of the data set; 0 to 1.

    Returns
    -------
    soft : ndarray of shape (n, n_classes)

    Raises
    ------
    ModelFileError
        If a model is another, or was fitted on other images.
    """
    check_classes(models, training)
    rows = np.arange(len(training))
    pooled = 0
    for (name, model), weight in zip(models.items(), weights, strict=True):
        if is_network(model):
            answers = answers_of(model, training.values)
            logs = (_log(answers.plain) + _log(answers.mirrored)) / 2
        else:
            logs = _log(out_of_fold(name, model, training, rows))
        pooled = pooled + weight * logs
    classes = next(iter(models.values())).classes_
    labels = np.asarray(training.labels)[:, np.newaxis] == classes
    return label_share * labels + (1 - label_share) * softmax(pooled, axis=1)


def _log(probabilities):
    return np.log(probabilities + _EPS)


def train(teacher, soft, training, settings):
    """Train a network on soft labels, which begins with the weights of a teacher.

    Parameters
    ----------
    teacher : Pipeline
        It ends in a network.
    soft : ndarray of shape (n, n_classes)
    training : Data
    settings : dict
        Parameters of the network that differ from those of the teacher.

    Returns
    -------
    model : Pipeline
    """
    network = clone(teacher[-1]).set_params(warm_start=True, **_SETTINGS | settings)
    network.state_, network.classes_ = teacher[-1].state_, teacher[-1].classes_
    images = teacher[:-1].transform(training.values)
    network.fit(images, training.labels, groups=training.units, soft_labels=soft)
    return Pipeline([*teacher.steps[:-1], (teacher.steps[-1][0], network)])


def describe(model, cards, weights, label_share, data, *, seconds):
    """Make the card of a distilled model, with its scores on PublicTest.

    Parameters
    ----------
    model : Pipeline
        Distilled.
    cards : dict of str to dict
        Cards of the teachers.
    weights : list of float
    label_share : float
    data : Data
        FER2013.
    seconds : float
        How long the training took.

    Returns
    -------
    card : dict
    """
    split = np.asarray(data.bunch.split)
    test = data.at(np.flatnonzero(split == _TEST))
    probabilities = model.predict_proba(test.values)
    scores = score_answers(test.labels, test.units, model.classes_, probabilities)
    first = next(iter(cards.values()))
    pool = " and ".join(f"{name} ({w:g})" for name, w in zip(cards, weights, strict=True))
    before = first.get("training", "").rstrip(".")
    n_epochs = len(model[-1].history_["epoch"])
    training = (
        f"{f'{before}; then ' if before else ''}{n_epochs} epoch{'s' * (n_epochs > 1)} on soft "
        f"labels (python -m benchmarks.distill): {label_share:.0%} the label, the rest the "
        f"logarithmic pool of {pool}."
    )
    card = make_card(
        model,
        recipe=first["recipe"],
        dataset={"name": data.name, "digest": data.digest, "split": [_TRAINING]},
        protocol=f"official: fitted on {_TRAINING}, scored on {_TEST}",
        scores=scores,
        n_images=int((split == _TRAINING).sum()),
        seconds=round(seconds, 3),
    )
    return card | {"training": training}


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
        0; 1 if the data or a model cannot be read, a model is another or was fitted on other
        images, or the file cannot be written; 2 for wrong usage.
    """
    parser = _parser()
    args = parser.parse_args(argv)
    weights = args.weights or [1 / len(args.models)] * len(args.models)
    if len(weights) != len(args.models):
        parser.error(f"--weights takes one for each of the {len(args.models)} models")
    if not 0 <= args.label_share <= 1:
        parser.error(f"--label-share must lie between 0 and 1, got {args.label_share:g}")
    try:
        check_outputs(args.output, overwrite=args.overwrite)
        check_writable(args.output.parent)
        models, cards = open_parts(args.models)
        teacher = next(iter(models.values()))
        if not is_network(teacher):
            raise ModelFileError(f"{args.models[0]} comes first, and must be a network.")
        data = Data.of(load(args.data_dir))
        training = training_part(data)
        start = time.perf_counter()
        soft = make_soft_labels(models, weights, training, label_share=args.label_share)
        model = train(teacher, soft, training, dict(args.settings))
        seconds = time.perf_counter() - start
        card = describe(model, cards, weights, args.label_share, data, seconds=seconds)
        save_model(model, args.output, card=card)
    except (FerClassicError, OSError, ValueError) as error:
        print(f"benchmarks.distill: {describe_error(error)}", file=sys.stderr)
        return 1
    accuracy = card["scores"]["accuracy"]
    print(
        f"{args.output}: held out {max(model[-1].history_['validation_accuracy']):.1%}, {_TEST} "
        f"{accuracy['value']:.1%} [{accuracy['low']:.1%}, {accuracy['high']:.1%}]"
    )
    return 0


def _parser():
    parser = make_parser("benchmarks.distill", __doc__)
    add = parser.add_argument
    add(
        "models",
        nargs="+",
        metavar="MODEL",
        help="teachers: names of bundled models, or files; the network begins with the first",
    )
    add("--weights", nargs="+", type=float, metavar="W", help="of the pool (all alike)")
    add(
        "--label-share",
        type=float,
        default=0.3,
        metavar="S",
        help="share of the labels of the data set in the soft labels (0.3)",
    )
    add(
        "--set",
        dest="settings",
        type=setting,
        action="append",
        default=[],
        metavar="PARAM=VALUE",
        help="parameter of the network, such as epochs=45; may be given several times",
    )
    add("--data-dir", metavar="P", help="where FER2013 is")
    add(
        "--output",
        type=Path,
        default=Path("distilled.joblib"),
        metavar="FILE",
        help="(distilled.joblib)",
    )
    add("--overwrite", action="store_true", help="replace an existing file")
    return parser


if __name__ == "__main__":
    sys.exit(main())
