import re
from itertools import combinations

import numpy as np
import pytest

from benchmarks.report.html.charts import curves, reliability, scatter
from fer_classic.evaluation import calibration_bins


def accuracy(value, reach=0.05):
    return {"value": value, "low": value - reach, "high": value + reach}


def test_names_of_points_do_not_overlap():
    names = ["svm_lbp", "svm_hog", "svm_gabor", "svm_fast", "a_recipe_with_a_very_long_name"]
    points = [(name, 1 + k / 100, accuracy(0.6 + k / 1000)) for k, name in enumerate(names)]
    svg = scatter([*points, ("far", 90.0, accuracy(0.9))], xlabel="time", unit="ms")
    found = re.findall(r'<text x="([\d.]+)" y="([\d.]+)" class="ink">([^<]+)', svg)
    assert {name for *_, name in found} == {*names, "far"}
    for (x, y, name), (left, line, other) in combinations(found, 2):
        apart = max(float(x), float(left)) > min(
            float(x) + 7 * len(name), float(left) + 7 * len(other)
        )
        assert apart or abs(float(y) - float(line)) >= 12
    assert all(float(x) >= 0 and float(x) + 6 * len(name) < 420 for x, _, name in found)


@pytest.mark.parametrize("costs", [[3.0], [30.0, 70.0], [0.002, 400.0]])
def test_a_logarithmic_axis_has_some_ticks(costs):
    svg = scatter([(str(c), c, accuracy(0.5)) for c in costs], xlabel="time", unit="ms")
    ticks = [float(text) for text in re.findall(r'class="mid">([\d.e-]+)<', svg)]
    assert 2 <= len(ticks) <= 7
    assert ticks == sorted(ticks)
    assert min(costs) / 1.6 <= ticks[0]
    assert ticks[-1] <= max(costs) * 1.6


def test_curves_of_a_single_place_and_without_intervals():
    alone = {"value": 0.5, "low": None, "high": None}
    html = curves({"panel": {("net", ""): [(3, alone)]}}, xlabel="pictures")
    assert html.count("<circle") == 1
    assert "band" not in html
    assert "nan" not in html


def test_second_kinds_of_lines_are_dashed_and_have_no_band():
    line = [(0, accuracy(0.5)), (1, accuracy(0.4))]
    html = curves({"blur": {("net", "a"): line, ("net", "b"): line}}, xlabel="strength")
    assert html.count('class="band') == 1
    assert html.count('class="l c0 dash"') == 1
    assert {"net, a", "net, b"} <= set(
        re.findall("<span>([^<]+)</span>", html.replace("<wbr>", ""))
    )


def test_empty_bins_are_left_out():
    bins = calibration_bins(["a", "b"], [[0.9, 0.1], [0.9, 0.1]], classes=["a", "b"])
    svg = reliability(bins)
    assert svg.count("<circle") == 1
    assert "2 images: confidence 90.0, accuracy 50.0" in svg
    assert np.isnan(bins["accuracy"]).sum() == 14
