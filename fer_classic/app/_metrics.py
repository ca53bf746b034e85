"""Metrics in the text format of Prometheus."""

import asyncio
import os
import time
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path

from fer_classic import __version__
from fer_classic.app._answers import error_answer

__all__ = ["CONTENT_TYPE", "Metering", "Metrics"]

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_PREFIX = "fer_classic_"
_BOUNDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_METHODS = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"}
_STATM = Path("/proc/self/statm")


class Metrics:
    """Counts of a service; changed in the event loop only.

    Parameters
    ----------
    read : callable, optional
        Returns further gauges by name, read when the metrics are written.

    Attributes
    ----------
    n_in_progress : int
        Requests that are being answered.
    n_cancelled : int
        Requests that were not answered when the server ended.
    """

    def __init__(self, read: Callable[[], dict[str, float]] = dict):
        self._read = read
        self._started = time.time()
        self._counters: defaultdict[str, Counter] = defaultdict(Counter)
        self._buckets: defaultdict[str, list[int]] = defaultdict(lambda: [0] * (len(_BOUNDS) + 1))
        self._seconds: defaultdict[str, float] = defaultdict(float)
        self.n_in_progress = self.n_cancelled = 0

    def count(self, name: str, number: int = 1, **labels: str) -> None:
        """Add to a counter.

        Parameters
        ----------
        name : str
            Without the common prefix and the ending ``_total``.
        number : int, default=1
            The increment.
        **labels
            Labels with few distinct values each, since every combination is kept.
        """
        self._counters[name][_labels(labels)] += number

    def time(self, path: str, seconds: float) -> None:
        """Add a request to the histogram of its path.

        Parameters
        ----------
        path : str
            As the route has it, with its variables.
        seconds : float
            From the first to the last byte.
        """
        self._buckets[path][bisect_left(_BOUNDS, seconds)] += 1
        self._seconds[path] += seconds

    def text(self) -> str:
        """Write all metrics.

        Returns
        -------
        text : str
            In version 0.0.4 of the text format.
        """
        gauges = {
            "requests_in_progress": self.n_in_progress,
            "start_time_seconds": self._started,
            "resident_memory_bytes": _memory(),
        }
        lines = _family("info", "gauge", {_labels({"version": __version__}): 1})
        for name, value in (gauges | self._read()).items():
            if value is not None:
                lines += _family(name, "gauge", {"": value})
        for name, values in sorted(self._counters.items()):
            lines += _family(f"{name}_total", "counter", values)
        return "\n".join(lines + self._histogram("request_seconds")) + "\n"

    def _histogram(self, name):
        full = _PREFIX + name
        lines = [f"# TYPE {full} histogram"]
        for path, buckets in sorted(self._buckets.items()):
            totals = list(accumulate(buckets))
            for bound, total in zip([*map(str, _BOUNDS), "+Inf"], totals, strict=True):
                lines.append(f"{full}_bucket{_labels({'path': path, 'le': bound})} {total}")
            lines.append(f"{full}_sum{_labels({'path': path})} {self._seconds[path]}")
            lines.append(f"{full}_count{_labels({'path': path})} {totals[-1]}")
        return lines


class Metering:
    """Middleware that counts and times requests.

    Parameters
    ----------
    app : ASGI application
    metrics : Metrics
        The metrics that are updated.
    paths : dict
        Path of each endpoint, as its route has it.
    clock : callable
        Gives the time in seconds.
    """

    def __init__(self, app, *, metrics: Metrics, paths: dict, clock: Callable[[], float]):
        self._app, self._metrics, self._paths, self._clock = app, metrics, paths, clock

    async def __call__(self, scope, receive, send):
        """Pass the request on, and count it when it is answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, start = None, self._clock()

        async def watch(message):
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        self._metrics.n_in_progress += 1
        try:
            await self._app(scope, receive, watch)
        except asyncio.CancelledError:
            # The server shuts down; pending requests are answered rather than cut off.
            self._metrics.n_cancelled += 1
            if status is None:
                ending = "the service is ending; ask again when it is back."
                await error_answer(503, ending, {"Retry-After": "5"})(scope, receive, watch)
        finally:
            self._metrics.n_in_progress -= 1
            # Other paths are unbounded in number, and every label value would be kept.
            path = self._paths.get(scope.get("endpoint"), "other")
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self._metrics.count("requests", path=path, method=method, status=str(status or 500))
            self._metrics.time(path, self._clock() - start)


def _family(name, kind, values):
    full = _PREFIX + name
    return [
        f"# TYPE {full} {kind}",
        *(f"{full}{labels} {value}" for labels, value in sorted(values.items())),
    ]


def _labels(labels):
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}"


def _escaped(value):
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _memory():
    try:
        return int(_STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, AttributeError):  # where the system does not say
        return None
