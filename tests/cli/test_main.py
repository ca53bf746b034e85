import subprocess
import sys
import warnings

import pytest

import fer_classic.cli._main as program
from fer_classic import __version__
from fer_classic.cli import main
from fer_classic.cli._arguments import INCLUDED
from fer_classic.exceptions import FerClassicWarning, ModelFileError, UnknownNameError
from fer_classic.persistence import BUNDLED

COMMANDS = ["train", "evaluate", "predict", "video", "webcam", "audit", "info"]
HEAVY = {"cv2", "joblib", "matplotlib", "numpy", "scipy", "skimage", "sklearn", "skops", "torch"}


def run_python(code, *arguments):
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=60
    )


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["train", "--help"], []], ids=str)
def test_help_loads_nothing_heavy(arguments):
    code = (
        "import sys\n"
        "from fer_classic.cli import main\n"
        "try:\n    main(sys.argv[1:])\n"
        "except SystemExit:\n    pass\n"
        "print('loaded:', *{name.partition('.')[0] for name in sys.modules})\n"
    )
    result = run_python(code, *arguments)
    assert result.returncode == 0, result.stderr
    assert not HEAVY & set(result.stdout.partition("loaded:")[2].split())


def test_the_package_runs_as_a_module():
    command = [sys.executable, "-m", "fer_classic", "--version"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (result.returncode, result.stdout.strip()) == (0, f"fer-classic {__version__}")


def test_the_included_models_are_those_of_the_library():
    assert INCLUDED == BUNDLED


def test_without_a_command_the_help_goes_to_stderr(capsys):
    assert main([]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert all(command in err for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command, capsys):
    with pytest.raises(SystemExit) as ending:
        main([command, "--help"])
    assert ending.value.code == 0
    text = capsys.readouterr().out
    assert f"usage: fer-classic {command}" in text
    # Percent signs are doubled in the help of an argument, and only there.
    assert "%%" not in text
    assert "%(" not in text


@pytest.mark.parametrize(
    "arguments",
    [
        ["trian"],
        ["train", "--recipe", "svm_lbp", "-o", "m.joblib"],
        ["train", "--dataset", "drawn", "--images", "x", "--recipe", "r", "-o", "m.joblib"],
        ["train", "--dataset", "drawn", "-o", "m.joblib"],
        ["predict", "--model", "m.joblib"],
        ["webcam", "--model", "m.joblib", "--camera", "front"],
        ["webcam", "--model", "m.joblib", "--camera", "0", "--source", "v.avi"],
        ["audit"],
    ],
    ids=" ".join,
)
def test_mistakes_in_the_arguments_end_with_2(arguments, capsys):
    with pytest.raises(SystemExit) as ending:
        main(arguments)
    assert ending.value.code == 2
    assert "error:" in capsys.readouterr().err


@pytest.fixture
def ending_with(monkeypatch):
    """Run a command that raises an error, and give the exit code."""

    def run(error):
        def raise_it(args):
            raise error

        monkeypatch.setattr(program._info, "run", raise_it)
        return main(["info"])

    return run


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (ModelFileError("the file is odd"), 1, "the file is odd"),
        (UnknownNameError("recipe", "svn", ["svm"]), 2, "unknown recipe 'svn'. Did you mean 'svm'"),
        (PermissionError(13, "Permission denied", "x.png"), 1, "x.png: Permission denied; change"),
        (ValueError("X has NaN"), 1, "X has NaN"),
        (MemoryError(), 1, "not enough memory"),
    ],
)
def test_expected_errors_are_one_line_and_a_code(error, code, message, ending_with, capsys):
    assert ending_with(error) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("fer-classic: error: ")
    assert message in err
    assert "Traceback" not in err


def test_ctrl_c_ends_with_130(ending_with, capsys):
    assert ending_with(KeyboardInterrupt()) == 130
    assert capsys.readouterr().err == "fer-classic: stopped\n"


def test_ctrl_c_says_what_is_done(ending_with, capsys):
    stop = KeyboardInterrupt()
    stop.add_note("a.csv holds the frames until then")
    stop.add_note("--resume continues the table")
    assert ending_with(stop) == 130
    assert capsys.readouterr().err == (
        "fer-classic: stopped; a.csv holds the frames until then; --resume continues the table\n"
    )


def test_defects_keep_their_traceback(ending_with):
    with pytest.raises(AttributeError):
        ending_with(AttributeError("a defect"))


@pytest.mark.filterwarnings("always")
def test_warnings_are_one_line(monkeypatch, capsys):
    def warn(args):
        warnings.warn("some faces are missing", FerClassicWarning, stacklevel=1)
        return 0

    monkeypatch.setattr(program._info, "run", warn)
    before = warnings.showwarning
    assert main(["info"]) == 0
    assert capsys.readouterr().err == "fer-classic: warning: some faces are missing\n"
    assert warnings.showwarning is before


@pytest.mark.skipif(sys.platform == "win32", reason="pipes break in another way there")
def test_a_reader_that_goes_away_is_no_error():
    command = f"{sys.executable} -m fer_classic info | true"
    result = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=60)
    assert result.stderr == ""
