"""The layers: modules import from lower layers only, and siblings do not import each other."""

import ast
import importlib
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import fer_classic

PACKAGE = Path(fer_classic.__file__).parent
ROOT = PACKAGE.parent

LAYERS = (
    ("expressions", "exceptions", "units"),
    ("base", "utils"),
    ("preprocessing", "faces", "features", "classifiers", "neural", "datasets", "evaluation"),
    ("persistence",),
    ("recipes",),
    ("live", "plotting", "export"),
    ("analysis", "inspection"),
    ("cli", "app", "__main__"),
)
LAYER_OF = {part: number for number, parts in enumerate(LAYERS) for part in parts}

# Layers whose parts do not import each other; on layer 0, expressions raise exceptions.
SIBLINGS = {1, 2, 5}

# Passed in as arguments: the caller of the live loop has loaded the model.
APART = {("live", "persistence"), ("live", "recipes")}

ALLOWED = {
    "av": r"fer_classic\.live\.sinks\._video_pyav",
    "torch": r"(fer_classic\.neural|benchmarks\.detector)(\..*)?",
    "cv2": r"fer_classic\.(utils|preprocessing|faces|neural|datasets)(\..*)?"
    r"|fer_classic\.(live|analysis|inspection|cli|app)(\..*)?"
    r"|benchmarks\.(_threads|speed\.clips)|benchmarks\.(detector|eyes)\..*",
    "imblearn": r"fer_classic\.recipes\..*",
    "onnx": r"fer_classic\.export\._graph",
    "onnxruntime": r"fer_classic\.export\._check",
    "skl2onnx": r"fer_classic\.export\._foreign",
    "matplotlib": r"fer_classic\.plotting\..*|benchmarks\.report\.figures",
    "pandas": r"fer_classic\.(live\.tables\._schema|persistence\._probes)|benchmarks\..*",
    "pyarrow": r"fer_classic\.live\.tables\._parquet",
}


def modules():
    """``{"fer_classic.utils._files": path, ...}`` of the package and of the benchmarks."""
    files = [*PACKAGE.rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py")]
    names = {path: ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in files}
    return {name.removesuffix(".__init__"): path for path, name in names.items()}


MODULES = modules()


def imports_of(path):
    """Pairs of module and imported name (None for ``import module``), in functions too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, None) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield from ((node.module, alias.name) for alias in node.names)
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "import_optional":
            yield node.args[0].value, None


def part(module):
    return module.split(".")[1] if "." in module else None


def targets(path):
    """Modules of the package that a file imports; ``from fer_classic import x`` counts as x."""
    for module, name in imports_of(path):
        if module == "fer_classic" and name is not None:
            if name in LAYER_OF:
                yield f"fer_classic.{name}"
        elif module.split(".")[0] == "fer_classic":
            yield module


def violation(module, target):
    """The violated rule of an import, or None."""
    here, there = part(module), part(target)
    if here is None or here == there:
        return None
    if LAYER_OF[there] > LAYER_OF[here]:
        return f"{module} imports {target}, which is above it"
    if (here, there) in APART:
        return f"{module} imports {target}, which is passed in as an argument"
    if LAYER_OF[there] == LAYER_OF[here] and LAYER_OF[here] in SIBLINGS:
        return f"{module} imports its sibling {target}"
    return None


@pytest.mark.parametrize(
    ("module", "target", "wrong"),
    [
        ("fer_classic.features._lbp", "fer_classic.recipes", True),
        ("fer_classic.features._lbp", "fer_classic.faces._crop", True),
        ("fer_classic.features._lbp", "fer_classic.features._cells", False),
        ("fer_classic.recipes._pipelines", "fer_classic.features", False),
        ("fer_classic.exceptions", "fer_classic.expressions", False),
        ("fer_classic.utils._files", "fer_classic.base", True),
        ("fer_classic.live._recognizer", "fer_classic.persistence", True),
        ("fer_classic.recipes._pipelines_cnn", "fer_classic.persistence", False),
        ("fer_classic.persistence._card", "fer_classic.recipes", True),
    ],
)
def test_the_rule_itself(module, target, wrong):
    assert bool(violation(module, target)) == wrong


def test_every_part_has_a_layer():
    found = {part(name) for name in MODULES if name.startswith("fer_classic.")}
    assert found <= set(LAYER_OF)
    assert {"features", "recipes", "cli"} <= found


def test_imports_point_down():
    wrong = [
        violation(module, target)
        for module, path in MODULES.items()
        if module.startswith("fer_classic")
        for target in targets(path)
    ]
    assert not list(filter(None, wrong))


def test_heavy_packages_stay_where_they_belong():
    wrong = [
        f"{module} imports {imported}"
        for module, path in MODULES.items()
        for imported, name in imports_of(path)
        for package in [name if name == "cv2" else imported.split(".")[0]]
        if package in ALLOWED and not re.fullmatch(ALLOWED[package], module)
    ]
    assert not wrong


def test_splits_are_made_where_they_are_checked():
    """Elsewhere a splitter could tear groups apart: inside a fit, use ``utils._splits``."""
    doors = r"fer_classic\.(utils\._splits|evaluation\._(protocols|splits))"
    makers = r".*(KFold|ShuffleSplit|Leave.*Out|check_cv|train_test_split|PredefinedSplit)"
    makers += r"|cross_val(idate|_predict|_score)"
    wrong = [
        f"{module} imports {name}"
        for module, path in MODULES.items()
        if module.startswith("fer_classic") and not re.fullmatch(doors, module)
        for imported, name in imports_of(path)
        if imported.startswith("sklearn.model_selection") and re.fullmatch(makers, name or "")
    ]
    assert not wrong


def test_private_names_of_scikit_learn_are_few():
    """They are why pyproject.toml excludes versions that no test has run with."""
    known = r"sklearn\.utils\._param_validation|sklearn\.tree\._tree"
    names = r"_BaseComposition|_safe_indexing|_num_samples"
    wrong = [
        f"{module} imports {name} from {imported}"
        for module, path in MODULES.items()
        for imported, name in imports_of(path)
        if imported.startswith("sklearn") and not re.fullmatch(known, imported)
        if "._" in imported or ((name or "").startswith("_") and not re.fullmatch(names, name))
    ]
    assert not wrong


def test_the_package_knows_nothing_of_the_benchmarks_and_the_tests():
    wrong = [
        f"{module} imports {imported}"
        for module, path in MODULES.items()
        if module.startswith("fer_classic")
        for imported, _ in imports_of(path)
        if imported.split(".")[0] in {"benchmarks", "tests"}
    ]
    assert not wrong


def test_benchmarks_use_public_names_and_few_tools():
    """They share the tools that write files and show progress, which are of no use to others."""
    tools = (
        r"fer_classic\.utils\._"
        r"(files|parts|progress|versions|optional|opencv|listing|scores|memory|cluster|interval)"
        r"|fer_classic\.(cli\._arguments|persistence\._composed|recipes\._registry|plotting\._growth)"
    )
    wrong = []
    for module, path in MODULES.items():
        # How the eye finder is fitted depends on how it searches.
        if not module.startswith("benchmarks") or module.startswith("benchmarks.eyes"):
            continue
        for imported, name in imports_of(path):
            if imported.split(".")[0] != "fer_classic" or re.fullmatch(tools, imported):
                continue
            public = importlib.import_module(imported)
            names = {*public.__all__, "__version__"}
            if "._" in imported or (name is not None and name not in names):
                wrong.append(f"{module} imports {name} from {imported}")
    assert not wrong


@pytest.mark.parametrize("module", sorted(name for name in MODULES if "__main__" not in name))
def test_all_names_what_exists(module):
    imported = importlib.import_module(module)
    assert [name for name in getattr(imported, "__all__", []) if not hasattr(imported, name)] == []


@pytest.mark.parametrize("module", sorted({name.rpartition(".")[0] for name in MODULES} - {""}))
def test_contents_pages_have_no_logic(module):
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    # The package itself resolves its submodules lazily.
    if module != "fer_classic":
        assert all(isinstance(node, ast.Expr | ast.ImportFrom | ast.Assign) for node in tree.body)


def test_submodules_are_resolved_lazily():
    assert set(fer_classic.__all__) <= set(dir(fer_classic))
    assert fer_classic.features.Flatten
    assert fer_classic.analyze is fer_classic.analysis.analyze
    with pytest.raises(AttributeError, match="module 'fer_classic' has no attribute 'feature'"):
        _ = fer_classic.feature


PROGRAM = str(Path(sysconfig.get_path("scripts")) / "fer-classic")


@pytest.mark.parametrize(
    "start",
    [
        "import fer_classic",
        "import fer_classic.expressions, fer_classic.exceptions",
        "import sys; from fer_classic.cli import main; sys.argv[1:] = ['--help']; main()",
    ],
)
def test_a_cold_start_loads_nothing_heavy(start):
    code = f"""
import sys
try:
    {start}
except SystemExit as end:
    assert end.code == 0
heavy = {{"numpy", "scipy", "cv2", "torch", "sklearn", "skimage", "pandas", "matplotlib"}}
print("loaded:", sorted(heavy & set(sys.modules)))
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines()[-1] == "loaded: []"


@pytest.mark.skipif(not Path(PROGRAM).exists(), reason="the package is not installed")
def test_the_installed_program_prints_its_usage():
    result = subprocess.run([PROGRAM, "--help"], capture_output=True, text=True)
    assert result.returncode == 0
    assert result.stdout.startswith("usage: fer-classic")
