import json
import re
from html.parser import HTMLParser

import pytest

from benchmarks.report import __main__ as program
from benchmarks.report.html import write_html
from fer_classic.exceptions import DataFormatError, DataNotFoundError
from tests.benchmarks.explanations.test_page import record as gains_of
from tests.benchmarks.report.html.conftest import made_records, record, write_records

_VOID = {"meta", "br", "img", "wbr"}


class Page(HTMLParser):
    """Text of a page, and its attributes; tags must be closed in the order of their opening."""

    def __init__(self, path):
        super().__init__()
        self.open, self.words, self.attributes = [], [], []
        self.feed(path.read_text("utf-8"))
        assert self.open == []
        self.text = re.sub(r"\s+", " ", " ".join(self.words))

    def handle_starttag(self, tag, attributes):
        self.attributes += [(tag, *attribute) for attribute in attributes]
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_startendtag(self, tag, attributes):
        self.attributes += [(tag, *attribute) for attribute in attributes]

    def handle_data(self, data):
        if not self.open or self.open[-1] != "style":
            self.words.append(data)


@pytest.fixture
def page(output, tmp_path):
    def page():
        path = tmp_path / "page.html"
        assert write_html(output, path) == []
        return Page(path)

    return page


def test_the_page_shows_the_numbers(page):
    text = page().text
    for shown in (
        "jaffe 75.0 % [50.0, 100.0] good loso",
        "from 6 records of folds, the newest of 2026-01-02",
        "8 images (digest d1 )",
        # Recipes by protocol, honest and leaky.
        "good loso 75.0 [50.0, 100.0] kfold, 2 folds leaky 100.0 [100.0, 100.0]",
        "weak loso 37.5 [0.0, 50.0]",
        # Significance.
        "good better than by points p Holm weak 37.5 [0.0, 100.0]",
        # Confusion matrices: percent and counts.
        "good, loso true \\ predicted angry fear angry 100 4 0 0 fear 50 2 50 2",
        "good, kfold, 2 folds leaky true \\ predicted angry fear angry 100 4 0 0 fear 0 0 100 4",
        # Recalls with intervals.
        "recall % angry fear good 100 100–100 50 50–50 weak",
        # Costs: fit, features, milliseconds, memory, size.
        "good 1.50 0.25 2.25 123 4.5",
        "2 fear angry 96.0",
        "7 fear angry 60.0",
        "benchmarks.run --dataset jaffe --data-dir DIR --protocol loso --recipes good,weak",
    ):
        assert shown in text, shown


def test_calibration_is_drawn_from_the_scores(page):
    titles = re.findall(r"(\d) images: confidence ([\d.]+), accuracy ([\d.]+)", page().text)
    # Of "good": 0.6 is wrong, 0.8 twice right, 0.9 four times right and 0.96 wrong.
    assert titles[:4] == [
        ("1", "60.0", "0.0"), ("2", "80.0", "100.0"), ("4", "90.0", "100.0"), ("1", "96.0", "0.0")
    ]  # fmt: skip


def test_costs_are_drawn(page):
    text = page().text
    assert "good: 75.0 %, 2.25 ms" in text
    assert "good: 75.0 %, 4.50 MB" in text


def test_learning_curves_need_several_sizes(output, page):
    assert "Learning curves" not in page().text
    more = [
        one | {"protocol": "loso", "n_folds": 2, "n_train": 4 * k, "seed": 0, "fold": fold}
        for k in (1, 3)
        for fold, one in enumerate(made_records()[:2])
    ]
    for one in more[2:]:
        one |= {"protocol": "group-kfold", "n_folds": 2}
    for one in more[:2]:
        one |= {"protocol": "group-kfold", "n_folds": 3}
    write_records(output, more)
    text = page().text
    assert "Learning curves" in text
    assert "--protocol group-kfold --folds 3" in text


def test_nothing_comes_from_elsewhere(page):
    found = page()
    links = [value for _, name, value in found.attributes if name in ("src", "href", "srcset")]
    assert links
    assert all(value.startswith(("#", "data:image/png;base64,")) for value in links)
    assert "script" not in {tag for tag, *_ in found.attributes}
    assert "url(" not in str(found.attributes)
    assert ("meta", "content") in {(tag, name) for tag, name, _ in found.attributes}


def test_names_of_others_are_text(tmp_path):
    evil = "<script>alert(1)</script>\ud800"
    named = made_records(settings={"a": evil}, note=evil, commit=evil, unseen=[evil])
    for one in named:
        one |= {
            name: [evil if k == "fear" else k for k in one[name]]
            for name in ("y_true", "y_pred", "classes")
        }
        one["metrics"]["recall"] = {evil: one["metrics"]["recall"]["fear"]}
    failed = record("bad", "loso", 0, [0.1] * 4, status="error", reason=evil)
    write_records(tmp_path / "out", [*named, failed])
    path = tmp_path / "page.html"
    assert write_html(tmp_path / "out", path) == []
    found = Page(path)
    assert "script" not in {tag for tag, *_ in found.attributes}
    assert "<script" not in path.read_text("utf-8")
    assert found.text.count("alert(1)") > 10


def test_what_is_damaged_is_left_out(output, tmp_path, capsys):
    write_records(output, [one | {"dataset": "ckplus"} for one in made_records()])
    (output / "ckplus" / "good.jsonl").write_text("{}\n{}\n", "utf-8")
    (output / "robustness.jsonl").write_text("{}\n", "utf-8")
    path = tmp_path / "new" / "page.html"
    path.parent.mkdir()
    assert program.main(["--output", str(output), "--html", str(path)]) == 1
    printed = capsys.readouterr()
    assert "ckplus is left out: " in printed.err
    assert printed.out == f"{path}\n"
    text = Page(path).text
    assert "line 1" in text
    assert "jaffe 75.0 %" in text
    (output / "jaffe" / "good.jsonl").write_text("{}\n{}\n", "utf-8")
    with pytest.raises(DataFormatError, match=r"jaffe is left out.*ckplus is left out"):
        write_html(output, path)


def test_no_records(tmp_path, capsys):
    with pytest.raises(DataNotFoundError, match="no records in"):
        write_html(tmp_path, tmp_path / "page.html")
    assert program.main(["--output", str(tmp_path), "--html"]) == 1
    assert "make some with: python -m benchmarks.run" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_page_lies_next_to_the_records_by_default(output, capsys):
    assert program.main(["--output", str(output), "--html"]) == 0
    assert capsys.readouterr().out == f"{output / 'report.html'}\n"
    assert (output / "report.html").read_text("utf-8").startswith("<!DOCTYPE html>")
    assert not (output / "README.md").exists()
    folder = output.parent / "other"
    folder.mkdir()
    assert program.main(["--output", str(output), "--html", str(folder)]) == 0
    assert (folder / "report.html").exists()


def test_a_page_that_cannot_be_written(output, tmp_path, capsys):
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "page.html"
    assert program.main(["--output", str(output), "--html", str(path)]) == 1
    assert f"benchmarks.report: {path.parent}" in capsys.readouterr().err


def adapted_to(digest, pictures, **fields):
    row = {"model": "net", "dataset": "drawn", "digest": digest, "pictures": pictures}
    row |= {"subjects": 4, "draws": 2, "seed": 0, "weight": 0.5}
    return row | {"before": 0.25, "after": 0.75, "others": 0.375, "lower": 0.0} | fields


def write_rows(output, name, rows):
    text = "".join(json.dumps(one) + "\n" for one in rows)
    (output / f"{name}.jsonl").write_text(text, "utf-8")


def test_rows_of_other_programs(output, page):
    row = {"model": "net", "model_digest": "m", "dataset": "drawn", "part": None, "digest": "f"}
    row |= {"n": 5, "calibration_error": 0.125, "commit": "c", "versions": {}}
    accuracies = [(None, 0.0, 0.8), ("blur", 0.5, 0.6), ("blur", 1.0, 0.2)]
    robust = [
        row | {"kind": k, "strength": s, "accuracy": {"value": a, "low": a - 0.1, "high": a + 0.1}}
        for k, s, a in accuracies
    ]
    adapted = adapted_to("f", 3)
    frame = {"part": "frames", "subject": "640x480, 1 face", "against": "theirs", "unit": "frame"}
    frame |= {"seconds": 0.005, "seconds_against": 0.0125}
    explained = gains_of("net") | {"model_digest": None, "score_kind": "probability"}
    for name, rows in (
        ("robustness", robust),
        ("explanations", [explained | {"score": 0.5, "versions": {}}]),
        ("adapt", [adapted]),
        ("speed", [frame]),
    ):
        write_rows(output, name, rows)
    text = page().text
    for shown in (
        "Disturbed faces of drawn: net 40.0 % on average, at worst 20.0 (blur 1.0), against 80.0 [",
        "net 5 80.0 [70.0, 90.0] 40.0 20.0 (blur 1.0) 12.5 12.5",
        "Explanations of what models see: The map is better in 4 of 4 comparisons",
        "Deletion model map 0 10 20 30 40 50 gains net masks 30.0 / 20.0",
        "net 3 25.0 75.0 37.5 0.0 0.50",
        "A frame of 640x480, 1 face takes 5.0 ms with the bundled svm_fast; theirs takes 2.5 times",
        "640x480, 1 face theirs 5.000 ms 12.500 ms frame 2.50",
    ):
        assert shown in text, shown


def test_versions_of_a_data_set_have_panels_of_their_own(output, page):
    old, new = adapted_to("d1", 1), adapted_to("d2", 1, subjects=7)
    write_rows(output, "adapt", [old, adapted_to("d1", 3), new])
    found = page()
    assert "drawn (d1): 4 people, 2 draws each" in found.text
    assert "drawn (d2): 7 people, 2 draws each" in found.text
    labels = [value for _, name, value in found.attributes if name == "aria-label"]
    assert {"accuracy, net, drawn (d1)", "accuracy, net, drawn (d2)"} <= set(labels)
    write_rows(output, "adapt", [old])
    assert "drawn: 4 people, 2 draws each" in page().text
