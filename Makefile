# `make app` and `make test` are all a newcomer needs; each sets up what is missing first.
# Another Python or port: make app PYTHON=python3.13 PORT=9000

PYTHON ?= python3
HOST ?= localhost
PORT ?= 8501
ARGS ?=

VENV := .venv
PY := $(VENV)/bin/python
PYTEST := $(PY) -m pytest -n auto --maxprocesses 4 --dist loadgroup
PIP := $(PY) -m pip install --quiet --no-input --disable-pip-version-check --prefer-binary
COMPILE := $(PY) -m uv pip compile --quiet --universal --python-version 3.12 \
	--no-emit-index-url --annotation-style line --custom-compile-command 'make requirements' --upgrade

.PHONY: app cluster test test-all prove hunt mutants audit lint bench bench-quick requirements clean

app: $(VENV)/app.stamp  ## serve the dashboard and print its address
	@$(PY) -m streamlit run app.py --server.address=$(HOST) --server.port=$(PORT) $(ARGS)

cluster: $(VENV)/cluster.stamp  ## a Dask scheduler and two workers on this machine, to try
	@$(PY) -m pmf_core.sampling.cluster

# Tests run on two processes or more; in one, where a debugger can stop: make test ARGS="-n 0"
test: $(VENV)/dev.stamp  ## the quick suite, browser tests included
	@$(PYTEST) -m "not slow" $(ARGS)

test-all: $(VENV)/dev.stamp $(VENV)/cluster.stamp  ## the quick suite and the slow tests
	@$(PYTEST) -m "not prove" $(ARGS)

prove: $(VENV)/dev.stamp $(VENV)/cluster.stamp  ## the long proofs: the sampler at full size, pages in more windows
	@$(PYTEST) -m prove $(ARGS)

hunt: $(VENV)/dev.stamp  ## look for inputs that hurt: odd tables, damaged runs, kills, addresses
	@$(PY) -m benchmarks.hunt --save benchmarks/results/hunt.json

mutants: $(VENV)/dev.stamp  ## do the tests notice errors? deliberate ones, then a sample
	@$(PY) -m benchmarks.mutants --save benchmarks/results/mutants.json
	@$(PY) -m benchmarks.mutants --random 200 --seed 1 --save benchmarks/results/mutants.json

audit: $(VENV)/dev.stamp  ## known vulnerabilities of the pinned packages; asks PyPI
	@$(PY) .ci/audit.py

lint: $(VENV)/dev.stamp  ## style, imports, docstrings, formatting
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .

bench: $(VENV)/app.stamp  ## speed, whether chains converge, and accuracy beside other packages: an hour
	@$(PY) -m benchmarks.run
	@$(PY) -m benchmarks.smurff
	@$(PY) -m benchmarks.mixing --moves none --seeds 1 --save benchmarks/results/mixing_of_sweeps_alone.json
	@$(PY) -m benchmarks.mixing --save benchmarks/results/mixing.json
	@$(PY) -m benchmarks.accuracy --save pmf_core/models/figures/accuracy.json
	@$(PY) -m benchmarks.peers --save benchmarks/results/peers.json

bench-quick: $(VENV)/app.stamp  ## the same, shortened: shows that it runs
	@$(PY) -m benchmarks.run --quick
	@$(PY) -m benchmarks.smurff --quick
	@$(PY) -m benchmarks.mixing --quick --seeds 1
	@$(PY) -m benchmarks.accuracy --quick
	@$(PY) -m benchmarks.peers --quick

requirements: $(VENV)/dev.stamp  ## resolve the pins anew from pyproject.toml
	@$(COMPILE) pyproject.toml -o requirements.txt
	@$(COMPILE) --extra cluster -c requirements.txt pyproject.toml -o requirements-cluster.txt
	@$(COMPILE) --group dev -c requirements.txt -o requirements-dev.txt

clean:  ## remove what the targets above made
	rm -rf $(VENV) build .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is newer than the pins it stands for, so packages are installed again only when those
# change.
$(VENV)/app.stamp: requirements.txt $(PY)
	@echo "Installing the dashboard's packages into $(VENV) (once; a minute or two) ..."
	@$(PIP) -r requirements.txt
	@touch $@

$(VENV)/cluster.stamp: requirements-cluster.txt $(VENV)/app.stamp
	@echo "Installing Dask into $(VENV) ..."
	@$(PIP) -r requirements-cluster.txt
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt $(VENV)/app.stamp
	@echo "Installing the developers' tools into $(VENV) ..."
	@$(PIP) -r requirements-dev.txt
	@touch $@

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null || { \
		echo "PMF Explorer needs Python 3.12 or newer, but '$(PYTHON)' is:" \
			"$$($(PYTHON) --version 2>&1 | head -n 1). Install one and name it, such as:" \
			"make $(or $(MAKECMDGOALS),app) PYTHON=python3.13" >&2; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV) || { rm -rf $(VENV); \
		echo "'$(PYTHON)' cannot make a virtual environment; install its venv module" \
			"(Debian, Ubuntu: apt install python3-venv) and try again." >&2; exit 1; }
