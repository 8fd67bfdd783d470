# The two commands: `make notebooks` and `make test`. Everything they need is installed into .venv/.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: notebooks publish test lint data benchmarks clean
.DEFAULT_GOAL := notebooks

notebooks: .venv/user
	$(BIN)/python notebooks/run.py

publish: .venv/user
	$(BIN)/python notebooks/run.py --publish

test: .venv/developer lint
	$(BIN)/python -m pytest -n 2 --dist loadfile

lint: .venv/developer
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

data: .venv/user
	$(BIN)/python -m handvision.datasets.download

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
