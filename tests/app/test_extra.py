import sys

import pytest

from fer_classic.cli import main


@pytest.mark.parametrize("package", ["starlette", "uvicorn", "python_multipart", "websockets"])
def test_without_the_extra_there_is_a_sentence(package, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, package, None)
    for module in [name for name in sys.modules if name.startswith("fer_classic.app")]:
        monkeypatch.delitem(sys.modules, module)
    assert main(["serve", "--port", "0"]) == 1
    assert capsys.readouterr().err == (
        f"fer-classic: error: the web service needs the package {package!r}; install it with: "
        'pip install "fer-classic[app]"\n'
    )
