import numpy as np
import pytest

from fer_classic.datasets import ACTION_UNITS
from fer_classic.datasets._drawing._action_units import (
    mirror_units,
    prototype_units,
    sample_style,
    sample_units,
)
from fer_classic.datasets._drawing._identity import Identity, sample_identity
from fer_classic.datasets._drawing._shape import shape_face
from fer_classic.expressions import EXPRESSIONS

LEFT = 1  # the person's left side comes second in pairs, and has positive x


def middle(curve):
    return curve[len(curve) // 2]


# Positive values are larger, or higher on the face.
MEASURES = {
    "inner brow": lambda s: -s.brows[LEFT][s.brows[LEFT][:, 0].argmin(), 1],
    "outer brow": lambda s: -s.brows[LEFT][s.brows[LEFT][:, 0].argmax(), 1],
    "brow gap": lambda s: s.brows[LEFT][:, 0].min(),
    "upper lid": lambda s: -s.upper_lids[LEFT][:, 1].min(),
    "lower lid": lambda s: -s.lower_lids[LEFT][:, 1].max(),
    "cheek": lambda s: -s.cheeks[LEFT][1],
    "cheek bulge": lambda s: s.cheeks[LEFT][2],
    "wing of the nose": lambda s: -s.alae[LEFT][:, 1].max(),
    "upper lip": lambda s: -middle(s.lip_top)[1],
    "lower lip": lambda s: -middle(s.lip_bottom)[1],
    "lip thickness": lambda s: (middle(s.lip_bottom) - middle(s.lip_lower_inner))[1],
    "mouth opening": lambda s: (middle(s.lip_lower_inner) - middle(s.lip_upper_inner))[1],
    "mouth corner": lambda s: -s.lip_top[-1, 1],
    "mouth width": lambda s: np.ptp(s.lip_top[:, 0]),
    "chin": lambda s: -s.outline[:, 1].max(),
    "chin boss": lambda s: s.chin_boss[2],
    "furrows": lambda s: sum(depth for _, depth in s.folds),
}


def measure(name, units):
    return MEASURES[name](shape_face(units))


@pytest.mark.parametrize(
    ("unit", "name", "direction"),
    [
        (1, "inner brow", 1),
        (2, "outer brow", 1),
        (4, "inner brow", -1),
        (4, "brow gap", -1),
        (5, "upper lid", 1),
        (6, "cheek", 1),
        (6, "lower lid", 1),
        (7, "lower lid", 1),
        (7, "upper lid", -1),
        (9, "wing of the nose", 1),
        (9, "inner brow", -1),
        (10, "upper lip", 1),
        (12, "mouth corner", 1),
        (12, "mouth width", 1),
        (12, "cheek bulge", 1),
        (14, "furrows", 1),
        (15, "mouth corner", -1),
        (16, "lower lip", -1),
        (17, "lower lip", 1),
        (17, "chin boss", 1),
        (20, "mouth width", 1),
        (23, "lip thickness", -1),
        (24, "lip thickness", -1),
        (25, "mouth opening", 1),
        (26, "mouth opening", 1),
        (26, "chin", -1),
        (27, "mouth opening", 1),
        (43, "upper lid", -1),
    ],
)
def test_what_each_unit_moves(unit, name, direction):
    rest, half, full = (measure(name, {unit: strength}) for strength in (0.0, 0.5, 1.0))
    assert direction * (half - rest) > 0.005
    assert direction * (full - half) > 0.005


def test_every_unit_changes_the_shape():
    for unit in ACTION_UNITS:
        changed = [name for name in MEASURES if measure(name, {unit: 1.0}) != measure(name, {})]
        assert changed, f"action unit {unit} moves nothing that is measured"


def test_sadness_slants_the_brows_and_anger_slants_them_the_other_way():
    def slant(expression):
        units = prototype_units(expression)
        return measure("inner brow", units) - measure("outer brow", units)

    assert slant("sad") > slant("neutral") > slant("angry")


@pytest.mark.parametrize("unit", ["L12", "L15", "L14"])
def test_one_sided_units_leave_the_other_corner_of_the_mouth(unit):
    rest, pulled = shape_face({}), shape_face({unit: 1.0})
    corners = rest.lip_upper_inner[[0, -1]], pulled.lip_upper_inner[[0, -1]]
    np.testing.assert_array_equal(corners[1][0], corners[0][0])
    assert np.abs(corners[1][1] - corners[0][1]).max() > 0.01


def test_swapping_sides_mirrors_the_face():
    units = {"R12": 0.8, "R14": 1.0, "L2": 0.6, 9: 0.4}
    shape, mirrored = shape_face(units), shape_face(mirror_units(units))
    flip = (-1.0, 1.0)
    for name in ("lip_top", "lip_upper_inner", "lip_lower_inner", "lip_bottom"):
        np.testing.assert_allclose(getattr(mirrored, name), getattr(shape, name)[::-1] * flip)
    for name in ("brows", "upper_lids", "lower_lids", "irises", "alae"):
        here, there = getattr(shape, name), getattr(mirrored, name)
        np.testing.assert_allclose(there[0], here[1] * flip)
        np.testing.assert_allclose(there[1], here[0] * flip)


@pytest.mark.parametrize("emotion", EXPRESSIONS)
def test_no_intensity_is_no_expression(expression):
    rest, shape = shape_face({}), shape_face(prototype_units(expression, 0.0))
    for name in MEASURES:
        assert MEASURES[name](shape) == MEASURES[name](rest)


def test_closed_lips_meet():
    shape = shape_face({12: 1.0})
    np.testing.assert_allclose(shape.lip_upper_inner, shape.lip_lower_inner)


def test_lips_never_cross():
    rng = np.random.default_rng(0)
    for expression in EXPRESSIONS * 10:
        units = sample_units(sample_style(rng), expression, 1.0, rng)
        shape = shape_face(units, sample_identity(rng))
        rows = (shape.lip_top, shape.lip_upper_inner, shape.lip_lower_inner, shape.lip_bottom)
        steps = np.diff([row[:, 1] for row in rows], axis=0)
        # Splines overshoot a little where lips meet their corners.
        assert steps.min() > -0.02
        assert np.diff(shape.lip_top[:, 0]).min() > 0.0


def test_identities_have_shapes_of_their_own():
    rng = np.random.default_rng(0)
    widths = {float(np.ptp(shape_face({}, sample_identity(rng)).lip_top[:, 0])) for _ in range(10)}
    assert len(widths) == 10


def test_sampled_identities_stay_near_the_average():
    rng = np.random.default_rng(0)
    people = [sample_identity(rng) for _ in range(100)]
    for name in ("eye_spacing", "mouth_width", "nose_length", "chin"):
        values = [getattr(person, name) for person in people]
        assert np.mean(values) == pytest.approx(getattr(Identity(), name), rel=0.05)
    assert 0 < sum(person.glasses for person in people) < 50
    assert 0 < sum(person.beard > 0 for person in people) < 50
