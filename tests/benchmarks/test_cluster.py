"""Runs on the workers of Dask: the records are those of a run on this computer."""

import os
import signal
import socket
import subprocess
import sys
import time
from functools import partial

import pytest

from tests.benchmarks.conftest import Nearest, make_model

distributed = pytest.importorskip("distributed")

ARGUMENTS = ("--recipes", "means", "--protocol", "kfold,group-kfold")
# Of the processes and of the time they took, not of what was computed.
FREE = ("feature_seconds", "fit_seconds", "predict_seconds", "peak_memory", "finished")


@pytest.fixture(scope="module")
def scheduler():
    """Address of a scheduler with two workers, all of them programs of their own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    port = address.rpartition(":")[2]
    dask = [sys.executable, "-m", "dask"]
    command = [*dask, "scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard"]
    programs = [subprocess.Popen(command, **quiet)]
    command = [*dask, "worker", address, "--nthreads", "1", "--no-dashboard", "--no-nanny"]
    programs += [subprocess.Popen(command, **quiet) for _ in range(2)]
    yield address
    for program in reversed(programs):
        program.terminate()
        program.wait(30)


def wait_for_workers(address, n_workers):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with distributed.Client(address, timeout=60, set_as_default=False) as client:
                client.wait_for_workers(n_workers, timeout=60)
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"no {n_workers} workers at {address}")


def results(records):
    found = {(record["protocol"], record["fold"]): record for record in records}
    return {key: {n: v for n, v in r.items() if n not in FREE} for key, r in found.items()}


def test_records_are_those_of_a_local_run(run, records, scheduler):
    assert run(*ARGUMENTS) == 0
    here = results(records())
    wait_for_workers(scheduler, 2)
    assert run(*ARGUMENTS, "--force", "--scheduler", scheduler) == 0
    assert results(records()[len(here) :]) == here


class Suicidal(Nearest):
    """Ends its process the first time that it is fitted anywhere."""

    def __init__(self, broken=False, mark=None):
        super().__init__(broken)
        self.mark = mark

    def fit(self, X, y, groups=None):
        if not os.path.exists(self.mark):
            open(self.mark, "w").close()
            os.kill(os.getpid(), signal.SIGKILL)
        return super().fit(X, y, groups)


def test_a_worker_that_is_killed_costs_no_fold(run, records, tmp_path):
    assert run(*ARGUMENTS) == 0
    here = {key: record["y_pred"] for key, record in results(records()).items()}

    def make(name, **settings):
        suicidal = Suicidal(mark=str(tmp_path / "mark"))
        return make_model(name, **settings).set_params(nearest=suicidal)

    place = ("--cluster", "local:2", "--features-memory", "0")
    assert run(*ARGUMENTS, "--force", *place, make=make) == 0
    there = results(records()[len(here) :])
    assert {key: record["y_pred"] for key, record in there.items()} == here
    assert os.path.exists(tmp_path / "mark")


def test_nobody_at_the_address(run, capsys):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        assert run(*ARGUMENTS, "--scheduler", address) == 1
    message = capsys.readouterr().err
    assert f"no scheduler answers at {address}" in message
    assert "start a scheduler (dask scheduler) and workers" in message


@pytest.mark.parametrize("address", ["host", "tcp://host", "host:port", "tcp://host:99999999"])
def test_what_is_no_address(address, run, capsys):
    assert run(*ARGUMENTS, "--scheduler", address) == 1
    assert "is not the address of a scheduler, such as tcp://" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--cluster", "local:2", "--jobs", "2"], "give only one of --jobs, --cluster"),
        (["--cluster", "local:2", "--scheduler", "tcp://a:1"], "give only one of --jobs"),
        (["--scheduler", "tcp://a:1", "--keep-models"], "--keep-models does not go with"),
    ],
)
def test_what_does_not_go_together(arguments, message, run, capsys):
    assert run(*ARGUMENTS, *arguments) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("value", ["local", "local:0", "local:x", "remote:2"])
def test_what_is_no_local_cluster(value, run, capsys):
    with pytest.raises(SystemExit) as stop:
        run(*ARGUMENTS, "--cluster", value)
    assert stop.value.code == 2
    assert "must be local:N with N workers" in capsys.readouterr().err


def test_workers_that_lack_the_package_are_named(monkeypatch):
    from fer_classic.exceptions import ClusterError
    from fer_classic.utils import _cluster

    class Client:
        def run(self, function, modules):
            return {"tcp://a:1": function(modules)}

    check = partial(_cluster._check_workers, Client(), "tcp://s:8786")
    check(("fer_classic",))
    with pytest.raises(ClusterError, match=r"the worker tcp://a:1 cannot import .*no_such_module"):
        check(("no_such_module",))
    monkeypatch.setattr(_cluster, "__version__", "9.9")
    with pytest.raises(ClusterError, match=r"has fer_classic .*, and this is fer_classic 9.9"):
        check(("fer_classic",))


def test_a_scheduler_without_workers():
    from fer_classic.exceptions import ClusterError
    from fer_classic.utils import _cluster

    class Client:
        def run(self, function, modules):
            return {}

    with pytest.raises(ClusterError, match="tcp://s:8786 has no workers; start a scheduler"):
        _cluster._check_workers(Client(), "tcp://s:8786", ())
