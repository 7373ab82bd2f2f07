# `make dashboard` opens the dashboard, `make test` runs all tests. Both work offline once installed.
# DGL, whose kernels are the fastest on a CPU, has wheels for Python 3.11 and none newer.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
# -c: exactly the versions of requirements.txt
PIP_INSTALL := $(BIN)/python -m pip install --quiet --constraint requirements.txt
EXTRAS := dashboard,physics,dgl
TEST_EXTRAS := $(EXTRAS),cluster,test
# The tests run in three processes with one thread each (one waits now and then), those of a file in one, those in a
# browser all in one
# (tests/conftest.py).
PYTEST := OMP_NUM_THREADS=1 $(BIN)/python -m pytest
WORKERS ?= 3

.PHONY: dashboard docs test test-wheel test-pythons mutants lint install wheel viewer clean

dashboard: install viewer
	$(BIN)/symgnn dashboard

test: $(VENV)/.installed-test viewer lint
	$(PYTEST) -n $(WORKERS) --dist loadscope --no-loadscope-reorder

# Builds a wheel, installs it into a fresh environment and runs it in an empty folder; part of `make test`.
test-wheel: $(VENV)/.installed-test
	$(PYTEST) tests/wheel

# Whether symgnn compiles and starts on the other Pythons that are here; not the tests.
test-pythons: wheel
	.ci/other_pythons

# Breaks pieces of the code one by one, in a copy, and says which breaks no test notices. `make mutants ONLY=pattern`
mutants: $(VENV)/.installed-test
	$(BIN)/python -m tests.mutants.run "$(ONLY)"

# The documentation as a site, in site/
docs: $(VENV)/.installed-docs
	$(BIN)/mkdocs build --quiet
	@echo site/index.html

lint: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

install: $(VENV)/.installed

# dist/symgnn-*.whl: the package with checkpoints, samples and dashboard
wheel: $(VENV)/.created
	rm -rf dist
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .
	@ls dist

$(VENV)/.created:
	$(PYTHON) -m venv $(VENV)
	touch $@

# torch for the CPU alone is a tenth of the size. Its index is taken where there is no NVIDIA GPU and it answers.
TORCH_INDEX := https://download.pytorch.org/whl/cpu
$(VENV)/.torch-index: $(VENV)/.created
	@if nvidia-smi >/dev/null 2>&1; then \
	  echo "torch: from PyPI, since there is an NVIDIA GPU"; : >$@; \
	elif $(BIN)/python -c "import urllib.request as u; u.urlopen('$(TORCH_INDEX)/torch/', timeout=5)" 2>/dev/null; then \
	  echo "torch: the build for CPUs, from $(TORCH_INDEX)"; echo "--extra-index-url $(TORCH_INDEX)" >$@; \
	else \
	  echo "torch: from PyPI, since $(TORCH_INDEX) does not answer"; : >$@; \
	fi

# A stamp per set of packages: installed again only when the requirements change.
$(VENV)/.installed: $(VENV)/.torch-index requirements.txt pyproject.toml
	$(PIP_INSTALL) $$(cat $<) --editable ".[$(EXTRAS)]"
	touch $@

$(VENV)/.installed-test: $(VENV)/.torch-index requirements.txt pyproject.toml
	$(PIP_INSTALL) $$(cat $<) --editable ".[$(TEST_EXTRAS)]"
	touch $@ $(VENV)/.installed

$(VENV)/.installed-docs: $(VENV)/.installed
	$(PIP_INSTALL) $$(cat $(VENV)/.torch-index) --editable ".[$(EXTRAS),docs]"
	touch $@

# 3Dmol.js draws the atoms. Without npm or network the dashboard loads it from its public address instead.
viewer: $(VENV)/.created
	@$(BIN)/python dashboard/viewer/fetch.py

clean:
	rm -rf $(VENV) dist site
