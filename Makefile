# Two commands matter: `make demo` and `make test`. Both make their own .venv first; nothing else is installed anywhere.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
LOCK := requirements.lock

# Demo: how many papers to make up, where to keep them and the port to serve on.
DEMO_PAPERS ?= 2000
DEMO_DATA ?= data/demo
PORT ?= 8080

# Tests run in this many processes; PYTEST_ARGS is handed on ("-k paging").
WORKERS ?= 2
PYTEST_ARGS ?=

# TORCH_BACKEND=cpu takes PyTorch without its GPU libraries from PyTorch's own package index (much smaller, not hash-locked).
TORCH_BACKEND ?=

.PHONY: help install demo test lint lock clean

help: ## Show this help
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 20

install: $(INSTALLED) ## Make .venv with everything at the locked versions

$(BIN)/python:
	@./.ci/make-venv $(VENV) $(LOCK)

# `uv pip sync` makes .venv exactly what the lock file says, checking every hash; the project itself goes in as editable.
$(INSTALLED): $(LOCK) pyproject.toml .ci/make-venv .ci/sync | $(BIN)/python
	@./.ci/sync $(VENV) $(LOCK) "$(TORCH_BACKEND)"
	@touch $@

demo: $(INSTALLED) ## Make up a corpus, build it and serve it (DEMO_PAPERS=2000 PORT=8080)
	@exec $(BIN)/scholarcore --data "$(DEMO_DATA)" demo --papers $(DEMO_PAPERS) --port $(PORT)

test: lint ## Run every check and every test
	$(BIN)/pytest -n $(WORKERS) $(PYTEST_ARGS)

lint: $(INSTALLED) ## Style, types and the arrows between rooms
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

lock: $(INSTALLED) ## Pin the newest versions pyproject.toml allows (add packages there first)
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--no-emit-package triton --group dev --upgrade pyproject.toml -o $(LOCK)

clean: ## Remove .venv, caches and the demo's data
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache "$(DEMO_DATA)"
