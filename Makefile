# The words of the house: setup demo run check test replay bench bench-kill bench-credit lock.
# Every word sets up what it needs; `make` alone lists them.
SHELL := /bin/bash
VENV := .venv
PY := $(VENV)/bin/python
HEADLESS ?=
OUT ?= demo-out
PORT ?= 8000
LARGE ?=
DETECTION ?=
DESK ?=
SITE ?=
ROUNDS ?= 100
N ?= 1000000
ENGINES ?= kernel
AWAY_S ?= 60
# Inside the environment, so that removing it asks for a new setup.
READY := $(VENV)/.ready

.PHONY: help setup browser peers bluesky demo run check test replay bench bench-kill bench-credit lock

help:
	@echo "make setup     make the environment in $(VENV) from the lock file; every other word does it too"
	@echo "make demo      set up, then run the bundled day: a report, and a live desk that hears it (HEADLESS=1: open"
	@echo "           nothing, wait for nothing, say what was found; PORT=8000)"
	@echo "make run       set up, then show the commands of pulih"
	@echo "make bluesky   Bluesky's own server (362 MB) for the tests that take long; make replay does it too"
	@echo "make check     formatting, lint, types, import layers"
	@echo "make test      set up, then run the whole suite (real browser included)"
	@echo "make replay    tests on the real data in ../shared, where that stands, and those that take long"
	@echo "           (AWAY_S=600: the desk that is away from its brokers is away for ten minutes)"
	@echo "make bench     measure speed and memory, and how well texts are read (LARGE=1: also ten million rows,"
	@echo "           for some forty minutes)"
	@echo "           (DETECTION=1: the detector beside its peers, for some fifteen minutes; needs ../shared/bench)"
	@echo "           (DESK=1: the live desk: what a durable report costs, batches, how long an answer takes)"
	@echo "           (SITE=1: the public site: one change, a minute of all regions, a crowd; needs nginx-light and wrk)"
	@echo "make bench-kill  kill intake and desk under load again and again, and look that nothing is lost (ROUNDS=100)"
	@echo "make bench-credit  credits of N subscribers beside the floor of reading and rewriting the same files"
	@echo "           (N=1000000, ENGINES=kernel; 100000000 take minutes and 4 GB); writes docs/benchmarks/credit.md"
	@echo "make lock      renew the lock files"

setup: $(READY)

$(READY): requirements/dev.lock requirements/peers.lock pyproject.toml tools/setup.sh tools/debian.sh
	@bash tools/setup.sh $(VENV)
	@touch $@

browser: $(READY)
	@bash tools/browser.sh

peers: $(READY)
	@bash tools/node.sh

bluesky: $(READY)
	@bash tools/node.sh bluesky

demo: $(READY)
	@HEADLESS=$(HEADLESS) $(PY) tools/demo.py --out $(OUT) --port $(PORT)

run: $(READY)
	@$(VENV)/bin/pulih --help

check: $(READY)
	$(VENV)/bin/ruff format --check src tests tools bench
	$(VENV)/bin/ruff check src tests tools bench
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

test: browser peers
	$(PY) -m pytest -n 6 --dist loadscope --no-loadscope-reorder

replay: browser peers bluesky
	AWAY_S=$(AWAY_S) $(PY) -m pytest tests/replay tests/long -n 2

bench: $(READY)
ifneq ($(DETECTION),)
	$(PY) bench/detection/run.py
else ifneq ($(DESK),)
	$(PY) bench/intake/measure_intake.py
	$(PY) bench/desk/measure_desk.py
else ifneq ($(SITE),)
	$(PY) bench/site/measure_site.py
else
	$(PY) tools/bench.py $(if $(LARGE),--large)
	$(PY) tools/bench_reading.py
	$(PY) bench/sending/measure_sending.py --readers 20000
endif

bench-kill: $(READY)
	$(PY) bench/intake/kill_rounds.py --rounds $(ROUNDS)
	$(PY) bench/desk/kill_desk.py --rounds $(ROUNDS)

bench-credit: $(READY)
	$(PY) bench/credit/measure_credit.py --subscribers $(N) --engines $(ENGINES) --page docs/benchmarks/credit.md

lock: $(READY)
	$(PY) tools/lock.py
