import gc
import socket
import sys

import numpy as np
import pytest

from fer_classic.exceptions import (
    DetectorError,
    DownloadError,
    MissingDependencyError,
    UnknownNameError,
)
from fer_classic.faces import MODEL_FILES, YuNetDetector, download_model, model_path
from tests.file_server import CONTENT, publish, serving

pytest.importorskip("pooch", reason="model files are fetched by pooch")
# The client leaves it to the garbage collector to close a socket that was refused or torn, which
# may be in a later test.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(scope="module")
def server():
    with serving() as server:
        yield server


@pytest.fixture
def address(server, monkeypatch, tmp_path):
    """The server's; the file of YuNet is published there, and the cache is empty."""
    return publish("yunet", server, monkeypatch, tmp_path / "cache")


def files():
    """What lies in the folder of the models."""
    folder = model_path("yunet").parent
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_the_file_of_yunet():
    file = MODEL_FILES["yunet"]
    assert file.address.startswith("https://github.com/opencv/opencv_zoo/raw/")
    assert file.address.endswith(f"/{file.name}")
    assert len(bytes.fromhex(file.sha256)) == 32


def test_it_is_fetched_once(address, server, caplog, capsys):
    path = download_model("yunet")
    assert path == model_path("yunet")
    assert path.read_bytes() == CONTENT
    assert download_model("yunet") == path
    assert (files(), server.asked) == ([path.name], ["/whole"])
    assert (caplog.text, *capsys.readouterr()) == ("", "", "")


def test_from_another_address_and_past_a_redirection(address, server):
    download_model("yunet", address=f"{address}/moved")
    assert server.asked == ["/moved", "/whole"]
    assert files() == [MODEL_FILES["yunet"].name]


def test_a_damaged_file_is_fetched_again(address):
    path = model_path("yunet")
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT[:100])
    download_model("yunet")
    assert path.read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("other", r"/other gave another file than .*onnx: its SHA-256 is not"),
        ("torn", r"could not be fetched from .*/torn \((ChunkedEncoding|Connection)Error\)"),
        ("gone", r"could not be fetched from .*/gone \(the server answered 404 Not Found\)"),
        ("failed", r"\(the server answered 500 Internal Server Error\)"),
    ],
)
def test_nothing_is_kept_of_what_went_wrong(page, message, address):
    with pytest.raises(DownloadError, match=message) as caught:
        download_model("yunet", address=f"{address}/{page}")
    assert "nothing was kept" in str(caught.value)
    assert f"put it into {model_path('yunet').parent}" in str(caught.value)
    assert files() == []


def test_what_was_there_stays_when_its_successor_does_not_come(address):
    path = model_path("yunet")
    path.parent.mkdir(parents=True)
    path.write_bytes(b"an older version")
    with pytest.raises(DownloadError):
        download_model("yunet", address=f"{address}/torn")
    assert (files(), path.read_bytes()) == ([path.name], b"an older version")


def test_without_a_network(address):
    with socket.socket() as taken:
        # Bound and not listening: nobody answers there.
        taken.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}/whole"
        with pytest.raises(DownloadError, match=r"\(ConnectionError\).*Look at the connection"):
            download_model("yunet", address=nobody)
    gc.collect()
    assert files() == []


@pytest.mark.parametrize("wrong", ["file:///etc/passwd", "nowhere", "gopher://127.0.0.1/a"])
def test_what_is_no_address(wrong, address):
    with pytest.raises(DownloadError, match="is no address to fetch from"):
        download_model("yunet", address=wrong)


def test_a_folder_that_cannot_be_made(address, tmp_path):
    (tmp_path / "cache").write_text("a file is in the way")
    with pytest.raises(DownloadError, match=r"cannot be written .*FER_CLASSIC_CACHE can name"):
        download_model("yunet")


@pytest.mark.parametrize("answer", [True, False])
def test_who_is_asked_may_refuse(answer, address, server):
    asked = []

    def allow(file, path):
        asked.append((file, path))
        return answer

    if answer:
        download_model("yunet", allow=allow)
    else:
        with pytest.raises(DownloadError, match="was not fetched"):
            download_model("yunet", allow=allow)
    assert asked == [(MODEL_FILES["yunet"], model_path("yunet"))]
    assert server.asked == ["/whole"] * answer
    assert files() == [MODEL_FILES["yunet"].name] * answer


def test_without_pooch_it_says_what_to_install(address, monkeypatch):
    monkeypatch.setitem(sys.modules, "pooch", None)
    with pytest.raises(MissingDependencyError, match=r'pip install "fer-classic\[download\]"'):
        download_model("yunet")


@pytest.mark.parametrize("name", ["haar", "yunnet"])
def test_detectors_without_such_a_file(name):
    with pytest.raises(UnknownNameError, match=f"unknown model file '{name}'"):
        download_model(name)


def test_nothing_is_fetched_by_detecting(address, server):
    with pytest.raises(DetectorError, match="fer-classic download yunet"):
        YuNetDetector().detect(np.zeros((50, 50), np.uint8))
    assert server.asked == []
