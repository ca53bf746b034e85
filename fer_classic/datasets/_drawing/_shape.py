"""The shape of a face: positions of a person's features, moved by action units.

Lengths are in *face units*: half the width of the head, about 70 mm. The origin is midway between
the eyes, ``x`` increases to the right of the image (the person's left), ``y`` downwards.
"""

from dataclasses import dataclass

import numpy as np

from fer_classic.datasets._drawing._action_units import split_sides
from fer_classic.datasets._drawing._curves import between, mirrored, smooth
from fer_classic.datasets._drawing._folds import skin_folds
from fer_classic.datasets._drawing._identity import Identity

__all__ = ["FaceShape", "shape_face"]


@dataclass(frozen=True, kw_only=True, eq=False)
class FaceShape:
    """Curves and reliefs of one face; every curve is an array of shape (n, 2).

    Paired features are tuples ``(right, left)`` of the person's sides, i.e. in the order of ``x``.
    """

    outline: np.ndarray
    """Closed contour of the head."""
    brows: tuple
    """Closed contours of the brows."""
    upper_lids: tuple
    """Edges of the upper lids, from the inner to the outer corner."""
    lower_lids: tuple
    """Edges of the lower lids, from the inner to the outer corner."""
    irises: tuple
    """Centres of the irises, each ``(x, y)``."""
    alae: tuple
    """Outlines of the wings of the nose, from the top to the nostril."""
    nose_tip: np.ndarray
    """Tip of the nose, ``(x, y)``."""
    lip_top: np.ndarray
    """Upper edge of the upper lip, from the person's right corner to the left one."""
    lip_upper_inner: np.ndarray
    """Lower edge of the upper lip."""
    lip_lower_inner: np.ndarray
    """Upper edge of the lower lip; meets the upper lip when the mouth is closed."""
    lip_bottom: np.ndarray
    """Lower edge of the lower lip."""
    teeth: tuple
    """Contours of the upper and the lower teeth, possibly hidden by the lips."""
    cheeks: tuple
    """Apples of the cheeks, each ``(x, y, height)``."""
    folds: tuple
    """Furrows of the skin, each ``(curve, depth)`` with a depth of about 0 to 1."""
    chin_boss: tuple
    """Boss of the chin, ``(x, y, height)``."""


def shape_face(units, identity=None):
    """Move a person's features by action units.

    Parameters
    ----------
    units : dict of {int or str: float}
        Intensity, 0 to 1, of action units; see :func:`draw_face`.
    identity : Identity, optional
        The person; the average one by default.

    Returns
    -------
    shape : FaceShape
    """
    who = Identity() if identity is None else identity
    left, right = split_sides(units)
    both = {unit: (left[unit] + right[unit]) / 2 for unit in left}
    sides = ((right, -1.0), (left, 1.0))

    jaw = _jaw_drop(both)
    mouth = _mouth(right, left, both, who)
    lip_bottom = mouth["lip_bottom"][:, 1].max()

    def paired(part):
        return tuple(part(side, who) * (sign, 1.0) for side, sign in sides)

    folds = [
        (curve * (sign, 1.0), depth)
        for side, sign in sides
        for curve, depth in skin_folds(side, who, _mouth_corner(side, who, jaw), lip_bottom)
    ]
    boss = (0.0, who.chin - 0.25 + 0.75 * jaw - 0.05 * both[17], 0.10 + 0.10 * both[17])
    return FaceShape(
        outline=_outline(who, jaw),
        brows=paired(_brow),
        upper_lids=paired(_upper_lid),
        lower_lids=paired(_lower_lid),
        irises=paired(_iris),
        alae=paired(_ala),
        nose_tip=np.array([0.0, who.nose_length - 0.03 * both[9]]),
        cheeks=tuple(
            (sign * 0.56, 0.50 - 0.09 * side[6] - 0.07 * side[12],
             0.11 * who.cheek + 0.11 * side[6] + 0.10 * side[12] + 0.04 * side[9])
            for side, sign in sides
        ),
        folds=tuple(folds),
        teeth=_teeth(who, jaw),
        chin_boss=boss,
        **mouth,
    )  # fmt: skip


def _jaw_drop(au):
    return min(0.32 * au[26] + 0.45 * au[27], 0.55)


def _outline(who, jaw):
    low = who.chin + 0.75 * jaw
    half = [
        (0.0, -1.42), (0.55, -1.32), (0.88, -0.95), (1.0, -0.35), (0.99, 0.25),
        (0.95 * who.jaw, 0.72), (0.83 * who.jaw, 1.10 + 0.5 * jaw),
        (0.58 * who.jaw, low - 0.15), (0.30 * who.jaw, low - 0.02), (0.0, low),
    ]  # fmt: skip
    return mirrored(smooth(half))


def _brow(au, who):
    height = -who.brow_height
    inner = -0.17 * au[1] + 0.16 * au[4] * (1 - 0.8 * au[1]) + 0.09 * au[9]
    middle = -0.06 * au[1] - 0.13 * au[2] + 0.11 * au[4] + 0.05 * au[9]
    outer = 0.04 * au[1] * au[4] - 0.15 * au[2] + 0.05 * au[4] + 0.03 * au[6]
    drawn_in = 0.06 * au[4] + 0.02 * au[9]
    line = smooth([
        (0.18 - drawn_in, height + inner - who.brow_slant),
        (0.30 - 0.6 * drawn_in, height - 0.4 * who.brow_arch + (inner + middle) / 2),
        (0.50, height - who.brow_arch + middle),
        (0.74, height + 0.06 + outer + who.brow_slant),
    ])  # fmt: skip
    along = np.linspace(0.0, 1.0, len(line))
    half = 0.5 * who.brow_thickness * np.sqrt(1.0 - 0.85 * along**2)
    above = line - np.column_stack([np.zeros_like(half), half])
    below = line + np.column_stack([np.zeros_like(half), half])
    return between(above, below)


def _eye_corners(who):
    inner = np.array([who.eye_spacing - who.eye_width, 0.02 + who.eye_tilt])
    outer = np.array([who.eye_spacing + who.eye_width, 0.0 - who.eye_tilt])
    return inner, outer


def _upper_opening(au, who):
    opening = 0.12 * who.eye_opening + 0.085 * au[5]
    opening -= 0.025 * au[4] + 0.03 * au[6] + 0.035 * au[7] + 0.03 * au[9]
    return max(opening, 0.02) * (1 - au[43]) - 0.045 * au[43]


def _lower_opening(au, who):
    opening = 0.07 * who.eye_opening
    opening -= 0.045 * au[6] + 0.045 * au[7] + 0.04 * au[9] - 0.015 * au[5]
    return max(opening, -0.02) * (1 - au[43]) + 0.045 * au[43]


def _upper_lid(au, who):
    inner, outer = _eye_corners(who)
    top = _upper_opening(au, who)
    # Raised inner brows tilt the lid towards the nose; lowered ones tilt it outwards.
    slant = 0.35 * au[1] * au[4] - 0.25 * au[4] * (1 - au[1])
    near, far = 0.80 + 0.3 * slant, 0.86 - 0.5 * slant - 0.15 * au[6]
    return smooth([
        inner,
        (who.eye_spacing - 0.55 * who.eye_width, 0.01 - near * top),
        (who.eye_spacing, -top),
        (who.eye_spacing + 0.55 * who.eye_width, -0.005 - far * top - 0.5 * who.eye_tilt),
        outer,
    ])  # fmt: skip


def _lower_lid(au, who):
    inner, outer = _eye_corners(who)
    low = _lower_opening(au, who)
    return smooth([
        inner,
        (who.eye_spacing - 0.5 * who.eye_width, 0.015 + 0.75 * low),
        (who.eye_spacing + 0.1 * who.eye_width, 0.01 + low),
        (who.eye_spacing + 0.6 * who.eye_width, 0.005 + 0.8 * low - 0.5 * who.eye_tilt),
        outer,
    ])  # fmt: skip


def _iris(au, who):
    return np.array([who.eye_spacing, -0.015])


def _ala(au, who):
    width, base = who.nose_width + 0.025 * au[9] + 0.01 * au[12], who.nose_length + 0.04
    base -= 0.07 * au[9] + 0.03 * au[10]
    return smooth([
        (0.62 * width, base - 0.15),
        (0.95 * width, base - 0.08),
        (width, base),
        (0.80 * width, base + 0.06),
        (0.45 * width, base + 0.05),
    ])  # fmt: skip


def _mouth(right, left, both, who):
    """Return four curves through five points: corner, flank, middle, flank, corner."""
    jaw = _jaw_drop(both)
    corners = (
        _mouth_corner(right, who, jaw) * (-1.0, 1.0),
        _mouth_corner(left, who, jaw),
    )
    part = 0.05 * both[25] * (1 + 0.6 * both[12]) + 0.02 * both[26]
    middle = who.mouth_height - 0.07 * both[17]
    raised = np.array([0.08 * au[10] + 0.03 * au[9] for au in (right, both, left)])
    lowered = part + jaw + 0.03 * both[12] * both[25] + 0.085 * both[16]
    upper = _lip_edge(corners, middle - part + 0.04 * jaw - raised * (0.8, 1.0, 0.8))
    lower = _lip_edge(corners, np.full(3, middle + lowered))

    tight = 1 - 0.45 * both[23]
    tight *= (1 - 0.45 * both[24]) * (1 - 0.25 * both[20]) * (1 - 0.25 * both[12])
    bow = tight * (1 - 0.3 * both[10]) * who.upper_lip * np.array([0.05, 0.85, 0.8, 0.85, 0.05])
    pout = tight * (1 + 0.25 * both[17]) * who.lower_lip
    pout = pout * np.array([0.05, 0.75, 1.0, 0.75, 0.05])
    rows = {
        "lip_top": upper - bow,
        "lip_upper_inner": upper,
        "lip_lower_inner": lower,
        "lip_bottom": lower + pout,
    }
    (first, _), (last, _) = corners
    x = [first, first / 2, 0.0, last / 2, last]
    return {name: smooth(np.column_stack([x, y])) for name, y in rows.items()}


def _lip_edge(corners, heights):
    """Return heights at the five points; the flanks are shifted slightly to their corners."""
    (_, first), (_, last) = corners
    right, middle, left = heights
    right, left = right + 0.24 * (first - middle), left + 0.24 * (last - middle)
    return np.array([first, right, middle, left, last])


def _teeth(who, jaw):
    """Return the rows of teeth: the upper one is fixed to the skull, the lower one to the jaw."""
    upper = smooth([(-0.36, -0.3), (-0.32, -0.07), (0.0, 0.045), (0.32, -0.07), (0.36, -0.3)])
    lower = smooth([(-0.30, 0.3), (-0.26, 0.06), (0.0, 0.09), (0.26, 0.06), (0.30, 0.3)])
    return upper + (0.0, who.mouth_height), lower + (0.0, who.mouth_height + jaw)


def _mouth_corner(au, who, jaw):
    x = who.mouth_width + 0.13 * au[12] + 0.17 * au[20] + 0.05 * au[14] + 0.02 * au[15]
    x -= 0.05 * au[23] + 0.02 * au[24] + 0.22 * jaw
    y = who.mouth_height + 0.45 * jaw - who.mouth_curve
    y += -0.17 * au[12] + 0.15 * au[15] + 0.05 * au[20] - 0.05 * au[14] - 0.02 * au[10]
    return np.array([x, y])
