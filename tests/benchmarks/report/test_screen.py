from benchmarks.report.screen import fold_line


def record_of(**fields):
    base = {"recipe": "means", "settings": {}, "protocol": "kfold", "fold": 3, "status": "ok"}
    return base | fields


def test_a_fold_in_a_line():
    accuracy = {"value": 0.5, "low": 0.25, "high": 0.75}
    scored = record_of(metrics={"accuracy": accuracy}, fit_seconds=1.234)
    line = "means, kfold, fold 3: accuracy 50.0 [25.0, 75.0] %, fit 1.23 s"
    honest = {"subject": None, "sequence": 0, "duplicate": 0}
    assert fold_line(scored | {"leaks": honest}) == line
    leaky = fold_line(scored | {"leaks": honest | {"sequence": 2}})
    assert leaky == f"{line} (leaky: same sequence on both sides)"


def test_a_failure_in_a_line():
    failed = record_of(status="error", reason="it is broken.", settings={"nearest__broken": True})
    assert fold_line(failed) == "means (nearest__broken=True), kfold, fold 3: error: it is broken."
