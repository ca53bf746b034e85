"""Build the archives, install the wheel elsewhere and use it: python -m tests.smoke."""

import argparse
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parents[1]

# Texts that only the source archive carries.
TEXTS = {
    "CHANGELOG.md",
    "CITATION.cff",
    "CONTRIBUTING.md",
    "LICENSE",
    "README.md",
    "SECURITY.md",
    "constraints.txt",
    "setup.py",
}

# What the installed library does with one of the faces that come with it.
DRAW = """
import sys
from pathlib import Path

import cv2

import fer_classic
from fer_classic.datasets import load_drawn_faces

assert Path(fer_classic.__file__).is_relative_to(sys.prefix), fer_classic.__file__
bunch = load_drawn_faces()
assert bunch.DESCR
assert cv2.imwrite("face.png", bunch.images[0])
"""


def package_files():
    """Files of the package in the working tree, relative to it."""
    files = (path for path in (ROOT / "fer_classic").rglob("*") if path.is_file())
    return {
        path.relative_to(ROOT).as_posix() for path in files if path.parent.name != "__pycache__"
    }


def copy_sources(folder):
    """Copy what is built, without the lists of files that earlier builds left behind."""
    folder.mkdir()
    for path in ROOT.iterdir():
        if path.is_file() and not path.name.startswith("."):
            shutil.copy(path, folder)
    for name in ("fer_classic", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))


def check_contents(expected, found, archive):
    """Raise if an archive lacks a file, or holds one of the package that is not in the tree."""
    missing = sorted(expected - found)
    others = found - expected
    strange = sorted(name for name in others if name.startswith(("fer_classic/", "tests/")))
    if missing or strange:
        raise SystemExit(f"{archive.name} lacks {missing}, and holds {strange}")


def build(sources, folder):
    """Give the wheel, which is built from the source archive and not from the tree."""
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, cwd=sources)
    (archive,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    with tarfile.open(archive) as file:
        members = {str(PurePosixPath(*PurePosixPath(name).parts[1:])) for name in file.getnames()}
    # Folders are members too.
    folders = {str(parent) for name in members for parent in PurePosixPath(name).parents}
    check_contents(package_files() | TEXTS, members - folders, archive)
    with zipfile.ZipFile(wheel) as file:
        check_contents(package_files(), set(file.namelist()), wheel)
    return wheel


def install(wheel, folder, *, download):
    """Give the folder of programs of a new environment that holds the wheel."""
    environment = venv.EnvBuilder(with_pip=True)
    environment.create(folder)
    context = environment.ensure_directories(folder)
    options = [] if download else ["--no-deps"]
    quiet = ["--quiet", "--disable-pip-version-check"]
    run(context.env_exe, "-m", "pip", "install", *quiet, *options, wheel)
    if not download:
        # The installed copy comes first on the path, and no .pth file in there acts.
        query = "import sysconfig; print(sysconfig.get_path('purelib'))"
        packages = Path(run(context.env_exe, "-c", query).strip())
        folders = ("site-packages", "dist-packages")
        borrowed = [path for path in sys.path if Path(path).name in folders]
        (packages / "borrowed.pth").write_text("\n".join(borrowed), encoding="utf-8")
    return Path(context.bin_path)


def use(programs, folder):
    """Call the installed library and its program in a folder that holds nothing of the tree."""
    folder.mkdir()
    program = programs / "fer-classic"
    assert run(program, "--help", cwd=folder).startswith("usage: fer-classic")
    assert "svm_fast" in run(program, "info", cwd=folder)
    run(programs / "python", "-c", DRAW, cwd=folder)
    answer = run(program, "predict", "face.png", cwd=folder)
    rows = [line.split("\t") for line in answer.splitlines()]
    assert rows[1][:3] == ["face.png", "1/1", "0,0,48,48"], answer
    classes = {"angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"}
    assert rows[1][3] in classes, answer


def run(*command, cwd=None):
    """Run a command and give what it printed; say all of it if the command fails."""
    # PYTHONPATH would put the working tree before the installed copy.
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, env=environ, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def main():
    """Build, look into the archives, install, use."""
    parser = argparse.ArgumentParser(prog="python -m tests.smoke", description=__doc__)
    parser.add_argument("--output", type=Path, help="keep the two archives in this folder")
    parser.add_argument(
        "--download",
        action="store_true",
        help="install the dependencies from the registry too, and not borrow those of this "
        "environment",
    )
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copy_sources(folder / "sources")
        wheel = build(folder / "sources", folder / "dist")
        use(install(wheel, folder / "venv", download=args.download), folder / "elsewhere")
        if args.output:
            shutil.copytree(folder / "dist", args.output, dirs_exist_ok=True)
    print(f"{wheel.name} and its source archive hold the package, install and work")


if __name__ == "__main__":
    main()
