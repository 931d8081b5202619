# Every target sets up what it needs: `make demo` and `make test` are the only two commands a newcomer has to know.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PYTHONSAFEPATH := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help install dev demo test coverage check lint types imports format bench bench-growth faults load clean
help:
	@echo "make demo     two weeks of a demo department: import, assess, book, break, re-plan, pages"
	@echo "make test     lint, types, import contracts, and the whole test suite"
	@echo "make coverage the test suite with the lines it runs"
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

test: check
	$(BIN)/python -m pytest -n 2

# Counting lines makes the suite twice as long.
coverage: dev
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

# Each proof runs, whatever became of those before it; what failed is named at the end.
run_all = failed=; run() { echo "== $$*"; $(BIN)/python benchmarks/$$* || failed="$$failed $$*;"; }; $(1) \
  if [ -n "$$failed" ]; then echo "failed:$$failed"; exit 1; fi

faults: dev
	@$(call run_all, \
	  for proof in contended hot_slot lost_updates retries kills database_kills synced states fuzz nights; do \
	    run faults/$$proof.py; done; \
	  for proof in outbox backups tampering worker_kills two_clocks edits_during_solve; do \
	    run faults/$$proof.py; run faults/$$proof.py --postgres; done;)

load: dev
	@$(call run_all, run load/ratio.py; run load/hold.py;)

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .coverage*
