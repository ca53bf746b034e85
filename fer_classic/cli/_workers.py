"""Arguments of the commands that several processes can work on, and their values."""

import argparse
from contextlib import contextmanager

from fer_classic.cli._arguments import UsageError, whole_number
from fer_classic.exceptions import ClusterError

__all__ = ["add_worker_arguments", "several_workers", "workers"]


def add_worker_arguments(parser):
    """Add the arguments that say where the work is done."""
    group = parser.add_argument_group("workers")
    group.add_argument(
        "--jobs",
        metavar="N",
        type=whole_number(1),
        default=1,
        help="processes that work on this computer (default: 1)",
    )
    group.add_argument(
        "--cluster",
        metavar="local:N",
        type=_local,
        help="begin a Dask cluster of N processes on this computer, and work on it",
    )
    group.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        type=_address,
        help="work on the cluster of this Dask scheduler, such as tcp://host:8786; its workers "
        "read the files themselves",
    )


def _local(text):
    from fer_classic.utils._cluster import local_workers

    try:
        return local_workers(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _address(text):
    from fer_classic.utils._cluster import scheduler_place

    if scheduler_place(text) is None:
        raise argparse.ArgumentTypeError(
            f"must be the address of a scheduler, such as tcp://host:8786, got {text!r}"
        )
    return text


def several_workers(args):
    """Whether the work is done by other processes than this one."""
    return args.jobs > 1 or args.cluster is not None or args.scheduler is not None


@contextmanager
def workers(args, *data):
    """Let joblib work where the arguments say.

    Parameters
    ----------
    args : namespace
        Arguments of :func:`add_worker_arguments`.
    *data
        What each worker of a cluster needs once.

    Raises
    ------
    UsageError
        If the arguments name more than one place.
    ClusterError
        If the cluster cannot be used, or a worker is lost.
    """
    from fer_classic.utils._cluster import connect, lost_errors, working

    if (args.jobs > 1) + (args.cluster is not None) + (args.scheduler is not None) > 1:
        raise UsageError("give only one of --jobs, --cluster and --scheduler.")
    with (
        connect(args.scheduler, args.cluster) as client,
        working(client, n_jobs=args.jobs, n_threads=1, data=data),
    ):
        try:
            yield
        except lost_errors(client) as error:
            raise ClusterError(
                "a worker was killed, perhaps for lack of memory; use fewer of them (--jobs, "
                "--cluster)."
            ) from error
