"""Large tables of FER2013's layout that are damaged near their end: what the error says.

``python -m tests.hostile_tables --megabytes 300`` writes one of each kind and loads it in a process
of its own. The error must name the file and the line, and the memory must not exceed that of the
pixels. The tests try small ones.
"""

import argparse
import gzip
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fer_classic.datasets._fer2013_csv import parse_csv
from fer_classic.exceptions import DataFormatError
from tests.hostile_files import make_table
from tests.persistence.hostile import peak_memory

# Rows before an error is found in what was read ahead.
_AHEAD = 12
# Sound rows that follow the damage.
_AFTER = 20
# Bytes of pixels in memory for each byte of them in the table, and what else loading may take.
_GROWTH, _MEGABYTES = 1.3, 40
_PIXELS = 48 * 48


@dataclass(frozen=True)
class Kind:
    """A way to damage a table.

    Parameters
    ----------
    damage : callable
        Makes a damaged row of a sound one, both as bytes with a line end.
    words : str
        What the error must contain.
    suffix : str, default=".csv"
        Of the file.
    cut : bool, default=False
        Whether the file ends in the middle of the row.
    """

    damage: Callable
    words: str
    suffix: str = ".csv"
    cut: bool = False


KINDS = {
    "a pixel too few": Kind(lambda row: re.sub(rb"\d+ ", b"", row, count=1), "2,303 pixels"),
    "a word among the pixels": Kind(lambda row: row.replace(b" ", b" x ", 1), "must be integers"),
    "NUL bytes": Kind(lambda row: row[:3000] + bytes(2000) + row[5000:], "must be integers"),
    "a quote that is not closed": Kind(lambda row: row.replace(b",", b',"', 1), "completely"),
    "a quote within a number": Kind(lambda row: row.replace(b" ", b'" ', 1), "must be integers"),
    "bytes that are no text": Kind(lambda row: row[:3000] + b"\xff" + row[3000:], "completely"),
    "no line ends": Kind(lambda row: row[:-1] * 200 + b"\n", "completely"),
    "a missing column": Kind(lambda row: row.rpartition(b",")[0] + b"\n", "only 2 columns"),
    "a file that is cut off": Kind(lambda row: row, "pixels", cut=True),
    "a gzip that is cut off": Kind(lambda row: row, "completely", suffix=".csv.gz", cut=True),
}


def write_table(folder, kind, n_rows):
    """Write a table of many rows and a damaged one.

    Parameters
    ----------
    folder : pathlib.Path
    kind : Kind
    n_rows : int
        Sound rows before the damaged one.

    Returns
    -------
    path : pathlib.Path
        The table.
    line : int
        The line of the damaged row; the first is 1.
    """
    path = folder / f"fer2013{kind.suffix}"
    header, *rows = make_table(50).encode().splitlines(keepends=True)
    packed = path.suffix == ".gz"
    with gzip.open(path, "wb", compresslevel=1) if packed else open(path, "wb") as file:
        file.write(header)
        for number in range(n_rows):
            file.write(rows[number % len(rows)])
        row = kind.damage(rows[0])
        file.write(row[: len(row) // 2] if kind.cut and not packed else row)
        if not kind.cut:
            file.writelines(rows[:_AFTER])
    if packed and kind.cut:
        with open(path, "r+b") as file:
            file.truncate(path.stat().st_size - 100)
    return path, n_rows + 2


def load(path):
    """Load a table.

    Returns
    -------
    message : str or None
        What the error says; None without one.
    """
    try:
        parse_csv(path)
    except DataFormatError as error:
        return str(error)
    return None


def judge(message, kind, path, line):
    """Say what is wrong with an error message; None if nothing is."""
    if message is None:
        return "the table was loaded"
    found = re.search(r" line ([\d,]+)", message)
    if str(path) not in message or found is None:
        return f"file and line are not named: {message}"
    if kind.words not in message:
        return f"another error: {message}"
    named = int(found[1].replace(",", ""))
    exact = "near line" not in message
    if not line - (0 if exact else _AHEAD) <= named <= line + (0 if exact else _AFTER):
        return f"line {named:,} in place of {line:,}"
    return None


def _work(path):
    """Load a table, and print the message, the seconds and the memory as a line of JSON."""
    before, start = peak_memory(), time.perf_counter()
    message = load(path)
    seconds, after = time.perf_counter() - start, peak_memory()
    print(json.dumps([message, seconds, None if after is None else after - before]))


def try_kind(name, folder, megabytes):
    """Write and load a table in a process of its own; gives the problem, seconds and megabytes."""
    kind = KINDS[name]
    row_bytes = len(make_table(50)) / 50
    n_rows = int(megabytes * 1e6 / row_bytes)
    path, line = write_table(folder, kind, n_rows)
    command = [sys.executable, "-m", __spec__.name, "--work", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    path.unlink()
    if done.returncode:
        return f"ended with {done.returncode}: {done.stderr[-300:]}", 0, 0
    message, seconds, memory = json.loads(done.stdout)
    problem = judge(message, kind, path, line)
    allowed = _MEGABYTES + _GROWTH * n_rows * _PIXELS / 1e6
    if problem is None and memory is not None and memory > allowed:
        problem = f"{memory:.0f} MB of memory, more than {allowed:.0f}"
    return problem, seconds, memory or 0


def main(argv=None):
    """Try a table of each kind, and print a row for each; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile_tables", description=__doc__)
    parser.add_argument("--megabytes", type=float, default=300, metavar="N", help="of each (300)")
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args(argv)
    if args.work:
        _work(args.work)
        return 0
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        for name in KINDS:
            problem, seconds, memory = try_kind(name, Path(folder), args.megabytes)
            print(f"{name}: {problem or 'named'}, {seconds:.1f} s, {memory:.0f} MB", flush=True)
            failed |= problem is not None
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
