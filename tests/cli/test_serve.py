import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

import fer_classic.app._server
from fer_classic.app._server import open_socket
from fer_classic.cli import main

TOKEN = "a-token-of-some-length"


def serve(*arguments):
    return main(["serve", "--port", "0", *map(str, arguments)])


@pytest.fixture
def served(monkeypatch):
    """Keep the application, in place of running it."""
    kept = []
    monkeypatch.delenv("FER_CLASSIC_TOKEN", raising=False)
    monkeypatch.setattr(
        fer_classic.app._server, "serve", lambda app, listener: kept.append((app, listener))
    )
    return kept


def test_the_arguments_reach_the_application(served, model_file, capsys):
    arguments = ["--model", model_file, "--model", "svm_fast", "--detector", "haar"]
    arguments += [
        "--max-body",
        2.5,
        "--max-video",
        9,
        "--max-pixels",
        1000,
        "--parallel",
        3,
        "--queue",
        0,
    ]
    assert serve(*arguments) == 0
    ((app, listener),) = served
    assert app.state.models.names == ["model", "svm_fast"]
    assert type(app.state.models.recognizer().detector).__name__ == "HaarDetector"
    limits = app.state.limits
    assert (limits.body, limits.video, limits.pixels) == (2_500_000, 9_000_000, 1000)
    assert (limits.parallel, limits.queue, limits.rate) == (3, 0, 0)
    assert listener.fileno() == -1
    assert "serving at http://127.0.0.1:" in capsys.readouterr().err


def test_others_need_the_token_of_the_environment_and_have_a_rate(served, model_file, monkeypatch):
    monkeypatch.setenv("FER_CLASSIC_TOKEN", TOKEN)
    assert serve("--model", model_file, "--host", "0.0.0.0") == 0
    assert served[0][0].state.limits.rate == 600


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--host", "0.0.0.0"], 2, "needed; set the environment variable FER_CLASSIC_TOKEN"),
        (["--token", "short"], 2, "16 or more"),
        (["--host", "192.0.2.1"], 1, "not an address of this machine"),
        (["--model", "nothing"], 2, "unknown bundled model 'nothing'"),
        (["--model", "nothing.joblib"], 1, "no such model file"),
        (
            ["--model", "svm_fast", "--model", "svm_fast"],
            2,
            "called 'svm_fast', svm_fast and svm_fast",
        ),
        (["--detector", "hair"], 2, "Did you mean 'haar'"),
        (["--detector", "haar", "--detector-threshold", "0.5"], 2, "no such setting"),
    ],
)
def test_what_cannot_be_served(arguments, code, words, capsys):
    assert serve(*arguments) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert words in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments", [["--port", "70000"], ["--port", "x"], ["--max-body", "0"], ["--rate", "-1"]]
)
def test_numbers_that_are_none(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        serve(*arguments)
    assert caught.value.code == 2
    assert f"argument {arguments[0]}: must be a number" in capsys.readouterr().err


def test_a_port_in_use(model_file, capsys):
    with open_socket("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        assert main(["serve", "--model", str(model_file), "--port", str(port)]) == 1
    assert f"port {port} of 127.0.0.1 is in use" in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such signals")
def test_it_answers_until_it_is_ended(model_file):
    command = [sys.executable, "-m", "fer_classic", "serve", "--port", "0", "--detector", "haar"]
    with subprocess.Popen(
        [*command, "--model", str(model_file), "--token", TOKEN],
        stderr=subprocess.PIPE,
        text=True,
        # A shell lets its background jobs ignore the signal.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        try:
            address = process.stderr.readline().split()[3].rstrip(";")
            with urllib.request.urlopen(f"{address}/healthz", timeout=30) as answer:
                assert json.load(answer)["status"] == "ok"
            with pytest.raises(urllib.error.HTTPError, match="401") as caught:
                urllib.request.urlopen(f"{address}/v1/models", timeout=30)
            caught.value.close()
            process.send_signal(signal.SIGTERM)
            _, err = process.communicate(timeout=30)
        finally:
            process.kill()
    assert process.returncode == 143
    assert err == "fer-classic: stopped\n"
