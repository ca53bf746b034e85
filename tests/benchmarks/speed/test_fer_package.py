"""A fake environment: an interpreter with a package of the same name."""

import sys

import numpy as np
import pytest

from benchmarks.speed.clips import Clips
from benchmarks.speed.fer_package import FerPackageError, fer_package
from benchmarks.speed.vs_fer import time_against_fer

FRAMES = [np.full((4, 6, 3), k, np.uint8) for k in range(3)]

# Finds as many faces as the first pixel says, and talks while it does.
PACKAGE = """
print("hello from the import")

class FER:
    def detect_emotions(self, frame):
        print("working")
        return [{"box": (0, 0, 1, 1)}] * int(frame[0, 0, 0])
"""
# In isolated mode, this interpreter would not search the folder of the package.
LAUNCHER = """
import runpy, sys
isolated, sys.argv[:] = sys.argv[1], sys.argv[2:]
assert isolated == "-I"
sys.path.insert(0, {site!r})
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.fixture
def environment(tmp_path):
    """Make an environment whose package holds some code; gives the path of its interpreter."""

    def environment(code=PACKAGE):
        site = tmp_path / "site"
        (site / "fer").mkdir(parents=True)
        (site / "fer" / "__init__.py").touch()
        (site / "fer" / "fer.py").write_text(code, "utf-8")
        (site / "fer-1.2.3.dist-info").mkdir()
        metadata = "Metadata-Version: 2.1\nName: fer\nVersion: 1.2.3\n"
        (site / "fer-1.2.3.dist-info" / "METADATA").write_text(metadata, "utf-8")
        launcher, python = tmp_path / "launcher.py", tmp_path / "python"
        launcher.write_text(LAUNCHER.format(site=str(site)), "utf-8")
        python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{launcher}" "$@"\n', "utf-8")
        python.chmod(0o755)
        return python

    return environment


def test_each_frame_is_recognised_each_time(environment):
    with fer_package(FRAMES, environment()) as (recognize, version):
        assert version == "1.2.3"
        for _ in range(2):
            seconds, n_faces = recognize()
            assert n_faces == [0, 1, 2]
            assert len(seconds) == 3
            assert min(seconds) > 0


def test_it_works_on_one_thread(environment):
    code = PACKAGE.replace("[0, 0, 0])", "[0, 0, 0]) * cv2.getNumThreads()")
    with fer_package(FRAMES, environment("import cv2\n" + code)) as (recognize, _):
        assert recognize()[1] == [0, 1, 2]


def test_it_ends_with_the_block(environment, monkeypatch):
    with (
        pytest.raises(KeyError, match="elsewhere"),
        fer_package(FRAMES, environment()) as (recognize, _),
    ):
        raise KeyError("elsewhere")
    with pytest.raises(ValueError, match="closed file"):
        recognize()


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("import cv2; cv2.CascadeOfOpenCV4()", "AttributeError: module 'cv2' has no attribute"),
        ("import os; os._exit(3)", "it ended with code 3"),
    ],
)
def test_a_package_that_does_not_start(environment, code, reason):
    python = environment(code)
    with (
        pytest.raises(FerPackageError, match=f"the fer package in {python}: {reason}"),
        fer_package(FRAMES, python),
    ):
        pytest.fail("it has started")


def test_a_package_that_dies_at_work(environment):
    code = PACKAGE.replace('print("working")', "import os; os._exit(4)")
    with (
        fer_package(FRAMES, environment(code)) as (recognize, _),
        pytest.raises(FerPackageError, match="it ended with code 4"),
    ):
        recognize()


def test_no_interpreter(tmp_path):
    with (
        pytest.raises(FerPackageError, match=r"python does not run: .*No such file"),
        fer_package(FRAMES, tmp_path / "python"),
    ):
        pytest.fail("it has started")


@pytest.mark.parametrize("says", ["'$*'", "3", "'\\377\\n'"])
def test_a_program_that_is_no_interpreter(tmp_path, says):
    program = tmp_path / "python"
    program.write_text(f"#!/bin/sh\nprintf '%b\\n' {says}\n", "utf-8")
    program.chmod(0o755)
    with (
        pytest.raises(FerPackageError, match=r"python says .*; name a Python interpreter"),
        fer_package(FRAMES, program),
    ):
        pytest.fail("it has started")


class TestRows:
    CLIPS = Clips(sizes=((320, 240),), n_faces=(1,), n_frames=4)

    def test_they_describe_what_was_timed(self, environment):
        code = PACKAGE.replace('print("working")', "import time; time.sleep(0.05)")
        followed, detected = time_against_fer(2, environment(code), clips=self.CLIPS)
        assert followed.subject == "320x240, 1 face"
        assert detected.subject == "320x240, 1 face, detection in each frame"
        for row in (followed, detected):
            assert (row.part, row.against, row.unit) == ("frames", "fer 1.2.3", "frame")
            assert row.ours.shape == row.theirs.shape == [4, 240, 320, 3]
            assert row.ours.seconds > 0
            assert row.theirs.seconds >= 0.05
            assert min(row.ours.spread, row.theirs.spread) >= 1

    def test_a_package_that_finds_nothing_is_not_compared(self, environment):
        code = PACKAGE.replace("int(frame[0, 0, 0])", "0")
        with pytest.raises(FerPackageError, match="finds a face in 0 of 4 frames only"):
            list(time_against_fer(1, environment(code), clips=self.CLIPS))
