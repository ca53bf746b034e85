import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("resource", reason="the system has no such limits")

from fer_classic.features import GaborBank, LBPHistogram
from fer_classic.preprocessing import Denoiser
from tests.extremes import outcome, settings


@pytest.mark.slow
def test_extreme_parameters_are_refused_or_work():
    # Threads have stacks, which would count as memory.
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    done = subprocess.run(
        [sys.executable, "-m", "tests.extremes"],
        cwd=Path(__file__).parents[1],
        env={**os.environ, **threads},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-500:]
    assert "0 failed" in done.stdout


def test_every_number_is_tried():
    assert {name for name, _ in settings(Denoiser())} == {"size", "sigma", "strength"}
    tried = list(settings(GaborBank(wavelengths=(4, 8), grid=(2, 3))))
    assert ("wavelengths", (1e9, 8)) in tried
    assert ("grid", (10**9, 3)) in tried


def test_outcomes(monkeypatch):
    assert outcome(Denoiser()) is outcome(Denoiser(sigma=-1)) is None
    step = LBPHistogram()
    monkeypatch.setattr(step, "fit_transform", lambda X: np.array([np.nan]))
    assert outcome(step) == "values that are not finite"
    monkeypatch.setattr(step, "fit_transform", lambda X: X[99])
    assert outcome(step).startswith("IndexError: ")
