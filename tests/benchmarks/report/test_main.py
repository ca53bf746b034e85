import csv
import json
import re
import shutil

import pytest

from benchmarks._figures import save_picture
from benchmarks.report import __main__ as program
from benchmarks.report import figures, write_report
from fer_classic.exceptions import DataNotFoundError, MissingDependencyError
from tests.benchmarks.conftest import no_pictures, run_program


def save_title(axes, path):
    """Stand in for save_picture, which takes most of the time of a report."""
    path.write_text(axes.get_title().ljust(2000), "utf-8")


@pytest.fixture(scope="module", autouse=True)
def quick_pictures():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(figures, "save_picture", save_title)
        yield


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    run_program(folder, "--recipes", "dummy,means,union")
    run_program(folder, "--dataset", "fer2013", "--recipes", "means")
    return folder


@pytest.fixture
def output(made, tmp_path):
    return shutil.copytree(made, tmp_path / "out")


def test_the_page_shows_the_records(output, records):
    assert program.main(["--output", str(output)], draw=no_pictures) == 0
    first, fer2013, drawn = (
        (output / place / "README.md").read_text("utf-8") for place in ("", "fer2013", "drawn")
    )
    for page in (first, drawn):
        assert "| accuracy | group-kfold | kfold (leaky) |" in page
    assert "## official, PublicTest:no-twins" in fer2013
    assert "images left out that are also in Training: 1" in fer2013
    assert "**leaky: same subject / duplicate on both sides** (80 by subject, 2 by dup" in drawn
    right = sum(
        true == predicted
        for record in records()
        if record["protocol"] == "kfold"
        for true, predicted in zip(record["y_true"], record["y_pred"], strict=True)
    )
    leaky = drawn[drawn.index("## kfold (leaky)") :]
    assert "\n## group-kfold\n" in drawn
    assert "## official, PublicTest (leaky)" in fer2013
    assert f"| means | {100 * right / 80:.1f} [" in leaky
    assert "| Holm |" in drawn


def test_parts_without_near_twins_are_summarised(output):
    page = (output / "fer2013" / "README.md").read_text("utf-8")
    rests = ["no-twins", "no-near-twins-0.99", "no-near-twins"]
    titles = ["official, PublicTest (leaky)", *(f"{rest} (persons unknown)" for rest in rests)]
    assert f"| accuracy | {' | '.join(titles)} |" in page
    whole, alone, *near = page.split("## official")[1:]
    assert "Recall of each class" in whole
    assert "Recall of each class" in alone
    for part in near:
        assert "images left out that correlate from 0.9" in part
        assert "| means |" in part
        assert "Recall of each class" not in part
    assert not list(output.rglob("*near-twins*.png"))
    assert list(output.rglob("*no-twins*.png"))
    with open(output / "fer2013" / "summary.csv", newline="", encoding="utf-8") as file:
        assert [row["n_items"] for row in csv.DictReader(file)] == ["32", "31", "31", "31"]


def test_people_who_are_not_known_are_marked(output):
    def summary(dataset):
        with open(output / dataset / "summary.csv", newline="", encoding="utf-8") as file:
            return {row["people_unknown"] for row in csv.DictReader(file)}

    _, whole, alone, *_ = (output / "fer2013" / "README.md").read_text("utf-8").split("\n## ")
    unknown = "persons unknown: the same may be on both sides"
    assert f"**leaky: same duplicate on both sides; {unknown}** (1 by duplicate, of 32" in whole
    assert f"**{unknown}**\n" in alone
    assert "unknown" not in (output / "drawn" / "README.md").read_text("utf-8")
    assert (summary("fer2013"), summary("drawn")) == ({"True"}, {"False"})


def test_every_commit_that_made_a_record_is_named(output):
    path = output / "drawn" / "means.jsonl"
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    for number, record in enumerate(lines):
        record["commit"] = f"c0ffee{number}"
    path.write_text("".join(json.dumps(record) + "\n" for record in lines), "utf-8")
    assert program.main(["--output", str(output)], draw=no_pictures) == 0
    page = (output / "drawn" / "README.md").read_text("utf-8")
    assert len(lines) > 1
    assert all(record["commit"] in page.partition("\n|")[0] for record in lines)


def test_links_of_the_page_lead_somewhere(output):
    pages = list(output.rglob("README.md"))
    links = [
        (page.parent, link)
        for page in pages
        for link in re.findall(r"\]\(([^)]+)\)", page.read_text("utf-8"))
    ]
    assert len(pages) == 3
    assert len(links) >= 10
    for folder, link in links:
        assert (folder / link).stat().st_size > 1000
        assert ":" not in link


def test_what_was_tried_stands_on_the_page(output):
    arguments = ["--recipes", "union", "--protocol", "development", "--folds", "3"]
    for seed in ("0", "1"):
        more = ["--grid", "scale__with_mean=[True, False]", "--seed", seed]
        assert run_program(output, *arguments, *more) == 0
    path = output / "drawn" / "search" / "union.jsonl"
    # The last line is that of a run that was killed.
    path.write_text(path.read_text("utf-8") + path.read_text("utf-8")[:50], "utf-8")
    write_report(output, draw=no_pictures)
    page = (output / "drawn" / "README.md").read_text("utf-8")
    _, zero, one = page.split("union: 80 images (of digest `")
    for seed, part in enumerate((zero, one)):
        assert f"3 folds, seed {seed}\n" in part
        plain, tried = (line for line in part.splitlines() if line.startswith(("| as", "| scale")))
        assert " | – | " in plain
        # Distances do not depend on the mean.
        assert tried.startswith("| scale__with_mean=False | ")
        assert " | 0.0 [0.0, 0.0] | " in tried
    assert page.count("| candidate | accuracy |") == 2


def test_the_summary_is_a_table(output):
    with open(output / "drawn" / "summary.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 6
    honest = next(
        row for row in rows if (row["recipe"], row["protocol"]) == ("means", "group-kfold")
    )
    assert (honest["folds"], honest["n_folds"], honest["n_items"]) == ("5", "5", "80")
    assert float(honest["accuracy_low"]) < float(honest["accuracy"])
    assert honest["leaky_subject"] == ""
    assert honest["recall_happy"] == ""


def test_a_report_can_be_made_again_and_is_the_same(output, monkeypatch):
    def contents():
        return {path: path.read_bytes() for path in output.rglob("*") if path.is_file()}

    before = contents()
    write_report(output)
    assert contents() == before
    # Pictures, too.
    monkeypatch.setattr(figures, "save_picture", save_picture)
    write_report(output, datasets=["fer2013"])
    drawn = contents()
    write_report(output, datasets=["fer2013"])
    assert contents() == drawn != before


def damage_line(output):
    path = output / "drawn" / "means.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0][:-20] + b"\n", *lines[1:]]))
    return "means.jsonl, line 1 is not a record"


def drop_field(output):
    path = output / "drawn" / "means.jsonl"
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    del lines[2]["metrics"]
    path.write_text("".join(json.dumps(record) + "\n" for record in lines), "utf-8")
    return "means.jsonl, line 3 is not a record"


def lose_units(output):
    path = output / "drawn" / "means.jsonl"
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    lines[0]["units"] = "units-gone.json"
    path.write_text("".join(json.dumps(record) + "\n" for record in lines), "utf-8")
    return "units-gone.json, the units of records next to it, is missing"


@pytest.mark.parametrize("spoil", [damage_line, drop_field, lose_units])
def test_a_data_set_with_records_that_cannot_be_used_is_left_as_it_is(spoil, output, capsys):
    written = (".md", ".csv", ".png")

    def contents():
        paths = [path for path in output.rglob("*") if path.suffix in written]
        return {path: path.read_bytes() for path in paths}

    before = contents()
    (output / "fer2013" / "summary.csv").unlink()
    said = spoil(output)
    assert program.main(["--output", str(output)]) == 1
    assert contents() == before
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("benchmarks.report: drawn is left as it is: ")
    assert said in line


def test_rows_of_another_version_of_the_data_set_are_kept(output, capsys):
    path = output / "drawn" / "means.jsonl"
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    old = lines[0]["digest"]
    for record in lines:
        record |= {"digest": "newer", "finished": "2999-01-01T00:00:00"}
    path.write_text("".join(json.dumps(record) + "\n" for record in lines), "utf-8")
    pictures = {path.name for path in (output / "drawn").glob("*.png")}
    assert program.main(["--output", str(output)]) == 0
    assert {path.name for path in (output / "drawn").glob("*.png")} == pictures
    with open(output / "drawn" / "summary.csv", newline="", encoding="utf-8") as file:
        assert len(list(csv.DictReader(file))) == 6
    names = "dummy (group-kfold), union (group-kfold), dummy (kfold), union (kfold)"
    for page in (output / "README.md", output / "drawn" / "README.md"):
        text = page.read_text("utf-8")
        assert "(digest `newer`)" in text
        assert f"On another version of the data set (digest `{old}`): " in text
        _, _, told = text.partition("On another version")
        line = told.partition("\n")[0]
        assert all(name in line for name in names.split(", "))
        assert "means" not in line


def test_pictures_of_rows_that_are_gone_are_removed(output):
    (output / "drawn" / "union.jsonl").unlink()
    assert (output / "drawn" / "union-kfold-confusion.png").exists()
    write_report(output, datasets=["fer2013"], draw=no_pictures)
    assert (output / "drawn" / "union-kfold-confusion.png").exists()
    write_report(output, datasets=["drawn"])
    assert not (output / "drawn" / "union-kfold-confusion.png").exists()
    assert (output / "drawn" / "means-kfold-confusion.png").exists()


def test_without_matplotlib_the_tables_are_still_written(output, capsys):
    def draw(*arguments):
        raise MissingDependencyError("drawing figures needs the package 'matplotlib'")

    (output / "README.md").unlink()
    assert program.main(["--output", str(output)], draw=draw) == 0
    assert "no pictures: drawing figures needs" in capsys.readouterr().err
    assert (output / "README.md").exists()


def test_no_records(tmp_path, capsys):
    with pytest.raises(DataNotFoundError, match="no records"):
        write_report(tmp_path)
    assert program.main(["--output", str(tmp_path)]) == 1
    assert "make some with" in capsys.readouterr().err


def test_titles_of_pictures_say_what_is_leaky(output, rows_of, monkeypatch):
    titles = {}
    monkeypatch.setattr(
        figures, "save_picture", lambda axes, path: titles.update({path.name: axes.get_title()})
    )
    figures.draw_pictures(output / "drawn", "drawn", rows_of())
    assert titles["means-kfold-confusion.png"].endswith("on drawn, kfold (leaky)")
    assert titles["means-group-kfold-confusion.png"].endswith("on drawn, group-kfold")
    assert titles["kfold-recall.png"] == "drawn, kfold (leaky)"
