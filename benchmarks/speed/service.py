"""The service under load: requests a second, their time, what is lost, memory."""

import http.client
import io
import re
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass, replace
from time import perf_counter
from urllib.parse import urlsplit

import numpy as np
from PIL import Image
from skimage.data import astronaut

from benchmarks.speed.timings import Row, Timing, timing_of
from fer_classic.exceptions import ServerError
from fer_classic.live import Recognizer, recognize_photos
from fer_classic.persistence import load_bundled

__all__ = ["Load", "ask", "encode_photo", "resident_memory", "running_service", "time_service"]

CLIENTS = (1, 4, 16)
# Those of the long run.
_CLIENTS = 4
_PATH = "/v1/recognize"
# Seconds until a request counts as lost.
_PATIENCE = 60


@dataclass(frozen=True)
class Load:
    """What clients have seen.

    Parameters
    ----------
    seconds : float
        From the first request to the last answer.
    latencies : list of float
        Seconds of each request that was answered.
    n_lost : int
        Requests without the answer that was due.
    """

    seconds: float
    latencies: list
    n_lost: int


def time_service(repeats, n_requests, *, clients=CLIENTS, arguments=()):
    """Time the service with clients that ask without a pause, and watch its memory.

    Against the library in a loop, from the content of the file to the faces.

    Parameters
    ----------
    repeats : int
        Timings of the library.
    n_requests : int
        Requests of the last row; the others take a tenth of them.
    clients : tuple of int
        Numbers of clients.
    arguments : tuple of str
        Further arguments of ``fer-classic serve``.

    Yields
    ------
    row : Row
        For each number of clients; and for one number and many requests, with the memory that they
        add, against what all requests before have added.
    """
    photo = encode_photo()
    alone = _time_alone(photo, repeats)
    with running_service("serve", *arguments) as address:
        before = resident_memory(address)
        # Each thread loads its networks with the first requests.
        ask(address, photo, max(clients), 2 * max(clients))
        for n_clients in clients:
            load = ask(address, photo, n_clients, max(n_requests // 10, 1))
            yield _row(f"{n_clients} client{'s' * (n_clients > 1)}", load, alone)
        warm = resident_memory(address)
        load = ask(address, photo, _CLIENTS, n_requests)
        after = resident_memory(address)
    subject = f"{_CLIENTS} clients, {n_requests:,} requests"
    yield _row(subject, load, replace(alone, memory=warm - before), memory=after - warm)


def _row(subject, load, alone, **more):
    middle, late = np.quantile(load.latencies, [0.5, 0.95]) if load.latencies else (0.0, 0.0)
    seconds = load.seconds / max(len(load.latencies), 1)
    ours = Timing(seconds, float(late / middle) if middle else 0.0, alone.shape, **more)
    return Row(
        part="service",
        subject=subject,
        against="the library in a loop",
        unit="photo",
        ours=ours,
        theirs=alone,
        stages={"request": [1000 * float(middle), 1000 * float(late)]},
        lost=load.n_lost,
    )


def encode_photo():
    """Give the content of the photo that is asked about: 512x512 pixels with one face, JPEG."""
    file = io.BytesIO()
    Image.fromarray(astronaut()).save(file, "JPEG", quality=90)
    return file.getvalue()


def _time_alone(photo, repeats):
    model, card = load_bundled()
    recognizer, seconds = Recognizer(model, card=card), []
    for _ in range(repeats + 1):
        start = perf_counter()
        list(recognize_photos([photo], recognizer))
        seconds.append(perf_counter() - start)
    return timing_of(seconds[1:], shape=(1, 512, 512))


@contextmanager
def running_service(program, *arguments):
    """Run the service in a process of its own.

    Parameters
    ----------
    program : {"serve", "app"}
        The command of ``fer-classic``.
    *arguments : str
        Its arguments.

    Yields
    ------
    address : str
        Where it answers.

    Raises
    ------
    ServerError
        If it does not start; with the message of the service.
    """
    command = [sys.executable, "-m", "fer_classic", program, "--port", "0", *arguments]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            line = process.stderr.readline()
            found = re.search(r"http://[^;\s]+", line)
            if found is None:
                raise ServerError(f"the service does not start: {line.strip()}")
            yield found[0]
        finally:
            process.terminate()


def ask(address, photo, n_clients, n_requests):
    """Ask about a photo, by several clients that each go on as soon as they have an answer.

    Parameters
    ----------
    address : str
        Of the service.
    photo : bytes
        Content of the file.
    n_clients, n_requests : int
        Clients, and requests of all of them together.

    Returns
    -------
    load : Load
    """
    left, latencies, lost = iter(range(n_requests)), [], []

    def work():
        connection = _connect(address)
        # Of an iterator, each number goes to one thread.
        for _ in left:
            start = perf_counter()
            try:
                connection.request("POST", _PATH, photo, {"Content-Type": "image/jpeg"})
                with connection.getresponse() as answer:
                    good = b'"faces":[{' in answer.read() and answer.status == 200
            except (OSError, http.client.HTTPException):
                good = False
                connection.close()
            (latencies if good else lost).append(perf_counter() - start)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(n_clients)]
    start = perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Load(perf_counter() - start, latencies, len(lost))


def resident_memory(address):
    """Ask the service for its memory in bytes."""
    connection = _connect(address)
    connection.request("GET", "/metrics")
    with connection.getresponse() as answer:
        numbers = answer.read().decode()
    connection.close()
    return int(re.search(r"resident_memory_bytes (\d+)", numbers)[1])


def _connect(address):
    return http.client.HTTPConnection(urlsplit(address).netloc, timeout=_PATIENCE)
