"""Workers on other computers, or several on this one, through Dask."""

import importlib
import signal
import socket
import threading
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from urllib.parse import urlsplit

from joblib import Parallel, delayed, parallel_config

from fer_classic import __version__
from fer_classic.exceptions import ClusterError
from fer_classic.utils._optional import import_optional

__all__ = ["connect", "local_workers", "lost_errors", "scheduler_place", "working"]

# How often a task is tried again that has failed with its worker.
_RETRIES = 2
# Seconds in which a scheduler must answer.
_CONNECT_TIMEOUT = 10
_HOW = (
    "start a scheduler (dask scheduler) and workers (dask worker ADDRESS --nthreads 1), or use "
    "--cluster local:4"
)


def local_workers(text):
    """Read the number of workers on this computer from ``"local:N"``.

    Raises
    ------
    ValueError
        If the text is another one.
    """
    place, _, number = text.partition(":")
    if place != "local" or not number.isdecimal() or int(number) < 1:
        raise ValueError(f"must be local:N with N workers, got {text!r}")
    return int(number)


@contextmanager
def working(client=None, *, n_jobs=1, n_threads=None, data=()):
    """Choose where calls of :class:`joblib.Parallel` work inside a block.

    Parameters
    ----------
    client : distributed.Client, optional
        A cluster, see :func:`connect`; without it, processes of this computer.
    n_jobs : int, default=1
        Number of such processes.
    n_threads : int, optional
        Threads of numerical libraries in each of them.
    data : sequence of object
        What is sent to each worker of a cluster once, in place of with each call.
    """
    if client is not None:
        with parallel_config("dask", client=client, scatter=list(data), retries=_RETRIES):
            yield
        return
    with parallel_config("loky", n_jobs=n_jobs, inner_max_num_threads=n_threads):
        if n_jobs > 1:
            _start_processes(n_jobs)
        yield


def _start_processes(n_jobs):
    """Start the processes of joblib; they ignore Ctrl-C, at which this process ends them.

    A terminal sends the signal to all of them. A process that is still importing what it needs
    would print a traceback. It inherits that the signal is ignored.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        ready = Parallel(return_as="generator_unordered")(delayed(int)() for _ in range(n_jobs))
    finally:
        signal.signal(signal.SIGINT, handler)
    for _ in ready:
        pass


@contextmanager
def connect(scheduler=None, n_local=None, *, modules=("fer_classic",)):
    """Connect to the workers of a Dask scheduler, or begin some on this computer.

    Parameters
    ----------
    scheduler : str, optional
        Address, such as ``"tcp://host:8786"``.
    n_local : int, optional
        Number of processes to begin on this computer; they end with the block.
    modules : tuple of str
        What the workers must be able to import.

    Yields
    ------
    client : distributed.Client or None
        None if neither is asked for.

    Raises
    ------
    ClusterError
        If no scheduler answers at the address, it has no workers, or a worker lacks a module or has
        another version of this package.
    MissingDependencyError
        If Dask is not installed.
    """
    if scheduler is None and n_local is None:
        yield None
        return
    purpose = "work on a cluster"
    distributed = import_optional("distributed", extra="cluster", purpose=purpose)
    if scheduler is None:
        # One thread each, as in local runs: numerical libraries bring their own.
        with (
            distributed.LocalCluster(
                n_workers=n_local,
                threads_per_worker=1,
                processes=True,
                # Any free port, which other computers do not reach.
                dashboard_address="127.0.0.1:0",
            ) as cluster,
            distributed.Client(cluster, set_as_default=False) as client,
        ):
            yield client
        return
    _check_address(scheduler)
    try:
        client = distributed.Client(scheduler, timeout=_CONNECT_TIMEOUT, set_as_default=False)
    except (OSError, ValueError) as error:  # a time that is up is an OSError
        raise ClusterError(f"no scheduler answers at {scheduler} ({error}); {_HOW}.") from error
    with client:
        _check_workers(client, scheduler, modules)
        yield client


def scheduler_place(address):
    """Read host and port from the address of a scheduler; None if it has none."""
    try:
        parts = urlsplit(address)
        place = parts.hostname, parts.port
    except ValueError:
        return None
    return place if all(place) else None


def _check_address(address):
    """Knock first: a client that finds nobody leaves threads and messages behind."""
    place = scheduler_place(address)
    if place is None:
        raise ClusterError(
            f"{address!r} is not the address of a scheduler, such as tcp://host:8786; {_HOW}."
        )
    try:
        socket.create_connection(place, timeout=_CONNECT_TIMEOUT).close()
    except OSError as error:
        raise ClusterError(f"no scheduler answers at {address} ({error}); {_HOW}.") from error


def _check_workers(client, scheduler, modules):
    found = client.run(_import, modules)
    if not found:
        raise ClusterError(f"the scheduler at {scheduler} has no workers; {_HOW}.")
    for worker, (version, problem) in found.items():
        if problem or version != __version__:
            raise ClusterError(
                f"the worker {worker} {problem or f'has fer_classic {version}'}, and this is "
                f"fer_classic {__version__}; give every worker the same version."
            )


def _import(modules):
    """Import modules on a worker; returns the version there, and what is missing."""
    try:
        for module in modules:
            importlib.import_module(module)
        return importlib.import_module("fer_classic").__version__, None
    except ImportError as error:
        return None, f"cannot import what it needs ({error})"


def lost_errors(client):
    """Say which exceptions mean that a worker was lost, and not that a task has failed.

    Parameters
    ----------
    client : distributed.Client or None
        None for processes of this computer.

    Returns
    -------
    errors : tuple of type
    """
    if client is None:
        return (BrokenProcessPool,)
    from distributed import KilledWorker
    from distributed.client import FutureCancelledError
    from distributed.comm import CommClosedError

    return (BrokenProcessPool, KilledWorker, FutureCancelledError, CommClosedError)
