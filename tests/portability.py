"""Run the numerical tests as processors of several generations would: python -m tests.portability.

Libraries of numbers choose their code by the processor. Environment variables make them choose that
of an older one, for a whole process: so each generation gets a fresh one.
"""

import os
import platform
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from threadpoolctl import threadpool_info

ROOT = Path(__file__).parents[1]

# OpenBLAS's kernel; ATen's, oneDNN's and MKL's names of its instruction set, and threads.
GENERATIONS = {
    "SkylakeX": ("avx512", "AVX512_CORE", "AVX512", 1),
    "Haswell": ("avx2", "AVX2", "AVX2", 2),
    "Nehalem": ("default", "SSE41", "SSE4_2", 1),
}


def features_of_numpy():
    """Features that numpy has code for beyond its baseline, and this processor has."""
    return np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])


def features_of_opencv():
    """The same of OpenCV, which marks them by a star, and those that it may not use by "?"."""
    names = cv2.getCPUFeaturesLine().split()
    return [name[1:] for name in names if name.startswith("*") and not name.endswith("?")]


def is_avx512(feature):
    return feature.startswith("AVX512") or feature == "X86_V4"


def can_run(kernel):
    """Whether this processor has the instructions of the kernel."""
    found = features_of_numpy()
    return {
        "SkylakeX": any(map(is_avx512, found)),
        "Haswell": not {"AVX2", "X86_V3"}.isdisjoint(found),
        "Nehalem": platform.machine() in ("x86_64", "AMD64"),
    }[kernel]


def environment(kernel):
    """Environment variables that make a process compute as the generation does."""
    aten, onednn, mkl, n_threads = GENERATIONS[kernel]

    def disabled(features):
        return [
            name
            for name in features
            if kernel == "Nehalem" or (kernel == "Haswell" and is_avx512(name))
        ]

    return {
        **os.environ,
        "OPENBLAS_CORETYPE": kernel,
        "NPY_DISABLE_CPU_FEATURES": " ".join(disabled(features_of_numpy())),
        "OPENCV_CPU_DISABLE": ",".join(disabled(features_of_opencv())),
        "ATEN_CPU_CAPABILITY": aten,
        "ONEDNN_MAX_CPU_ISA": onednn,
        "MKL_ENABLE_INSTRUCTIONS": mkl,
        "OPENBLAS_NUM_THREADS": str(n_threads),
        "OMP_NUM_THREADS": str(n_threads),
    }


def run_here(kernel):
    """Print the active instruction sets, and run the tests in this process."""
    # Imported for its own OpenBLAS.
    import scipy.linalg  # noqa: F401

    pools = [pool for pool in threadpool_info() if pool["internal_api"] == "openblas"]
    kernels = sorted({pool["architecture"] for pool in pools})
    print(
        f"OpenBLAS: {', '.join(kernels)} with {max(pool['num_threads'] for pool in pools)} "
        f"thread(s); numpy: {' '.join(features_of_numpy()) or 'baseline'}; "
        f"OpenCV: {' '.join(features_of_opencv()) or 'baseline'}; "
        f"PyTorch: {os.environ['ATEN_CPU_CAPABILITY']}",
        flush=True,
    )
    if kernels != [kernel]:
        return f"{kernel} was asked for, and {', '.join(kernels)} is active"
    return pytest.main(["-q", "-m", "portability", "-p", "no:cacheprovider"])


def main():
    """Run every generation that this processor can; returns an exit code."""
    if not any(pool["internal_api"] == "openblas" for pool in threadpool_info()):
        print("numpy computes without OpenBLAS here, whose kernels are what is chosen from.")
        return 1
    failed = []
    for kernel in GENERATIONS:
        if not can_run(kernel):
            print(f"{kernel}: left out, as this processor lacks its instructions.", flush=True)
            continue
        command = [sys.executable, "-m", "tests.portability", kernel]
        if subprocess.run(command, cwd=ROOT, env=environment(kernel)).returncode:
            failed.append(kernel)
    print(f"failed: {', '.join(failed)}" if failed else "the same on all of them")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(run_here(sys.argv[1]) if sys.argv[1:] else main())
