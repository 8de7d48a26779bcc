# The two commands a new user needs are `make demo` and `make test`; everything else is for developers.
PYTHON ?= python3
BIN := .venv/bin
DEMO_ARGS ?=
COMPILE := uv pip compile --quiet --python-version 3.11 --universal --generate-hashes --no-annotate --no-header --no-emit-index-url

.PHONY: setup setup-dev demo test check fix bench lock docs golden clean

setup: .venv/.runtime
setup-dev: .venv/.dev

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/.runtime: .venv/bin/python requirements.lock requirements-build.lock pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --no-compile --require-hashes --requirement requirements-build.lock --requirement requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

.venv/.dev: .venv/.runtime requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-compile --require-hashes --requirement requirements-dev.lock
	touch $@

demo: setup
	$(BIN)/deskladder demo $(DEMO_ARGS)

test: setup-dev check
	$(BIN)/pytest

check: setup-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fix: setup-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup-dev
	$(BIN)/python -m bench

lock:
	$(COMPILE) --group build -o requirements-build.lock
	$(COMPILE) pyproject.toml -o requirements.lock
	$(COMPILE) pyproject.toml --group dev -o requirements-dev.lock

docs: setup
	$(BIN)/python docs/generate.py

golden: setup-dev
	$(BIN)/pytest --golden -q

clean:
	rm -rf .venv data build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
