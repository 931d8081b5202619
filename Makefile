# Every target sets up what it needs: `make demo` and `make test` are the only two commands a newcomer has to know.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PYTHONSAFEPATH := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help install dev demo test check lint types imports format bench bench-growth faults load clean
help:
	@echo "make demo     two weeks of a demo department: import, assess, book, break, re-plan, pages"
	@echo "make test     the whole test suite with coverage"
	@echo "make check    lint, types, import contracts"
	@echo "make install  leaves $(BIN)/holdfast"
	@echo "make bench    every problem, every peer, 60 s each: hours; BENCH='--seconds 5' for less"
	@echo "make faults   every promise of the service under its fault, with its control: hours"
	@echo "make load     booking and proposing against a route that does nothing, then a steady load"
	@echo "make bench-growth  time and memory against the number of cases"

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Holdfast needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet -c constraints.txt -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[dev]'
	@touch $@

# The inner loop of the search becomes machine code on its first run, which takes half a minute.
$(VENV)/.compiled: $(VENV)/.runtime $(wildcard solver/improve*.py solver/bound_*.py)
	@echo "compiling the search, once"
	@$(BIN)/python -m solver.precompile examples/one-suite.json > $(VENV)/compiled.log 2>&1 || \
	  { cat $(VENV)/compiled.log; exit 1; }
	@touch $@

$(VENV)/.bench: $(VENV)/.compiled
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[bench]'
	@touch $@

install: $(VENV)/.compiled
dev: $(VENV)/.dev

demo: install
	$(BIN)/holdfast demo

test: dev
	$(BIN)/python -m pytest -n 2 --cov --cov-report=term

check: lint types imports

lint: dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: dev
	$(BIN)/mypy

imports: dev
	$(BIN)/lint-imports

format: dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.bench
	$(BIN)/python benchmarks/bench.py $(BENCH)

bench-growth: $(VENV)/.bench
	$(BIN)/python benchmarks/growth.py $(BENCH)

faults: dev
	$(BIN)/python benchmarks/faults/contended.py
	$(BIN)/python benchmarks/faults/hot_slot.py
	$(BIN)/python benchmarks/faults/retries.py
	$(BIN)/python benchmarks/faults/kills.py
	$(BIN)/python benchmarks/faults/states.py
	$(BIN)/python benchmarks/faults/fuzz.py
	$(BIN)/python benchmarks/faults/nights.py
	$(BIN)/python benchmarks/faults/worker_kills.py
	$(BIN)/python benchmarks/faults/two_clocks.py
	$(BIN)/python benchmarks/faults/edits_during_solve.py
	$(BIN)/python benchmarks/faults/outbox.py

load: dev
	$(BIN)/python benchmarks/load/ratio.py
	$(BIN)/python benchmarks/load/hold.py

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .coverage*
