"""The bundled fusion: its weights and its card."""

import numpy as np

from benchmarks.fusion.held_out import held_out, is_network, score_answers, training_part
from fer_classic.evaluation import choose_threshold
from fer_classic.persistence import load_model, make_card
from fer_classic.persistence._composed import describe_parts, join_parts

__all__ = ["PARTS", "make_fusion"]

PARTS = ("cnn", "svm_fast")
"""Names of the bundled models that are joined."""

_TRAINING, _TEST = "Training", "PublicTest"


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
    models = {name: load_model(path.parent / f"{name}.joblib").model for name in PARTS}
    parts = describe_parts(path, {name: is_network(model) for name, model in models.items()})
    found = held_out(models, training_part(data))
    fusion = join_parts(parts, models.get)["fusion"].fit_weights(found.averaged, found.labels)
    weights = fusion.weights_.round(4).tolist()
    model = join_parts(parts, models.get, weights=weights)
    joined = np.exp(model["fusion"].join(np.log(found.averaged)))
    on = f"{len(joined):,} images of {_TRAINING} that {PARTS[0]} has held out"
    scored = found.score(joined)
    held = {name: scored[name] for name in ("accuracy", "log_loss", "calibration_error")}
    split = np.asarray(data.bunch.split)
    test = data.at(np.flatnonzero(split == _TEST))
    scores = score_answers(
        test.labels, test.units, model.classes_, model.predict_proba(test.values)
    )
    card = make_card(
        model,
        recipe=path.stem,
        dataset={"name": data.name, "digest": data.digest, "split": [_TRAINING]},
        protocol=f"official: fitted on {_TRAINING}, scored on {_TEST}",
        scores=scores,
        min_probability=choose_threshold(found.labels, found.classes, joined) | {"measured_on": on},
        n_images=int((split == _TRAINING).sum()),
    )
    names = [part["name"] for part in parts]
    how = {"weights": dict(zip(names, weights, strict=True)), "held_out": held | {"images": on}}
    return parts, weights, card | how
