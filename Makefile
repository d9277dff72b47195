# The words of the house: setup demo run check test replay bench lock.
# Every word sets up what it needs; `make` alone lists them.
SHELL := /bin/bash
VENV := .venv
PY := $(VENV)/bin/python
HEADLESS ?=
OUT ?= demo-out

.PHONY: help setup browser demo run check test replay bench lock

help:
	@echo "make demo      set up, then run the main job on the bundled day (HEADLESS=1: open nothing)"
	@echo "make run       set up, then show the commands of pulih"
	@echo "make check     formatting, lint, types, import layers"
	@echo "make test      set up, then run the whole suite (real browser included)"
	@echo "make replay    tests on the real data in ../shared, where that stands"
	@echo "make bench     measure speed, memory and reading; prints figures"
	@echo "make lock      renew the lock files"

setup: .stamp/setup

.stamp/setup: requirements/dev.lock pyproject.toml tools/setup.sh
	@bash tools/setup.sh $(VENV)
	@mkdir -p .stamp && touch $@

browser: .stamp/setup
	@bash tools/browser.sh

demo: .stamp/setup
	@HEADLESS=$(HEADLESS) $(PY) tools/demo.py --out $(OUT)

run: .stamp/setup
	@$(VENV)/bin/pulih --help

check: .stamp/setup
	$(VENV)/bin/ruff format --check src tests tools
	$(VENV)/bin/ruff check src tests tools
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

test: browser
	$(PY) -m pytest -n 2

replay: .stamp/setup
	$(PY) -m pytest tests/replay -n 2

bench: .stamp/setup
	$(PY) tools/bench.py

lock: .stamp/setup
	$(VENV)/bin/python tools/lock.py
