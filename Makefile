# make run: set up what is missing, build what is built once, put the demo show on air.
# make test: the same set-up, then all tests that CI runs.
PYTHON ?= python3.11
VENV ?= .venv
BIN := $(VENV)/bin
SHOW ?= examples/demo/show.toml
MINUTES ?= 30
ARGS ?=
# Two at a time, the longest files first. All other tests paint a show and keep time with real processes: they have the machine
# to themselves. Those of tests/peer/showroom that are here have no picture, and limits far above what half a machine needs.
NO_CLOCK := tests/golden tests/peer/showroom/test_bad_input.py tests/peer/program tests/peer/dialogue tests/property \
  tests/peer/assets tests/peer/showroom/test_default_voice.py tests/peer/showroom/test_casting.py \
  tests/peer/showroom/test_music_heard.py tests/unit tests/check
export PYTHONUNBUFFERED = 1
# Some images set it; then each of the hundreds of processes that the tests start compiles all our modules anew, 0.3 s each.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup run test check prepared bench golden soak web pictures clean

help:
	@sed -n '1,2p' Makefile; echo 'make check | bench | golden | soak MINUTES=30 | web | pictures | clean'

setup: $(VENV)/.ready system

$(VENV)/.ready: pyproject.toml
	@PYTHON=$(PYTHON) VENV=$(VENV) sh deploy/setup.sh
	@touch $@

.PHONY: system system-test
system:
	@sh deploy/system.sh run

system-test:
	@sh deploy/system.sh test

run: setup
	$(BIN)/nightwindow run $(SHOW) $(ARGS)

# What tests import is compiled when they do: half a minute less than all that was installed. `make run` has it all.
test: export PIP_INSTALL = --no-compile
test: setup system-test
	$(MAKE) --no-print-directory -j2 check prepared
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(NO_CLOCK) $(ARGS)
	$(BIN)/python -m pytest -m "not soak and not benchmark" $(addprefix --ignore=,$(NO_CLOCK)) $(ARGS)

check: $(VENV)/.ready
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m mypy

prepared: setup
	$(BIN)/nightwindow prepare $(SHOW)

bench: setup
	$(BIN)/python -m tests.benchmark.run $(ARGS)

golden: setup system-test
	NIGHTWINDOW_WRITE_GOLDEN=1 $(BIN)/python -m pytest -m golden

soak: setup system-test
	$(BIN)/nightwindow soak --minutes $(MINUTES) $(ARGS)

web:
	cd showroom/web && npm ci --no-audit --no-fund && npm run build

pictures: setup
	PYTHONPATH=. $(BIN)/python docs/make_pictures.py

clean:
	rm -rf $(VENV) var .pytest_cache .mypy_cache .ruff_cache
