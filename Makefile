# The words of the house: setup demo run check test replay bench lock.
# Every word sets up what it needs; `make` alone lists them.
SHELL := /bin/bash
VENV := .venv
PY := $(VENV)/bin/python
HEADLESS ?=
OUT ?= demo-out
LARGE ?=
DETECTION ?=
# Inside the environment, so that removing it asks for a new setup.
READY := $(VENV)/.ready

.PHONY: help setup browser demo run check test replay bench lock

help:
	@echo "make setup     make the environment in $(VENV) from the lock file; every other word does it too"
	@echo "make demo      set up, then run the main job on the bundled day (HEADLESS=1: open nothing)"
	@echo "make run       set up, then show the commands of pulih"
	@echo "make check     formatting, lint, types, import layers"
	@echo "make test      set up, then run the whole suite (real browser included)"
	@echo "make replay    tests on the real data in ../shared, where that stands"
	@echo "make bench     measure speed and memory, and how well texts are read (LARGE=1: also ten million rows,"
	@echo "           for some forty minutes)"
	@echo "           (DETECTION=1: the detector beside its peers, for some fifteen minutes; needs ../shared/bench)"
	@echo "make lock      renew the lock files"

setup: $(READY)

$(READY): requirements/dev.lock pyproject.toml tools/setup.sh tools/debian.sh
	@bash tools/setup.sh $(VENV)
	@touch $@

browser: $(READY)
	@bash tools/browser.sh

demo: $(READY)
	@HEADLESS=$(HEADLESS) $(PY) tools/demo.py --out $(OUT)

run: $(READY)
	@$(VENV)/bin/pulih --help

check: $(READY)
	$(VENV)/bin/ruff format --check src tests tools bench
	$(VENV)/bin/ruff check src tests tools bench
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

test: browser
	$(PY) -m pytest -n 2

replay: $(READY)
	$(PY) -m pytest tests/replay -n 2

bench: $(READY)
ifeq ($(DETECTION),)
	$(PY) tools/bench.py $(if $(LARGE),--large)
	$(PY) tools/bench_reading.py
else
	$(PY) bench/detection/run.py
endif

lock: $(READY)
	$(PY) tools/lock.py
