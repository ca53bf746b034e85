"""Killed commands lose nothing and leave nothing; ``tests.kills`` tries many more."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked processes")


def test_a_few_kills():
    command = [sys.executable, "-m", "tests.kills", "--kills", "3", "--only", "benchmark", "cache"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    lines = done.stdout.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["benchmark", "cache"], done.stderr
    assert all(line.endswith(" 0 problems") for line in lines), done.stdout
    assert done.returncode == 0


def test_what_is_wrong_is_noticed(tmp_path):
    from tests.kills import SCENARIOS, litter

    scenario = SCENARIOS["benchmark"](tmp_path)
    assert [*scenario.problems()] == ["records of 0 folds in place of 12"]
    (tmp_path / "output" / "drawn").mkdir(parents=True)
    (tmp_path / "output" / "drawn" / ".svm_hog.lock").touch()
    assert litter(tmp_path) == ["output/drawn/.svm_hog.lock"]
