# The two commands: `make notebooks` and `make test`. Everything they need is installed into .venv/.
PYTHON ?= python3
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: notebooks publish test test-all quick unit one lint data benchmarks clean
.DEFAULT_GOAL := notebooks

notebooks: .venv/user
	$(BIN)/python notebooks/run.py

publish: .venv/user
	$(BIN)/python notebooks/run.py --publish

# Everything that a change can break.
test: lint
	$(PYTEST) -n 2 --dist loadfile -m "not soak"

# Also what takes longer than a change can wait for.
test-all: lint
	$(PYTEST) -n 2 --dist loadfile

# The loop while you work. mypy has one core's worth of work, so it runs beside the tests.
quick: .venv/developer
	$(MAKE) --jobs 2 lint unit

unit: .venv/developer
	$(PYTEST) -n 2 --dist loadfile -m "not slow and not notebook and not archives and not soak"

# One file, folder or test: make one T=tests/core/test_geometry.py
one: .venv/developer
	$(PYTEST) -n 0 $(T)

lint: .venv/developer
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

data: .venv/user
	$(BIN)/python -m handvision data fetch

benchmarks: .venv/developer
	for script in benchmarks/*.py; do $(BIN)/python $$script || exit 1; done

# The stamps are files inside the environment, so that a change of a requirements file installs again.
.venv/user: requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(PIP) -r requirements.txt -e .
	touch $@

.venv/developer: .venv/user requirements-dev.txt
	$(PIP) -r requirements-dev.txt
	touch $@

clean:
	rm -rf .venv runs
