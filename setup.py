"""Nothing is set here: metadata and the build are in pyproject.toml."""

from setuptools import setup

setup()
