"""``fer-classic bench``: the time and the memory that recognition takes on this machine."""

import argparse
import json
import math
import os
import sys
import time
import warnings
from pathlib import Path

from fer_classic.cli._live import add_recognizer_arguments, make_recognizer

__all__ = ["add_parser", "run"]

_N_STARTS = 3
# Load of the cores, as a fraction, from which times are longer than on an idle machine.
_BUSY = 0.5


def add_parser(subparsers):
    """Add the command to the program."""
    parser = subparsers.add_parser(
        "bench",
        help="time a model on this machine",
        description="Time a model on this machine: one face, 64 faces at once, detection and "
        "classification in drawn pictures of 640x480 and 1280x720 pixels, the start of the "
        "program, and its memory.",
        epilog="Times are the median and the 95th percentile of repeated calls in one process. "
        "fer-classic video prints the times of the stages of a video.",
    )
    add_recognizer_arguments(parser)
    parser.add_argument(
        "--seconds",
        metavar="S",
        type=_positive,
        default=2.0,
        help="time for each measurement (default: 2)",
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.set_defaults(run=run)


def run(args):
    """Run the command."""
    from fer_classic.live._measure import measure

    machine = _machine()
    recognizer = make_recognizer(args)
    if machine["busy"]:
        print(
            "fer-classic: warning: other programs keep the processor busy (load "
            f"{machine['load']:.1f} on {machine['cores']} cores): times are longer than on an idle "
            "machine.",
            file=sys.stderr,
        )
    if not args.json:
        print("\n".join(_machine_lines(args.model, machine)))
        print(f"\n{'':24}{'ms, median':>12}{'ms, 95 %':>12}{'a second':>12}", flush=True)
    measured = []
    with warnings.catch_warnings():
        # That drawn faces are none does not matter for the time.
        warnings.simplefilter("ignore")
        for each in measure(recognizer, seconds=args.seconds):
            measured.append(each)
            if not args.json:
                print(_line(each), flush=True)
    startup, memory = _start(args)
    if startup is None:
        print(
            "fer-classic: warning: the start of the program could not be timed, since fer-classic "
            "predict fails with this model and detector.",
            file=sys.stderr,
        )
    if args.json:
        result = {"model": str(args.model), "machine": machine}
        result["measured"] = [_plain(each) for each in measured]
        print(json.dumps(result | {"startup_seconds": startup, "peak_bytes": memory}, indent=2))
        return 0
    if startup is not None:
        print(f"\nstart of the program until the first picture is done: {startup:.1f} s")
    if memory is not None:
        print(f"memory at its peak: {memory / 2**20:.0f} MiB")
    return 0


def _positive(text):
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"must be a positive number of seconds, got {text!r}")
    return value


def _machine():
    """Describe what the times depend on."""
    import cv2
    from threadpoolctl import threadpool_info

    from fer_classic.utils._versions import machine, processor_name, versions

    pools = threadpool_info()
    blas = [pool["num_threads"] for pool in pools if pool["user_api"] == "blas"]
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    here = machine()
    known = ("python", "fer_classic", "numpy", "scikit-learn")
    installed = versions()
    return {
        "processor": processor_name(),
        "cores": here["cores"],
        "system": here["system"],
        "threads": {"opencv": cv2.getNumThreads(), "blas": max(blas, default=1)},
        "load": load,
        "busy": load is not None and load > _BUSY * here["cores"],
        "versions": {name: installed[name] for name in known} | {"opencv": cv2.__version__},
    }


def _machine_lines(model, machine):
    threads = machine["threads"]
    yield f"model      {model}"
    yield f"processor  {machine['processor']}, {machine['cores']} cores"
    yield f"threads    {threads['opencv']} of OpenCV, {threads['blas']} of linear algebra"
    yield "versions   " + ", ".join(f"{name} {v}" for name, v in machine["versions"].items())


def _line(each):
    faces = ""
    if each.n_faces is not None:
        faces = f"   {each.n_faces} {'face' if each.n_faces == 1 else 'faces'} found"
    return f"{each.name:24}{each.p50:12.1f}{each.p95:12.1f}{each.per_second:12.0f}{faces}"


def _plain(each):
    return {
        "name": each.name,
        "milliseconds": {"p50": each.p50, "p95": each.p95},
        "n_calls": each.n_calls,
        "per_second": each.per_second,
        "faces_found": each.n_faces,
    }


def _start(args):
    """Give the seconds from the start of the program to its first answer, and its memory."""
    import tempfile

    from fer_classic.live._measure import SCENES, draw_scene
    from fer_classic.utils._opencv import cv2

    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder) / "picture.png"
        cv2.imwrite(str(picture), draw_scene(SCENES[0]))
        command = [sys.executable, "-m", "fer_classic", "predict", str(picture), *_again(args)]
        starts = [_timed(command) for _ in range(_N_STARTS)]
    seconds, sizes = zip(*starts, strict=True)
    if None in seconds:
        return None, None
    return sorted(seconds)[_N_STARTS // 2], None if None in sizes else max(sizes)


def _again(args):
    """Give the arguments of the model and of the detector once more."""
    names = ("model", "detector", "detector_model", "detector_threshold", "min_face", "views")
    again = []
    for name in (*names, "min_probability"):
        value = getattr(args, name)
        if value is not None:
            again += [f"--{name.replace('_', '-')}", str(value)]
    return again + ["--trust"] * args.trust + ["--no-upright"] * (not args.upright)


def _timed(command):
    """Run a command; give its seconds, or None if it failed, and the bytes of its memory."""
    import subprocess

    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if not hasattr(os, "wait4"):
        code, size = process.wait(), None
    else:
        _, status, usage = os.wait4(process.pid, 0)
        code = process.returncode = os.waitstatus_to_exitcode(status)
        # Bytes on macOS, else kilobytes.
        size = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return (time.perf_counter() - start if code == 0 else None), size
