"""The web service and the page: recognition over HTTP, on this machine."""

# First, since it says how to install what the modules below import.
from fer_classic.app import _extra  # noqa: F401

# isort: split
from fer_classic.app._app import create_app
from fer_classic.app._limits import Limits
from fer_classic.app._models import ModelRegistry

__all__ = ["Limits", "ModelRegistry", "create_app"]
