"""The figures that the README quotes are those of the committed results."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# Column of the README's table -> column of the overview in results/README.md.
QUOTED = {
    "fer2013": {
        1: "official, PublicTest (leaky)",
        3: "no-twins (persons unknown)",
        4: "no-near-twins (persons unknown)",
        5: "group-kfold (persons unknown)",
        6: "kfold (leaky)",
    },
    "drawn": {1: "group-kfold", 2: "kfold (leaky)"},
}


def cells(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def overview(dataset):
    page = (ROOT / "results" / "README.md").read_text("utf-8")
    section = page[page.index(f"\n## {dataset}\n") :]
    header, _, *rows = re.search(r"^\| accuracy \|(?:.*\n\|)+.*", section, re.MULTILINE)[
        0
    ].splitlines()
    return {cells(row)[0]: dict(zip(cells(header), cells(row), strict=True)) for row in rows}


def quoted(dataset):
    width = 1 + max(QUOTED[dataset])
    lines = (ROOT / "README.md").read_text("utf-8").splitlines()
    rows = [cells(line) for line in lines if re.match(r"\| `[^`]+` \| [\d.]+ \[", line)]
    return {row[0].strip("`"): row for row in rows if (len(row) > 3) == (width > 3)}


@pytest.mark.parametrize("dataset", QUOTED)
def test_accuracies_are_those_of_the_results(dataset):
    measured, rows = overview(dataset), quoted(dataset)
    assert set(rows) == set(measured)
    for recipe, row in rows.items():
        for column, title in QUOTED[dataset].items():
            assert row[column] == measured[recipe][title], (recipe, title)
