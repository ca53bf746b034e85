"""Time the library against what people would use instead: ``python -m benchmarks.speed``.

Ours and theirs take turns in one run, on the same faces and on one thread, since the speed of a
machine drifts; what counts is the ratio. The rows go to ``speed.jsonl``, one JSON object a line,
and the table to ``speed.md``.
"""

import argparse
import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from benchmarks._text import markdown_table, text_table
from benchmarks._timed_features import time_features
from benchmarks._timed_pipelines import time_frames, time_predict
from benchmarks._timings import make_row, take_turns
from fer_classic.utils import atomic_path, machine, versions

__all__ = ["main"]


def time_import(repeats):
    """Time a cold start against that of a bare interpreter."""

    def run(*arguments):
        return lambda: subprocess.run([sys.executable, *arguments], check=True, capture_output=True)

    for subject, command in {
        "import fer_classic": ("-c", "import fer_classic"),
        "fer-classic --help": ("-m", "fer_classic", "--help"),
    }.items():
        pair = take_turns(run(*command), run("-c", "pass"), 3 * repeats)
        yield make_row("import", subject, "bare interpreter", "process", pair)


_PARTS = {
    "features": time_features,
    "predict": time_predict,
    "frames": time_frames,
    "import": time_import,
}


def main(argv=None):
    """Run the program.

    Parameters
    ----------
    argv : list of str, optional
        Arguments; those of the process by default.

    Returns
    -------
    code : int
        0; 1 if the results cannot be written.
    """
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.speed", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(_PARTS)} (all)")
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    parser.add_argument("--repeats", type=int, default=7, metavar="N", help="timings of each (7)")
    parser.add_argument("--output", type=Path, default=Path("results"), metavar="DIR")
    args = parser.parse_args(argv)
    unknown = set(args.parts) - set(_PARTS)
    if unknown or args.repeats < 1:
        parser.error(f"unknown part: {', '.join(unknown)}" if unknown else "--repeats is below 1")
    parts = args.parts or list(_PARTS)
    surroundings = {"versions": versions(), "machine": machine()}
    records = [
        asdict(row) | {"ratio": row.ratio} | surroundings
        for part in parts
        for row in _PARTS[part](args.repeats)
    ]
    print("\n".join(map(json.dumps, records)) if args.json else _table(records))
    try:
        _write(args.output, records, parts)
    except OSError as error:
        print(f"benchmarks.speed: cannot write to {args.output}: {error}", file=sys.stderr)
        return 1
    return 0


_HEADER = ["subject", "against", "ours", "theirs", "for a", "theirs / ours", "spread"]


def _cells(record):
    return [
        record["subject"],
        record["against"],
        f"{1000 * record['seconds']:.3f} ms",
        f"{1000 * record['seconds_against']:.3f} ms",
        record["unit"],
        f"{record['ratio']:.2f}",
        f"{record['spread']:.2f}, {record['spread_against']:.2f}",
    ]


def _table(records):
    return text_table(_HEADER, [_cells(record) for record in records])


def _stage_table(records):
    if not records:
        return ""
    stages = list(dict.fromkeys(stage for record in records for stage in record["stages"]))
    lines = [
        [
            record["subject"],
            *("{:.2f} ({:.2f})".format(*record["stages"].get(stage, (0, 0))) for stage in stages),
            "{:.2f} ({:.2f})".format(*record["overlap"]),
        ]
        for record in records
    ]
    return (
        "\n\nStages of a frame in milliseconds, median (95th percentile) over the frames that go "
        "through\nthem; faces are detected in every fifth frame and followed in the others. "
        "*Overlap* of the boxes\nwith those that are detected in each frame, median (5th "
        "percentile):\n\n" + markdown_table(["frame", *stages, "overlap"], lines)
    )


def _write(output, records, parts):
    """Put the new rows in the place of older ones of the same parts."""
    path = output / "speed.jsonl"
    old = path.read_text("utf-8").splitlines() if path.exists() else []
    kept = [record for record in map(json.loads, old) if record["part"] not in parts]
    records = sorted(kept + records, key=lambda record: list(_PARTS).index(record["part"]))
    with atomic_path(path) as temporary:
        temporary.write_text("".join(json.dumps(r) + "\n" for r in records), "utf-8")
    page = (
        "# Speed\n\n"
        "Made by `python -m benchmarks.speed`: medians, on one thread. Of drawn faces of 48x48 "
        "pixels our\ndescriptors get a batch of 256, a loop over scikit-image the first of them. "
        "Recipes were fitted on\nthose 256 and are timed from image to name; a support vector "
        "machine that was fitted on more takes\nlonger. *Spread* is the slowest over the fastest "
        "repetition, ours and theirs.\n\n"
        + markdown_table(_HEADER, [_cells(record) for record in records])
        + _stage_table([record for record in records if record.get("stages")])
    )
    with atomic_path(output / "speed.md") as temporary:
        temporary.write_text(page + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
