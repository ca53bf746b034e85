# All targets use the environment in .venv and create it if it is missing.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
INSTALLED = $(VENV)/.installed
GENERATED = docs/api docs/gallery docs/sg_execution_times.rst

.PHONY: help install test docs portability determinism audit lint format dist benchmark clean

help:
	@echo "make install      create the environment in $(VENV)"
	@echo "make test         run all tests"
	@echo "make docs         build the documentation: docs/_build/html/index.html"
	@echo "make portability  run the numerical tests with the instruction sets of older processors"
	@echo "make determinism  compare runs of all recipes with other numbers of threads and jobs"
	@echo "make audit        list known vulnerabilities and licences of the dependencies"
	@echo "make lint         check style, format and types"
	@echo "make format       fix style and format"
	@echo "make dist         build the sdist and the wheel in dist/ and test the wheel"
	@echo "make benchmark    run the recipes on the drawn faces, results in results/"
	@echo "make clean        remove the environment, builds and caches"

install: $(INSTALLED)

$(INSTALLED): setup.py pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--constraint constraints.txt --editable ".[all]"
	touch $@

# Each process takes about 1 GB.
test: $(INSTALLED)
	$(BIN)/python -m pytest -n auto --maxprocesses 4

# Warnings are errors. Stale generated pages would raise warnings, so they are removed first.
docs: $(INSTALLED)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--constraint constraints.txt --editable ".[docs]"
	rm -rf $(GENERATED)
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs docs/_build/html

portability: $(INSTALLED)
	$(BIN)/python -m tests.portability

determinism: $(INSTALLED)
	$(BIN)/python -m tests.determinism

# Without a connection pip-audit cannot be installed; the program says so.
audit: $(INSTALLED)
	-$(BIN)/python -m pip install --quiet --disable-pip-version-check pip-audit
	$(BIN)/python -m tests.supply

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(INSTALLED)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

dist: $(INSTALLED)
	$(BIN)/python -m tests.smoke --output dist

# results/ contains finished folds, which are run again only with --force.
benchmark: $(INSTALLED)
	$(BIN)/python -m benchmarks.run --dataset drawn --force

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .ruff_cache
	rm -rf docs/_build $(GENERATED)
