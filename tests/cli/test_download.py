import io

import pytest

from fer_classic.cli import main
from fer_classic.faces import model_path
from tests.file_server import CONTENT, publish, serving

pytest.importorskip("pooch", reason="model files are fetched by pooch")


@pytest.fixture(scope="module")
def server():
    with serving() as server:
        yield server


@pytest.fixture
def address(server, monkeypatch, tmp_path):
    return publish("yunet", server, monkeypatch, tmp_path / "cache")


class Terminal(io.StringIO):
    """Standard input of a person who types."""

    def isatty(self):
        return True


def test_with_yes_nobody_is_asked(address, capsys):
    assert main(["download", "yunet", "--yes"]) == 0
    assert capsys.readouterr() == (f"{model_path('yunet')}\n", "")
    assert model_path("yunet").read_bytes() == CONTENT


@pytest.mark.parametrize("answer", ["y\n", "Yes\n"])
def test_a_person_is_asked_and_agrees(answer, address, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    assert main(["download", "yunet"]) == 0
    out, err = capsys.readouterr()
    assert out == f"{model_path('yunet')}\n"
    for told in (f"{address}/whole", "102,400 bytes", str(model_path("yunet")), "MIT", "[y/N]"):
        assert told in err
    assert model_path("yunet").exists()


@pytest.mark.parametrize("answer", ["\n", "n\n", "", "yonder\n"])
def test_a_person_refuses(answer, address, server, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    assert main(["download", "yunet"]) == 1
    assert "was not fetched" in capsys.readouterr().err
    assert server.asked == []
    assert not model_path("yunet").exists()


def test_without_a_terminal_yes_must_be_said(address, server, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert main(["download", "yunet"]) == 2
    assert "--yes" in capsys.readouterr().err
    assert server.asked == []


def test_what_is_there_is_not_fetched_again_and_nobody_is_asked(address, server, monkeypatch):
    assert main(["download", "yunet", "--yes"]) == 0
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert main(["download", "yunet"]) == 0
    assert server.asked == ["/whole"]


def test_from_a_mirror(address, server, capsys):
    assert main(["download", "yunet", "--yes", "--address", f"{address}/moved"]) == 0
    assert server.asked == ["/moved", "/whole"]
    assert main(["download", "yunet", "--yes", "--address", f"{address}/gone"]) == 0


def test_what_goes_wrong_is_one_line_and_code_1(address, capsys):
    assert main(["download", "yunet", "--yes", "--address", f"{address}/other"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("fer-classic: error: ")
    assert err.count("\n") == 1


def test_an_unknown_name(capsys):
    assert main(["download", "yunnet", "--yes"]) == 2
    assert "Did you mean 'yunet'" in capsys.readouterr().err
