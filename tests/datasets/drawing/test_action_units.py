import numpy as np
import pytest

from fer_classic.datasets import ACTION_UNITS
from fer_classic.datasets._drawing._action_units import (
    PROTOTYPES,
    mirror_units,
    prototype_units,
    sample_style,
    sample_units,
    split_sides,
)
from fer_classic.exceptions import UnknownNameError
from fer_classic.expressions import EXPRESSIONS


def test_every_expression_has_a_prototype_of_units_that_can_be_drawn():
    assert tuple(PROTOTYPES) == EXPRESSIONS
    for units in PROTOTYPES.values():
        split_sides(units)


@pytest.mark.parametrize(
    ("expression", "units"),
    [
        ("angry", {4, 5, 7, 23}),
        ("contempt", {"R12", "R14"}),
        ("disgust", {9, 15, 16}),
        ("fear", {1, 2, 4, 5, 7, 20, 26}),
        ("happy", {6, 12}),
        ("neutral", set()),
        ("sad", {1, 4, 15}),
        ("surprise", {1, 2, 5, 26}),
    ],
)
def test_prototypes_are_those_of_the_literature(expression, units):
    assert set(prototype_units(expression)) == units


def test_intensity_scales_the_prototype():
    assert prototype_units("happy", 0.5) == {6: 0.45, 12: 0.5}
    assert set(prototype_units("fear", 0.0).values()) == {0.0}


@pytest.mark.parametrize(
    ("units", "left", "right"),
    [
        ({12: 0.5}, 0.5, 0.5),
        ({"L12": 0.5}, 0.5, 0.0),
        ({"R12": 1}, 0.0, 1.0),
        ({12: 0.2, "R12": 0.6}, 0.2, 0.6),
        ({"12": 0.3}, 0.3, 0.3),
        ({}, 0.0, 0.0),
    ],
)
def test_split_sides(units, left, right):
    on_left, on_right = split_sides(units)
    assert (on_left[12], on_right[12]) == (left, right)
    assert set(on_left) == set(on_right) == set(ACTION_UNITS)


@pytest.mark.parametrize("unit", [3, "X12", "12R", "smile", None])
def test_unknown_units_are_named(unit):
    with pytest.raises(UnknownNameError, match=f"unknown action unit '{unit}'"):
        split_sides({unit: 1.0})


@pytest.mark.parametrize("intensity", [-0.1, 1.1, float("nan"), "strong", None, [0.5]])
def test_intensities_out_of_range_are_named(intensity):
    with pytest.raises(ValueError, match=r"action unit 12 has intensity .* range from 0 to 1"):
        split_sides({12: intensity})


def test_unknown_expression_offers_close_matches():
    with pytest.raises(UnknownNameError, match="Did you mean 'happy'"):
        prototype_units("hapy")


def test_mirroring_swaps_sides_only():
    units = {"L12": 0.3, "R14": 0.4, 6: 0.5}
    assert mirror_units(units) == {"R12": 0.3, "L14": 0.4, 6: 0.5}
    assert mirror_units(mirror_units(units)) == units


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_sampled_units_can_be_drawn_and_come_from_the_generator_alone(expression):
    for seed in range(20):
        style = sample_style(np.random.default_rng(seed))
        units = sample_units(style, expression, 1.0, np.random.default_rng(seed))
        assert units == sample_units(style, expression, 1.0, np.random.default_rng(seed))
        split_sides(units)


def test_sampled_displays_show_their_expression_more_than_another():
    def strength(units, unit):
        left, right = split_sides(units)
        return max(left[unit], right[unit])

    rng = np.random.default_rng(0)
    styles = [sample_style(rng) for _ in range(30)]
    smiles, frowns = (
        np.mean([strength(sample_units(style, expression, 1.0, rng), 12) for style in styles])
        for expression in ("happy", "sad")
    )
    assert smiles > 0.7 > 0.2 > frowns


def test_contempt_takes_either_side():
    rng = np.random.default_rng(0)
    style = sample_style(rng)
    drawn = [sample_units(style, "contempt", 1.0, rng) for _ in range(40)]
    left = sum("L14" in units for units in drawn)
    right = sum("R14" in units for units in drawn)
    assert min(left, right) > 5
