"""A fusion and its parts on the official test parts."""

from time import perf_counter

import numpy as np

from benchmarks.experiments import split_data
from benchmarks.fusion.held_out import answers_of, score_answers
from fer_classic.evaluation import compare

__all__ = ["FUSION", "score_official"]

FUSION = "fusion"
"""The name of the fusion among its parts."""

_MEASURES = ("accuracy", "macro_f1", "log_loss", "calibration_error")


def score_official(models, found, data):
    """Score the logarithmic pool, its weights fitted on all held-out images, and its parts.

    Parameters
    ----------
    models : dict of str to Pipeline
    found : HeldOut
        Of the same models.
    data : Data
        FER2013.

    Returns
    -------
    rows : list of dict
        For each test part, and for its subsets without twins, and each model: ``part``, ``subset``,
        ``model``, ``n_items``, scores, and ``comparison`` of the fusion against this model; with
        ``ms_per_face`` in the rows of whole test parts.
    """
    fusion, rows = found.fit_weights(found.averaged), []
    for fold in split_data("official", data).folds:
        test, answers, seconds = data.at(fold.test), {}, {}
        for name, model in models.items():
            start = perf_counter()
            answers[name] = answers_of(model, test.values).averaged
            seconds[name] = perf_counter() - start
        joined = fusion.join(np.log(np.stack(list(answers.values()))))
        answers[FUSION], seconds[FUSION] = np.exp(joined), sum(seconds.values())
        subsets = {"": np.ones(len(test), bool)}
        subsets |= {name: subset.kept for name, subset in fold.subsets.items()}
        for subset, kept in subsets.items():
            of_subset = test.at(test.positions[kept])
            for name, probabilities in answers.items():
                rows.append(
                    {
                        "part": fold.name,
                        "subset": subset,
                        "model": name,
                        "n_items": len(of_subset),
                        "ms_per_face": None if subset else 1e3 * seconds[name] / len(test),
                    }
                    | _scores(of_subset, found.classes, probabilities[kept])
                    | {"comparison": None}
                )
                if name != FUSION:
                    fused, alone = (
                        found.classes[values[kept].argmax(axis=1)]
                        for values in (answers[FUSION], probabilities)
                    )
                    rows[-1]["comparison"] = compare(
                        of_subset.labels, fused, alone, units=of_subset.units
                    )
    return rows


def _scores(part, classes, probabilities):
    scores = score_answers(part.labels, part.units, classes, probabilities)
    return {name: scores[name] for name in _MEASURES}
