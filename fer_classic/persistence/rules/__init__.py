"""Checks of the objects restored from a file, before any of their methods is called."""

from fer_classic.persistence.rules._check import check_object

__all__ = ["check_object"]
