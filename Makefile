# The two commands: `make notebooks` and `make test`. Everything they need is installed into .venv/.
PYTHON ?= python3
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: notebooks publish docs walk test tests test-all quick unit unit-light unit-models one lint data benchmarks page page-serve page-packages test-page clean
.DEFAULT_GOAL := notebooks

notebooks: .venv/user
	$(BIN)/python notebooks/run.py

publish: .venv/user
	$(BIN)/python notebooks/run.py --publish

# The docs site, into runs/docs; a warning, or a link inside it that leads nowhere, is an error.
docs: .venv/docs
	$(BIN)/python -m sphinx -q --fail-on-warning --keep-going -c docs . runs/docs
	$(BIN)/python docs/check_links.py runs/docs

# What README and docs say: all their commands, the long ones included; then the notebooks, and the tests.
walk: .venv/developer
	$(PYTEST) -n 0 tests/docs tests/examples
	$(MAKE) notebooks test

# Everything that a change can break. mypy has one core's worth of work, so it runs beside the tests.
test: .venv/developer page-packages
	$(MAKE) --jobs 2 lint tests

tests: .venv/developer
	$(PYTEST) -n 2 --dist loadfile -m "not soak"

# Also what takes longer than a change can wait for.
test-all: lint page-packages
	$(PYTEST) -n 2 --dist loadfile

# The loop while you work. Of its two test processes one never loads TensorFlow: LIGHT in tests/conftest.py,
# without what is given a model there.
LIGHT := tests/core tests/datasets tests/imaging tests/plotting tests/synthesis
UNIT := $(PYTEST) -m "not slow and not notebook and not archives and not soak"

quick: .venv/developer
	$(MAKE) --jobs 3 lint unit-light unit-models

unit: unit-light unit-models

unit-light: .venv/developer
	$(UNIT) $(LIGHT)

unit-models: .venv/developer
	$(UNIT) tests $(addprefix --ignore=,$(LIGHT))

# One file, folder or test: make one T=tests/core/test_geometry.py
one: .venv/developer
	$(PYTEST) -n 0 $(T)

# Made-up and damaged inputs, many more than `make test` tries; the same ones in every run.
fuzz: .venv/developer
	HANDVISION_FUZZ=long timeout 900 $(PYTEST) -n 2 tests/fuzz

lint: .venv/developer
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

data: .venv/user
	$(BIN)/python -m handvision data fetch

# The page that reads hands live in the browser, into runs/page. It needs Node.js 20 or newer.
page: web/node_modules/.package-lock.json
	node web/build.mjs

page-serve: page
	node web/serve.mjs

# Also in `make test`. What needs Chromium is tested where it is installed.
test-page: .venv/developer web/node_modules/.package-lock.json
	$(PYTEST) -n 0 -m "not soak" tests/web

page-packages:
	@if command -v npm > /dev/null; then $(MAKE) web/node_modules/.package-lock.json; fi

web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	cd web && npm ci
	touch $@

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

.venv/docs: .venv/user requirements-docs.txt
	$(PIP) -r requirements-docs.txt
	touch $@

clean:
	rm -rf .venv runs
