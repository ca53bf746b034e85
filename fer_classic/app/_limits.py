"""Limits on requests, and on their rate."""

import math
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field, fields

from fer_classic.utils._limits import pixel_limit

__all__ = ["Limits", "RateLimiter"]

MEGABYTE = 1_000_000

_MAY_BE_0 = ("rate", "queue", "seconds")
# Clients that are remembered; the least recent ones are forgotten first.
_CLIENTS = 10_000


def _processors():
    return min(4, os.cpu_count() or 1)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Limits on requests; those that exceed one are rejected with a sentence that names it.

    Parameters
    ----------
    body : int, default=32_000_000
        Bytes of a request with photos.
    files : int, default=32
        Photos in a request.
    pixels : int, optional
        Pixels of a photo. By default the environment variable ``FER_CLASSIC_MAX_PIXELS``, else 50
        million.
    video : int, default=500_000_000
        Bytes of a video.
    seconds : float, default=60
        Time in which the body of a request must arrive.
    rate : int, default=0
        Requests per minute and client address; 0 for no limit.
    parallel : int, optional
        Requests that are processed at the same time. By default one per processor, at most four.
    queue : int, default=16
        Requests that may wait; further ones are rejected (503) until there is room.

    Raises
    ------
    ValueError
        If a limit is negative, or is 0 and not one of ``rate``, ``queue`` and ``seconds``.
    """

    body: int = 32 * MEGABYTE
    files: int = 32
    pixels: int = field(default_factory=pixel_limit)
    video: int = 500 * MEGABYTE
    seconds: float = 60.0
    rate: int = 0
    parallel: int = field(default_factory=_processors)
    queue: int = 16

    def __post_init__(self):
        """Check the limits."""
        for each in fields(self):
            value, minimum = getattr(self, each.name), int(each.name not in _MAY_BE_0)
            if not minimum <= value < math.inf:
                raise ValueError(f"{each.name} must be {minimum} or more, got {value!r}.")


class RateLimiter:
    """Token bucket for each client: it fills at the rate and holds the requests of a minute.

    Parameters
    ----------
    per_minute : int
        Requests per minute and client; 0 for no limit.
    clock : callable, default=time.monotonic
        Gives the time in seconds.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic):
        self.per_minute, self._clock = per_minute, clock
        self._buckets: dict[str, tuple[float, float]] = {}

    def wait(self, client: str) -> float:
        """Count a request, unless it exceeds the rate.

        Parameters
        ----------
        client : str
            Address of the client.

        Returns
        -------
        seconds : float
            0 if the request is accepted, else the time until the next one is.
        """
        if not self.per_minute:
            return 0.0
        now, per_second = self._clock(), self.per_minute / 60
        left, then = self._buckets.pop(client, (float(self.per_minute), now))
        left = min(float(self.per_minute), left + (now - then) * per_second)
        accepted = left >= 1
        # Put in again at the end, so that the first is the one that has not asked for longest.
        self._buckets[client] = (left - accepted, now)
        if len(self._buckets) > _CLIENTS:
            del self._buckets[next(iter(self._buckets))]
        return 0.0 if accepted else (1 - left) / per_second
