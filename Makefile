# `make dashboard` opens the dashboard, `make test` runs all tests. Both work offline once installed.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
VIEWER := dashboard/static/3Dmol-min.js
VIEWER_VERSION := 2.5.5
VIEWER_SHA256 := f7cc78921ae72e7623e89cdd111434f58c2efddd2ffda1cd212644b406fb8016

.PHONY: dashboard test mutants lint install viewer clean

dashboard: install viewer
	$(BIN)/symgnn dashboard

test: $(VENV)/.installed-test viewer lint
	$(BIN)/python -m pytest

# Breaks pieces of the code one by one, in a copy, and says which breaks no test notices. `make mutants ONLY=pattern`
mutants: $(VENV)/.installed-test
	$(BIN)/python -m tests.mutants.run "$(ONLY)"

lint: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

install: $(VENV)/.installed

$(VENV)/.created:
	$(PYTHON) -m venv $(VENV)
	touch $@

# A stamp per set of packages: installed again only when the requirements change.
$(VENV)/.installed: $(VENV)/.created requirements.txt pyproject.toml
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/.installed-test: $(VENV)/.created requirements.txt pyproject.toml
	$(BIN)/python -m pip install --quiet --editable ".[test]"
	touch $@ $(VENV)/.installed

# 3Dmol.js (BSD-3) draws the atoms. Without npm or network the dashboard loads it from its public address instead.
viewer:
	@if [ ! -f $(VIEWER) ]; then \
	  if command -v npm >/dev/null; then $(MAKE) --no-print-directory $(VIEWER) || \
	    echo "3Dmol.js could not be fetched: the dashboard will load it from the web"; \
	  else echo "npm not found: the dashboard will load 3Dmol.js from the web"; fi; fi

$(VIEWER):
	@mkdir -p $(@D)
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	npm pack 3dmol@$(VIEWER_VERSION) --silent --pack-destination "$$folder" >/dev/null && \
	tar -xzf "$$folder"/3dmol-$(VIEWER_VERSION).tgz -C "$$folder" package/build/3Dmol-min.js && \
	echo "$(VIEWER_SHA256)  $$folder/package/build/3Dmol-min.js" | sha256sum --check --quiet && \
	mv "$$folder/package/build/3Dmol-min.js" $@

clean:
	rm -rf $(VENV) data/cache
