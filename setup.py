"""Empty: pyproject.toml contains the metadata and the build configuration."""

from setuptools import setup

setup()
