"""Furrows of the skin, from age and action units."""

from fer_classic.datasets._drawing._curves import smooth

__all__ = ["skin_folds"]


def skin_folds(au, who, corner, lip_bottom):
    """Return the furrows of one side of a face, drawn as the person's left one.

    Parameters
    ----------
    au : dict of {int: float}
        Intensity of every action unit on this side.
    who : Identity
        The person.
    corner : ndarray of shape (2,)
        Corner of the mouth.
    lip_bottom : float
        Height of the lower edge of the lower lip.

    Returns
    -------
    folds : list of (ndarray of shape (n, 2), float)
        Curves with their depths, about 0 to 1.
    """
    age, (cx, cy) = who.age, corner
    outer = who.eye_spacing + who.eye_width
    nose, base = who.nose_width, who.nose_length
    nasolabial = [
        (nose + 0.04, base - 0.05 - 0.07 * au[9]),
        (0.5 * (nose + cx) + 0.10, 0.5 * (base + cy) - 0.04),
        (cx + 0.10 + 0.02 * au[12], cy - 0.08),
        (cx + 0.11, cy + 0.06 - 0.06 * au[12]),
    ]
    depth = 0.25 + 0.3 * age + 0.8 * au[12] + 0.5 * au[10] + 0.6 * au[9] + 0.2 * au[6]
    marionette = [(cx + 0.02, cy + 0.03), (cx + 0.07, cy + 0.16), (cx + 0.04, cy + 0.30)]
    dimple = [(cx + 0.04, cy - 0.11), (cx + 0.085, cy), (cx + 0.05, cy + 0.10)]
    chin = lip_bottom + 0.07
    under_eye = [
        (who.eye_spacing - 0.8 * who.eye_width, 0.14),
        (who.eye_spacing, 0.20 - 0.04 * au[6]),
        (outer + 0.03, 0.11 - 0.03 * au[6]),
    ]
    lines = [
        (nasolabial, depth - 0.3 * au[26]),
        (marionette, 0.1 * age + 0.7 * au[15]),
        (dimple, 1.3 * au[14]),
        ([(-0.26, chin + 0.08), (0.0, chin - 0.02), (0.26, chin + 0.08)], 0.25 + 0.7 * au[17]),
        ([(0.09, -0.40), (0.06, -0.24), (0.075, -0.10)], 0.1 * age + 1.1 * au[4]),
        ([(-0.13, -0.03), (0.0, -0.06), (0.13, -0.03)], 0.6 * au[9]),
        ([(-0.13, 0.06), (0.0, 0.03), (0.13, 0.06)], 0.6 * au[9]),
        ([(0.09, 0.12), (0.14, 0.17), (0.19, 0.30)], 0.7 * au[9]),
        (under_eye, 0.15 + 0.4 * age + 0.5 * au[6] + 0.3 * au[7] + 0.3 * au[9]),
    ]
    for y in (-0.56, -0.67, -0.78):
        lift = y - 0.04 * au[1]
        center = [(-0.30, lift + 0.035), (-0.12, lift), (0.12, lift), (0.30, lift + 0.035)]
        lines.append((center, 0.25 * age + 0.6 * au[1]))
        flank = [(0.22, y + 0.02), (0.5, y - 0.03), (0.78, y + 0.06)]
        lines.append((flank, 0.2 * age + 0.6 * au[2]))
    for rise in (-0.10, 0.0, 0.10):
        foot = [(outer + 0.05, 0.3 * rise + 0.01), (outer + 0.21, rise + 0.03)]
        lines.append((foot, 0.15 * age + 0.7 * au[6]))
    return [(smooth(points), depth) for points, depth in lines if depth > 0.0]
