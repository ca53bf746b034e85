"""Action units of the Facial Action Coding System, and the prototypes of the expressions."""

import re
from numbers import Real

from fer_classic.exceptions import UnknownNameError

__all__ = [
    "ACTION_UNITS",
    "PROTOTYPES",
    "mirror_units",
    "prototype_units",
    "sample_style",
    "sample_units",
    "split_sides",
]

ACTION_UNITS = {
    1: "inner brow raiser",
    2: "outer brow raiser",
    4: "brow lowerer",
    5: "upper lid raiser",
    6: "cheek raiser",
    7: "lid tightener",
    9: "nose wrinkler",
    10: "upper lip raiser",
    12: "lip corner puller",
    14: "dimpler",
    15: "lip corner depressor",
    16: "lower lip depressor",
    17: "chin raiser",
    20: "lip stretcher",
    23: "lip tightener",
    24: "lip pressor",
    25: "lips part",
    26: "jaw drop",
    27: "mouth stretch",
    43: "eyes closed",
}
"""Number and name of each action unit that can be drawn."""

PROTOTYPES = {
    "angry": {4: 1.0, 5: 0.7, 7: 0.8, 23: 1.0},
    "contempt": {"R12": 0.9, "R14": 1.0},
    "disgust": {9: 1.0, 15: 0.6, 16: 0.6},
    "fear": {1: 1.0, 2: 0.6, 4: 0.7, 5: 1.0, 7: 0.4, 20: 1.0, 26: 0.5},
    "happy": {6: 0.9, 12: 1.0},
    "neutral": {},
    "sad": {1: 1.0, 4: 0.6, 15: 1.0},
    "surprise": {1: 1.0, 2: 1.0, 5: 0.6, 26: 1.0},
}
"""Action units of each expression at full intensity: the prototypes of Ekman and Friesen."""

# Units that sometimes accompany a prototype: (unit, weight, probability).
_COMPANIONS = {
    "angry": ((24, 0.8, 0.4), (17, 0.6, 0.3), (9, 0.3, 0.15)),
    "contempt": ((24, 0.3, 0.3), ("R10", 0.4, 0.25), ("L2", 0.5, 0.2)),
    "disgust": ((10, 0.8, 0.6), (17, 0.7, 0.35), (4, 0.5, 0.4), (6, 0.5, 0.3), (25, 0.6, 0.3)),
    "fear": ((25, 0.8, 0.7), (15, 0.3, 0.15)),
    "happy": ((25, 1.0, 0.6), (26, 0.4, 0.25), (7, 0.4, 0.2)),
    "neutral": (),
    "sad": ((17, 0.8, 0.5), (6, 0.4, 0.25), (7, 0.4, 0.2), (43, 0.4, 0.2)),
    "surprise": ((25, 0.8, 0.6), (27, 0.7, 0.3)),
}
# Faint movements that occur independently of the expression.
_STRAY = (1, 2, 4, 7, 12, 14, 15, 17, 20, 24, 25, 43)


def prototype_units(expression, intensity=1.0):
    """Return the action units of an expression.

    Parameters
    ----------
    expression : str
        One of :data:`~fer_classic.expressions.EXPRESSIONS`.
    intensity : float, default=1.0
        Intensity of the expression, 0 (neutral) to 1 (full).

    Returns
    -------
    units : dict of {int or str: float}
        Intensity of each action unit, as for :func:`draw_face`.

    Raises
    ------
    UnknownNameError
        If there is no such expression.

    Examples
    --------
    >>> from fer_classic.datasets._drawing._action_units import prototype_units
    >>> prototype_units("happy", 0.5)
    {6: 0.45, 12: 0.5}
    """
    if expression not in PROTOTYPES:
        raise UnknownNameError("expression", expression, PROTOTYPES)
    return {unit: weight * intensity for unit, weight in PROTOTYPES[expression].items()}


def sample_style(rng):
    """Sample how one person shows each expression.

    Parameters
    ----------
    rng : numpy.random.Generator
        Random number generator.

    Returns
    -------
    style : dict of {str: dict of {int or str: float}}
        Action units of each expression at full intensity: those of its prototype, with individual
        weights, and the accompanying units of this person.
    """
    style = {}
    for expression, prototype in PROTOTYPES.items():
        units = {unit: weight * rng.uniform(0.75, 1.15) for unit, weight in prototype.items()}
        for unit, weight, probability in _COMPANIONS[expression]:
            if rng.random() < probability:
                units[unit] = units.get(unit, 0.0) + weight * rng.uniform(0.6, 1.1)
        style[expression] = units
    return style


def sample_units(style, expression, intensity, rng):
    """Sample the action units of one display of an expression.

    The intensity of each unit of the style varies, minor units may be absent, and faint movements
    unrelated to the expression may be added. Contempt is on either side.

    Parameters
    ----------
    style : dict
        As returned by :func:`sample_style`.
    expression : str
        One of :data:`~fer_classic.expressions.EXPRESSIONS`.
    intensity : float
        Intensity of the expression, 0 to 1. Unrelated movements do not depend on it.
    rng : numpy.random.Generator
        Random number generator.

    Returns
    -------
    units : dict of {int or str: float}
    """
    units = {
        unit: weight * intensity * rng.uniform(0.75, 1.15)
        for unit, weight in style[expression].items()
        if PROTOTYPES[expression].get(unit) == 1.0 or rng.random() > 0.1
    }
    for unit in rng.choice(_STRAY, size=rng.integers(0, 3), replace=False).tolist():
        units[unit] = units.get(unit, 0.0) + rng.uniform(0.02, 0.12)
    if expression == "contempt" and rng.random() < 0.5:
        units = mirror_units(units)
    return {unit: min(strength, 1.0) for unit, strength in units.items()}


def mirror_units(units):
    """Swap the sides of one-sided action units."""
    swap = {"L": "R", "R": "L"}
    return {
        swap[unit[0]] + unit[1:] if isinstance(unit, str) and unit[0] in swap else unit: strength
        for unit, strength in units.items()
    }


def split_sides(units):
    """Return the intensity of every action unit on either side of the face.

    Parameters
    ----------
    units : dict of {int or str: float}
        Intensity, 0 to 1, of action units. A number such as ``12`` applies to both sides;
        ``"L12"`` and ``"R12"`` to the person's left or right side. The larger of two entries
        counts.

    Returns
    -------
    left, right : dict of {int: float}
        Intensity of each of :data:`ACTION_UNITS`, 0 if not given.

    Raises
    ------
    UnknownNameError
        If there is no such action unit.
    ValueError
        If an intensity is not a number from 0 to 1.
    """
    sides = {"L": dict.fromkeys(ACTION_UNITS, 0.0), "R": dict.fromkeys(ACTION_UNITS, 0.0)}
    for unit, strength in units.items():
        match = re.fullmatch(r"([LR]?)([0-9]+)", str(unit))
        number = int(match[2]) if match else None
        if number not in ACTION_UNITS:
            raise UnknownNameError("action unit", unit, [str(known) for known in ACTION_UNITS])
        if not (isinstance(strength, Real) and 0.0 <= strength <= 1.0):
            raise ValueError(
                f"action unit {unit} has intensity {strength!r}; intensities range from 0 to 1."
            )
        for side in match[1] or "LR":
            sides[side][number] = max(sides[side][number], float(strength))
    return sides["L"], sides["R"]
