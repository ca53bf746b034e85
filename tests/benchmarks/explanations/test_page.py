from benchmarks.explanations.page import cells, explanations_page, header


def gain(value, low, high):
    return {"value": value, "low": low, "high": high}


def record(model="svm_hog", low=0.1, **fields):
    gains = {"random": gain(0.3, low, 0.5), "blob": gain(0.2, low, 0.4)}
    areas = {"map": 0.1, "random": 0.4, "blob": 0.3}
    return {
        "model": model,
        "dataset": "drawn",
        "part": None,
        "digest": "abc",
        "method": "masks",
        "n": 1200,
        "n_units": 20,
        "deletion": areas,
        "insertion": areas,
        "deletion_gain": gains,
        "insertion_gain": gains,
        "commit": "0123",
    } | fields


def test_a_row():
    expected = ["svm_hog", "masks", "1,200", "10.0", "40.0", "30.0"]
    expected += ["30.0 [10.0, 50.0]", "20.0 [10.0, 40.0]"]
    assert cells(record(), "deletion") == expected
    assert len(header("deletion")) == len(expected)


def test_maps_that_are_not_better_are_named():
    page = explanations_page([record(), record("svm_lbp", low=-0.1)])
    assert "The map is better in 4 of 8 comparisons, by intervals above 0. It is not in: " in page
    assert page.count("svm_lbp (masks, drawn) by ") == 4
    assert "Digest `abc`, 1,200 faces, 20 independent units, at 0123: svm_hog, svm_lbp." in page


def test_all_maps_are_better():
    page = explanations_page([record()])
    assert "better in 4 of 4 comparisons, by intervals above 0." in page
    assert "It is not" not in page


def test_samples_of_one_data_set_share_a_table():
    page = explanations_page([record(), record("cnn", digest="def", n=12)])
    assert page.count("## drawn") == 1
    assert page.count("Digest `") == 2
    assert page.count("| model |") == 2


def test_the_runs_are_named():
    page = explanations_page([record(), record("net", dataset="fer2013", n=32)])
    assert "come from runs on 1,200 faces of drawn, 32 faces of fer2013 (option `--n`; " in page
    assert "The rows come from" not in explanations_page([])
