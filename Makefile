# The environment lies in .venv; every target makes it first if it is not there.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
INSTALLED = $(VENV)/.installed
GENERATED = docs/api docs/gallery docs/sg_execution_times.rst

.PHONY: help install test docs portability lint format dist benchmark clean

help:
	@echo "make install      create the environment in $(VENV)"
	@echo "make test         run the tests"
	@echo "make docs         build the documentation, docs/_build/html/index.html"
	@echo "make portability  run the numerical tests as older processors would"
	@echo "make lint         check style, format and types"
	@echo "make format       correct both where that can be done"
	@echo "make dist         build the archives in dist/, install the wheel elsewhere and use it"
	@echo "make benchmark    run the recipes on the drawn faces and write results/"
	@echo "make clean        remove the environment and caches"

install: $(INSTALLED)

$(INSTALLED): setup.py pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--constraint constraints.txt --editable ".[all]"
	touch $@

test: $(INSTALLED)
	$(BIN)/python -m pytest

# Any warning is an error. Pages of names that are gone would be warnings too.
docs: $(INSTALLED)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--constraint constraints.txt --editable ".[docs]"
	rm -rf $(GENERATED)
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs docs/_build/html

portability: $(INSTALLED)
	$(BIN)/python -m tests.portability

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(INSTALLED)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

dist: $(INSTALLED)
	$(BIN)/python -m tests.smoke --output dist

# The repository holds finished folds in results/, which would not be run again without --force.
benchmark: $(INSTALLED)
	$(BIN)/python -m benchmarks.run --dataset drawn --force

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .ruff_cache
	rm -rf docs/_build $(GENERATED)
