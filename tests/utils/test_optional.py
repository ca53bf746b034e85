import sys

import pytest

from fer_classic.exceptions import MissingDependencyError
from fer_classic.utils._optional import import_optional


def test_a_package_that_is_there():
    module = import_optional("json.decoder", extra="table", purpose="reading")
    assert module is sys.modules["json.decoder"]


@pytest.mark.parametrize("module", ["matplotlib", "matplotlib.figure"])
def test_a_package_that_is_not(module, monkeypatch):
    monkeypatch.setitem(sys.modules, module, None)
    message = (
        r"drawing figures needs the package 'matplotlib'; install it with: "
        r'pip install "fer-classic\[plot\]"'
    )
    with pytest.raises(MissingDependencyError, match=message) as caught:
        import_optional(module, extra="plot", purpose="drawing figures")
    assert isinstance(caught.value.__cause__, ImportError)
