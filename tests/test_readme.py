"""The README and the documentation agree with the results and the library."""

import doctest
import re
from pathlib import Path

import cv2
import pytest

import fer_classic
from fer_classic.cli import main

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
BENCHMARK = ROOT / "docs" / "benchmark.md"

# Column of a page's table -> column of the overview in results/README.md.
QUOTED = {
    (BENCHMARK, "fer2013"): {
        "PublicTest": "official, PublicTest (leaky)",
        "no twins": "no-twins (persons unknown)",
        "no near twins": "no-near-twins (persons unknown)",
        "group-kfold": "group-kfold (persons unknown)",
        "kfold (leaky)": "kfold (leaky)",
    },
    (BENCHMARK, "drawn"): {"group-kfold": "group-kfold", "kfold (leaky)": "kfold (leaky)"},
    (BENCHMARK, "jaffe"): {
        "loso": "loso",
        "group-kfold": "group-kfold",
        "kfold (leaky)": "kfold (leaky)",
    },
    (BENCHMARK, "ckplus"): {"group-kfold (CK+)": "group-kfold", "kfold (leaky)": "kfold (leaky)"},
    (README, "fer2013"): {
        "PublicTest": "official, PublicTest (leaky)",
        "no near twins": "no-near-twins (persons unknown)",
    },
}


def cells(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def table(text, start):
    """``{first cell: {column: cell}}`` of the first table whose header begins with ``start``."""
    found = re.search(rf"^\| {re.escape(start)} \|(?:.*\n\|)+.*", text, re.MULTILINE)
    header, _, *rows = found[0].splitlines()
    tables = [dict(zip(cells(header), cells(row), strict=True)) for row in rows]
    return {_name(row): row for row in tables}


def _name(row):
    """The recipe in the first cell: what stands between backticks, if there are any."""
    first = next(iter(row.values()))
    return first.split("`")[1] if "`" in first else first


def measured(dataset):
    page = (ROOT / "results" / "README.md").read_text("utf-8")
    return table(page[page.index(f"\n## {dataset}\n") :], "accuracy")


def quoted(page, dataset):
    first = next(iter(QUOTED[page, dataset]))
    return table(page.read_text("utf-8"), f"Recipe | {first}")


@pytest.mark.parametrize(("page", "dataset"), QUOTED, ids=lambda value: Path(value).name)
def test_accuracies_are_those_of_the_results(page, dataset):
    rows, results = quoted(page, dataset), measured(dataset)
    for recipe, row in rows.items():
        for column, title in QUOTED[page, dataset].items():
            assert row[column] == results[recipe][title], (recipe, title)


@pytest.mark.parametrize("dataset", ["fer2013", "drawn", "jaffe", "ckplus"])
def test_the_documentation_quotes_all_recipes_and_the_readme_six(dataset):
    assert set(quoted(BENCHMARK, dataset)) == set(measured(dataset))
    assert len(quoted(README, "fer2013")) == 6


def test_the_printed_output_of_the_benchmark_is_that_of_the_results():
    line = re.compile(r"^(svm_\w+) +(\S+) +(\S+ \[.+?\]) ", re.MULTILINE)
    printed = line.findall(README.read_text("utf-8"))
    results = measured("drawn")
    assert len(printed) == 4
    for recipe, protocol, accuracy in printed:
        column = "kfold (leaky)" if protocol == "kfold" else protocol
        assert accuracy == results[recipe][column], (recipe, protocol)


def test_the_command_prints_what_the_readme_says(tmp_path, monkeypatch, capsys):
    data = pytest.importorskip("skimage.data", reason="the photo is scikit-image's")
    monkeypatch.chdir(tmp_path)
    cv2.imwrite("astronaut.png", data.astronaut()[..., ::-1])
    assert main(["predict", "astronaut.png"]) == 0
    assert capsys.readouterr().out in README.read_text("utf-8")


def test_the_snippet_prints_what_the_readme_says():
    snippet = doctest.testfile(str(README), module_relative=False)
    assert snippet.attempted
    assert not snippet.failed


@pytest.mark.parametrize(
    "page", [README, *sorted((ROOT / "docs").glob("*.md"))], ids=lambda p: p.name
)
def test_links_lead_to_files(page):
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    assert not [link for link in links if not (page.parent / link).exists()]


def test_the_reference_lists_every_public_module():
    listed = re.findall(
        r"^   (fer_classic\.\w+)$", (ROOT / "docs/api.rst").read_text(), re.MULTILINE
    )
    assert listed == [f"fer_classic.{name}" for name in fer_classic.__all__]
