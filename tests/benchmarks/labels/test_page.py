from benchmarks.labels.page import labels_page


def planted(digest, n_items, accuracy, draw=0):
    row = {"dataset": "drawn", "digest": digest, "recipe": "svm_fast", "settings": {}}
    row |= {"planted": 0.1, "flips": "random", "draw": draw, "n_items": n_items, "n_planted": 4}
    row |= {"accuracy": accuracy, "n_issues": 5, "precision_50": 0.5, "precision_100": 0.5}
    row |= {"found": 0.5, "corrected": 1.0, "share": 0.1, "low": 0.0, "high": 0.2}
    return row | {"versions": {}, "machine": {}}


def test_versions_of_a_data_set_are_not_averaged():
    rows = [planted("old", 40, 0.5), planted("new", 50, 0.9), planted("old", 40, 0.7, draw=1)]
    page = labels_page(rows, [])
    first, second = page.split("The same for the 50 drawn faces (digest `new`):")
    assert "Labels of the 40 drawn faces (digest `old`) were made wrong" in first
    assert "| svm_fast | 10.0 (4) | random | 2 | 60.0 |" in first
    assert "| svm_fast | 10.0 (4) | random | 1 | 90.0 |" in second
