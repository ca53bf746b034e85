"""Checks of the objects restored from a file, before any of their methods is called."""

from fer_classic.persistence.rules._check import check_object
from fer_classic.persistence.rules._work import check_work

__all__ = ["check_object", "check_work"]
