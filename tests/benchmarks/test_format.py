from benchmarks._format import slug, with_settings


def test_a_name_with_what_was_set():
    assert with_settings("svm_lbp", {}) == "svm_lbp"
    assert with_settings("svm_lbp", {"a": 1, "b": "c"}) == "svm_lbp (a=1, b=c)"


def test_names_of_files():
    assert slug("svm_lbp (a=1, b=c)", "", "kfold") == "svm_lbp-a=1-b=c-kfold"
