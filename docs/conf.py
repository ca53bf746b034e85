"""Sphinx configuration. ``make docs`` builds the pages without network access."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from fer_classic import __version__  # noqa: E402  (the path comes first)

project = "fer_classic"
author = copyright = "The fer_classic developers"
version = release = __version__

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.mathjax",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = ["_build", "_templates"]
templates_path = ["_templates"]
myst_heading_anchors = 3
# Code blocks without a language are shell commands.
highlight_language = "text"

# Document the names in __all__, including names imported from private modules.
autosummary_generate = True
autosummary_ignore_module_all = False
autosummary_imported_members = True
numpydoc_show_class_members = False

sphinx_gallery_conf = {
    "examples_dirs": str(ROOT / "examples"),
    "gallery_dirs": "gallery",
    "filename_pattern": re.escape("/plot_"),
    "within_subsection_order": "FileNameSortKey",
    "abort_on_example_error": True,
    "download_all_examples": False,
    "show_memory": False,
    "reference_url": {},
}

TOP_PAGES = [page.stem for page in Path(__file__).parent.glob("*.md")]

html_theme = "pydata_sphinx_theme"
html_static_path = ["_static"]
html_title = "fer_classic"
# Only the gallery and the API reference have subpages.
html_sidebars = {name: [] for name in TOP_PAGES}
html_theme_options = {
    "show_prev_next": False,
    "navigation_with_keys": False,
    "header_links_before_dropdown": 8,
}
html_show_sourcelink = False
