"""The paths and names in CONTRIBUTING.md exist, and the citation has this version."""

import re
from pathlib import Path

import pytest

import fer_classic

ROOT = Path(__file__).parent.parent
GUIDE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")

# Paths in the guide, such as `tests/features`; those with <name> stand for new files.
PATHS = sorted(
    path
    for path in set(re.findall(r"`([\w./-]+)`", GUIDE))
    if "/" in path or path.endswith((".md", ".toml", ".txt", ".py"))
)

# Names that the lists mention, by file.
HELD = {
    "fer_classic/base.py": ["class ImageDescriptor", "class LearnedDescriptor"],
    "fer_classic/datasets/_base.py": ["def make_bunch"],
    "fer_classic/datasets/_location.py": ["def locate"],
    "fer_classic/datasets/_registry.py": ["DATASETS =", "_LOADERS", "finders ="],
    "fer_classic/faces/_base.py": [
        "class FaceDetector",
        "def per_thread",
        "def require_file",
        "def in_frame",
    ],
    "fer_classic/faces/_detectors.py": ["DETECTORS ="],
    "fer_classic/persistence/_allowed.py": ["ALLOWED ="],
    "fer_classic/persistence/_older.py": ["RENAMED_CLASSES"],
    "fer_classic/evaluation/_protocols.py": ["def default_protocol"],
    "fer_classic/plotting/_sheets.py": ["_SHOWABLE ="],
    "tests/faces/test_detectors.py": ["CASES ="],
    "tests/persistence/test_allowed.py": ["MODELS ="],
    "tests/recipes/test_pipelines.py": ["STEPS ="],
    "tests/test_estimators.py": ["ROSTER =", "ONE_LINE ="],
    "tests/test_protocols.py": ["OWN: "],
}


def test_paths_are_found():
    assert {"tests/test_estimators.py", "pyproject.toml"} | set(HELD) <= {*PATHS, *HELD}
    assert len(PATHS) > 20


@pytest.mark.parametrize("path", PATHS)
def test_a_named_path_exists(path):
    assert (ROOT / path).exists()


@pytest.mark.parametrize("path", HELD)
def test_a_file_holds_what_the_guide_says(path):
    assert path in GUIDE
    text = (ROOT / path).read_text("utf-8")
    assert [name for name in HELD[path] if name not in text] == []


def test_names_of_options_are_in_the_help():
    """The help texts list the names by hand."""
    from fer_classic.datasets import DATASETS
    from fer_classic.faces import DETECTORS

    datasets = (ROOT / "fer_classic/cli/_arguments.py").read_text("utf-8")
    detectors = (ROOT / "fer_classic/cli/_live.py").read_text("utf-8")
    assert [name for name in DATASETS if name not in datasets] == []
    assert [name for name in DETECTORS if name not in detectors] == []


def test_the_citation_names_this_version():
    text = (ROOT / "CITATION.cff").read_text("utf-8")
    assert re.search(r"^version: (.+)$", text, re.MULTILINE)[1] == fer_classic.__version__
