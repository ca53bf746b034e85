import json

import numpy as np
import pytest

from benchmarks.speed import __main__ as speed
from benchmarks.speed import scaling
from benchmarks.speed.scaling import time_scale


@pytest.fixture
def quick(monkeypatch):
    """Few faces, a quick recipe, and no processes; gives the calls."""
    calls = []

    def call(function, *arguments):
        calls.append((function.__name__, *arguments[1:2]))
        if function is scaling._one_and_two_processes:
            return [[1.0], [1.8]]
        return function(*arguments)

    monkeypatch.setattr(scaling, "call_alone", call)
    monkeypatch.setattr(scaling, "_RECIPE", "pixels_svm")
    monkeypatch.setattr(scaling, "_FITTED_TO_PREDICT", 16)
    monkeypatch.setattr(scaling, "_MOST_FITTED", 50)
    monkeypatch.setattr(scaling, "COUNTS", (16, 48, 64, 1000))
    monkeypatch.setattr(scaling, "_FEATURES_MEMORY", 48 * 48 * 4 * 20)
    return calls


def test_each_stage_at_each_number(quick):
    *rows, pair = time_scale(1, 64)
    assert [row.subject for row in rows[:3]] == [f"extract, {n} faces" for n in (16, 48, 64)]
    assert {row.against for row in rows[:3]} == {"extract, 16 faces"}
    assert [call[0] for call in quick] == ["_small_model"] + ["_extract"] * 3 + ["_fit"] * 2 + [
        "_predict"
    ] * 3 + ["_one_and_two_processes"]
    assert [row.shape for row in rows[-3:]] == [[n, 48, 48] for n in (16, 48, 64)]
    skipped = rows[5]
    assert (skipped.subject, skipped.seconds, skipped.ratio) == ("fit, 64 faces", None, None)
    assert skipped.reason == "the kernel matrix would take 1.6e-05 GB"
    measured = [row for row in rows if not row.reason]
    assert all(row.seconds > 0 for row in measured)
    # The ratio compares the time for a face with that of the smallest number.
    assert measured[0].ratio == 1
    assert measured[1].ratio == pytest.approx(measured[0].seconds / measured[1].seconds)
    assert (pair.subject, pair.ratio) == ("extract in two processes", 1.8)


def test_features_are_extracted_and_the_rest_is_fitted(tmp_path):
    images, names = scaling._faces(16)
    np.save(tmp_path / "images.npy", images)
    np.save(tmp_path / "names.npy", names)
    images, _, steps, rest = scaling._prepare(tmp_path, 16)
    values = steps.transform(images)
    assert values.ndim == 2
    assert values.shape[1] > 48 * 48
    assert values.dtype == np.float32
    assert [name for name, _ in rest.steps] == ["scale", "components", "svm"]
    # A search of few faces would make it more work than that of many.
    assert (rest[-1].kernel, rest[-1].alpha) == ("rbf", 0.2)


def test_no_memory_for_a_fit(quick, monkeypatch):
    def fails(folder, count):
        raise MemoryError("the kernel matrix takes 3.6 GB")

    fails.__name__ = "_fit"
    monkeypatch.setattr(scaling, "_fit", fails)
    rows = [row for row in time_scale(1, 48) if row.subject.startswith("fit")]
    assert [row.reason for row in rows] == ["the kernel matrix takes 3.6 GB"] * 2


def test_varied_faces():
    images, names = scaling._faces(1000)
    assert (images.shape, images.dtype, len(names)) == ((1000, 48, 48), np.uint8, 1000)
    assert len(np.unique(images.reshape(1000, -1), axis=0)) == 1000
    assert names[0] == names[480]
    few, _ = scaling._faces(500)
    np.testing.assert_array_equal(few[:480], images[:480])


def test_page_and_picture(quick, tmp_path, capsys, monkeypatch):
    pytest.importorskip("matplotlib.figure", reason="matplotlib is not installed")
    monkeypatch.setattr(speed, "time_scale", lambda repeats, n_max: time_scale(repeats, 64))
    assert speed.main(["scale", "--json", "--output", str(tmp_path)]) == 0
    rows = list(map(json.loads, capsys.readouterr().out.splitlines()))
    assert len(rows) == 10
    assert sum(bool(row["reason"]) for row in rows) == 1
    page = (tmp_path / "speed.md").read_text("utf-8")
    assert "| fit, 64 faces | fit, 16 faces | skipped: the kernel matrix would take" in page
    assert "Slopes of time on logarithmic axes: extract " in page
    assert "![](speed_scale.png)" in page
    assert (tmp_path / "speed_scale.png").read_bytes().startswith(b"\x89PNG")


def test_a_number_that_is_not_measured(capsys):
    with pytest.raises(SystemExit) as end:
        speed.main(["scale", "--n-max", "500"])
    assert end.value.code == 2
    assert "--n-max" in capsys.readouterr().err
