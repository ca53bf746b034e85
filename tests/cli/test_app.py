import errno
import os
import queue
import re
import signal
import stat
import subprocess
import sys
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pytest

import fer_classic.app._server
from fer_classic.app._server import open_socket
from fer_classic.cli import _app, main
from tests.app.clips import PICTURE, write_video

TOKEN = "a-token-of-some-length"


@pytest.fixture
def served(monkeypatch):
    """Keep the application, in place of running it."""
    kept = []
    monkeypatch.delenv("FER_CLASSIC_TOKEN", raising=False)
    monkeypatch.setattr(fer_classic.app._server, "serve", lambda app, listener: kept.append(app))
    return kept


@pytest.fixture
def opened(monkeypatch):
    """Addresses that the browser was to open; ``get(timeout=5)`` waits for the next one."""
    addresses = queue.SimpleQueue()
    monkeypatch.setattr("webbrowser.open", lambda address: addresses.put(address) or True)
    return addresses


@pytest.fixture
def bundled(monkeypatch):
    """A single included model, which loads quickly."""
    monkeypatch.setattr("fer_classic.persistence.BUNDLED", ("svm_fast",))


@pytest.fixture
def usual_port(monkeypatch):
    """A free port, in place of the usual one."""
    with open_socket("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
    monkeypatch.setattr(_app, "PORT", port)
    return port


@pytest.mark.usefixtures("bundled")
def test_the_page_is_served_and_opened(served, opened, usual_port, capsys):
    assert main(["app"]) == 0
    (app,) = served
    assert app.state.models.names == ["svm_fast"]
    assert "/live" in {getattr(route, "path", None) for route in app.routes}
    address = f"http://127.0.0.1:{usual_port}"
    assert opened.get(timeout=5) == address
    out, err = capsys.readouterr()
    assert out == ""
    assert err == f"fer-classic: the page is at {address}; Ctrl-C ends it\n"


@pytest.mark.usefixtures("bundled")
def test_a_model_of_ones_own_is_chosen(served, opened, model_file):
    assert main(["app", "--model", str(model_file), "--no-browser", "--port", "0"]) == 0
    models = served[0].state.models
    assert (models.default, models.names) == ("model", ["model", "svm_fast"])
    assert opened.empty()


@pytest.mark.usefixtures("bundled")
def test_a_second_start_takes_another_port(served, opened, usual_port, capsys):
    with open_socket("127.0.0.1", usual_port):
        assert main(["app"]) == 0
    first, _ = capsys.readouterr().err.splitlines()
    assert f"port {usual_port} is in use, perhaps by another fer-classic app" in first
    address = opened.get(timeout=5)
    assert first.endswith(address)
    assert not address.endswith(f":{usual_port}")


@pytest.mark.usefixtures("bundled")
def test_a_port_that_was_named_and_is_in_use(served, usual_port, capsys):
    with open_socket("127.0.0.1", usual_port):
        assert main(["app", "--port", str(usual_port)]) == 1
    assert f"port {usual_port} of 127.0.0.1 is in use" in capsys.readouterr().err
    assert served == []


@pytest.fixture
def led_to(monkeypatch, opened, tmp_path):
    """Where the file leads that the browser was to open, and the modes of its folder and itself."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    found = []

    def serve(app, listener):
        file = Path(url2pathname(urlsplit(opened.get(timeout=5)).path))
        assert file.parents[1] == tmp_path
        modes = [stat.S_IMODE(path.stat().st_mode) for path in (file.parent, file)]
        found.extend([re.search(r"url=([^\"]+)", file.read_text())[1], modes])

    monkeypatch.setattr(fer_classic.app._server, "serve", serve)
    return found


@pytest.mark.usefixtures("bundled", "served", "usual_port")
def test_the_browser_gets_the_token_by_a_private_file(led_to, tmp_path, capsys):
    assert main(["app", "--token", TOKEN]) == 0
    address, modes = led_to
    assert address.endswith(f"/?token={TOKEN}")
    assert address in capsys.readouterr().err
    if os.name == "posix":
        assert modes == [0o700, 0o600]
    assert list(tmp_path.glob("fer-classic-*")) == []


@pytest.mark.usefixtures("bundled", "served", "usual_port")
def test_a_token_of_any_characters_can_be_opened(led_to):
    assert main(["app", "--token", "MDEy+zQ1/jc4&Q#%41=="]) == 0
    assert led_to[0].endswith("/?token=MDEy%2BzQ1%2Fjc4%26Q%23%2541%3D%3D")


@pytest.mark.usefixtures("bundled", "served", "usual_port")
def test_browsers_allow_the_camera_to_the_address_that_is_opened(led_to):
    assert main(["app", "--host", "0.0.0.0", "--token", TOKEN]) == 0
    assert led_to[0].startswith("http://127.0.0.1:")


@pytest.mark.usefixtures("bundled", "usual_port")
def test_without_a_private_file_the_browser_is_not_opened(served, opened, monkeypatch, capsys):
    def refuse(*arguments, **options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryDirectory", refuse)
    assert main(["app", "--token", TOKEN]) == 0
    assert len(served) == 1
    assert opened.empty()
    address, problem = capsys.readouterr().err.splitlines()
    assert f"/?token={TOKEN}; " in address
    assert problem == (
        "the browser was not opened: no private file can be written (No space left on device); "
        "open the address by hand"
    )


@pytest.mark.usefixtures("bundled", "usual_port")
def test_no_file_is_written_if_no_browser_is_opened(served, opened, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    if os.name == "posix":
        # Of a killed run.
        (tmp_path / f"fer-classic-open-{process.pid}-abcd1234").mkdir()
    assert main(["app", "--token", TOKEN, "--no-browser"]) == 0
    assert list(tmp_path.glob("fer-classic-*")) == []


def test_no_browser_is_no_error(monkeypatch, capsys):
    monkeypatch.setattr("webbrowser.open", lambda address: False)
    _app._open("http://127.0.0.1")
    assert "open the address by hand" in capsys.readouterr().err


@pytest.mark.usefixtures("served")
def test_an_address_of_another_machine(capsys):
    assert main(["app", "--host", "192.0.2.1"]) == 1
    err = capsys.readouterr().err
    assert "not an address of this machine" in err
    assert err.count("\n") == 1


def test_the_package_of_the_extra_is_missing(monkeypatch, capsys):
    for name in [name for name in sys.modules if name.startswith("fer_classic.app")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    assert main(["app"]) == 1
    assert 'pip install "fer-classic[app]"' in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such signals")
def test_sigterm_ends_a_video_and_removes_all(model_file, tmp_path):
    video = write_video(tmp_path / "v.avi", *[PICTURE] * 2000)
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    # Without the included models, which take a second.
    program = (
        "import fer_classic.persistence as p, fer_classic.cli as c; p.BUNDLED = (); "
        "raise SystemExit(c.main())"
    )
    arguments = ["app", "--no-browser", "--port", "0", "--detector", "haar", "--model"]
    process = subprocess.Popen(
        [sys.executable, "-c", program, *arguments, model_file],
        env=os.environ | {"TMPDIR": str(temporary)},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        address = process.stderr.readline().split()[5].rstrip(";")
        request = urllib.request.Request(f"{address}/v1/video", video)
        with urllib.request.urlopen(request, timeout=20) as answer:
            assert answer.status == 202
        assert len(list(temporary.iterdir())) == 1
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=20)
    finally:
        process.kill()
    assert process.returncode == 128 + signal.SIGTERM
    assert err == "fer-classic: stopped\n"
    assert list(temporary.iterdir()) == []
