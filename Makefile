# Ketenmonitor. Needs only Python >= 3.11 with venv, and make. `make help` lists the targets.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: help setup demo test lint bench faults screenshots services lock clean
.DEFAULT_GOAL := help

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

setup: $(STAMP)  ## a local .venv with keten and every tool of lint and test

$(STAMP): pyproject.toml requirements/dev.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is missing: install the package python3 (Debian/Ubuntu: apt-get install python3 python3-venv)"; exit 2; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "The venv module is missing: install the package python3-venv (Debian/Ubuntu: apt-get install python3-venv)"; exit 2; }
	@echo "Setting up $(VENV) with $$($(PYTHON) --version) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --require-hashes --requirement requirements/dev.txt
	@$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup  ## a simulated office LAN of seven municipalities, faults and all; prints the URL of the board
	$(BIN)/keten demo $(DEMO)

services: setup  ## fetch what the tests need besides Python: Kafka, Chromium, promtool, helm
	$(BIN)/python -m tests.services

test: setup services lint  ## everything: lint, types, import contracts, all tests, deployment files
	$(BIN)/python -m pytest -n 2 --dist loadfile $(PYTEST)

lint: setup  ## ruff, mypy strict, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

bench: setup services  ## the measurements of benchmarks/README.md
	$(BIN)/python -m benchmarks

faults: setup services  ## kill -9, a full disk, a broker that goes away
	$(BIN)/python -m pytest -m slow tests/faults $(PYTEST)

screenshots: setup services  ## pictures of every page for docs/ and for a person to look at
	$(BIN)/python -m tests.screenshots

lock:  ## write requirements/*.txt anew from pyproject.toml (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header pyproject.toml --extra kafka --extra postgres -o requirements/run.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header pyproject.toml --extra kafka --extra postgres --group dev --group deploy -c requirements/run.txt -o requirements/dev.txt

clean:  ## remove everything that was set up or built here
	rm -rf $(VENV) .services build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
