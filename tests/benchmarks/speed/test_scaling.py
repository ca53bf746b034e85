import json

import numpy as np
import pytest

from benchmarks.speed import scaling
from benchmarks.speed.__main__ import main
from benchmarks.speed.scaling import Scale, time_blocks, time_scale, vary_faces

FEW = Scale(
    counts=(16, 48, 64, 1000),
    block_counts=(16, 64, 1000),
    recipe="pixels_svm",
    features_memory=48 * 48 * 4 * 20,
    most_fitted=50,
    fitted_to_predict=16,
)


def call_here(function, *arguments):
    """Call a function in this process; what would take two is not measured."""
    if function is scaling.extract_in_turns:
        return [1.0], [1.8]
    return function(*arguments)


def test_each_stage_at_each_number():
    calls = []

    def call(function, *arguments):
        calls.append(function.__name__)
        return call_here(function, *arguments)

    *rows, pair = time_scale(1, 64, scale=FEW, call=call)
    assert [row.subject for row in rows[:3]] == [f"extract, {n} faces" for n in (16, 48, 64)]
    assert {row.against for row in rows[:3]} == {"extract, 16 faces"}
    stages = ["fit_small_model"] + ["extract"] * 3 + ["fit"] * 2 + ["predict"] * 3
    assert calls == [*stages, "extract_in_turns"]
    assert [row.ours.shape for row in rows[-3:]] == [[n, 48, 48] for n in (16, 48, 64)]
    skipped = rows[5]
    assert (skipped.subject, skipped.ours, skipped.ratio) == ("fit, 64 faces", None, None)
    assert skipped.reason == "the kernel matrix would take 1.6e-05 GB"
    measured = [row for row in rows if not row.reason]
    assert all(row.ours.seconds > 0 for row in measured)
    # The ratio compares the time for a face with that of the smallest number.
    assert measured[0].ratio == 1
    assert measured[1].ratio == pytest.approx(measured[0].ours.seconds / measured[1].ours.seconds)
    assert (pair.subject, pair.ratio) == ("extract in two processes", 1.8)


def test_blocks_at_each_number():
    rows = list(time_blocks(64, scale=FEW, call=call_here))
    expected = [f"{stage}, {n} faces" for stage in ("fit", "predict") for n in (16, 64)]
    assert [row.subject for row in rows] == expected
    assert all(row.ours.seconds > 0 and not row.reason for row in rows)
    assert {row.part for row in rows} == {"blocks"}


def test_a_million_faces_are_extrapolated(tmp_path, capsys):
    parts = {"blocks": lambda args: time_blocks(64, scale=FEW, call=call_here)}
    assert main(["blocks", "--json", "--output", str(tmp_path)], parts=parts) == 0
    rows = list(map(json.loads, capsys.readouterr().out.splitlines()))
    page = (tmp_path / "speed.md").read_text("utf-8")
    minutes = 1e6 * rows[1]["seconds"] / 60
    assert f"Fit of 1,000,000 faces, at {1000 * rows[1]['seconds']:.2f} ms each as with 64" in page
    assert f": {minutes:,.0f} minutes" in page


def test_features_are_extracted_and_the_rest_is_fitted(tmp_path):
    faces = scaling._Faces(tmp_path, FEW)
    faces.save(16)
    images, _, steps, rest = faces.prepare(16)
    values = steps.transform(images)
    assert values.ndim == 2
    assert values.shape[1] >= 48 * 48
    assert values.dtype == np.float32
    assert [name for name, _ in rest.steps] == ["scale", "components", "svm"]
    # A search of few faces would make it more work than that of many.
    assert (rest[-1].kernel, rest[-1].alpha) == ("rbf", 0.2)


def test_no_memory_for_a_fit():
    def call(function, *arguments):
        if function is scaling.fit:
            raise MemoryError("the kernel matrix takes 3.6 GB")
        return call_here(function, *arguments)

    rows = time_scale(1, 48, scale=FEW, call=call)
    reasons = [row.reason for row in rows if row.subject.startswith("fit, ")]
    assert reasons == ["the kernel matrix takes 3.6 GB"] * 2


def test_varied_faces():
    images, names = vary_faces(1000)
    assert (images.shape, images.dtype, len(names)) == ((1000, 48, 48), np.uint8, 1000)
    assert len(np.unique(images.reshape(1000, -1), axis=0)) == 1000
    assert names[0] == names[480]
    few, _ = vary_faces(500)
    np.testing.assert_array_equal(few[:480], images[:480])


def test_page_and_picture(tmp_path, capsys):
    pytest.importorskip("matplotlib.figure", reason="matplotlib is not installed")
    parts = {"scale": lambda args: time_scale(1, 64, scale=FEW, call=call_here)}
    assert main(["scale", "--json", "--output", str(tmp_path)], parts=parts) == 0
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
        main(["scale", "--n-max", "500"])
    assert end.value.code == 2
    assert "--n-max" in capsys.readouterr().err
