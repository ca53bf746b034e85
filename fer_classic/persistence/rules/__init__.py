"""What must hold of an object that was made of a file, before it is asked anything."""

from fer_classic.persistence.rules._check import check_object

__all__ = ["check_object"]
