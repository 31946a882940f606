# overflight. Needs Python 3.11 or newer with venv, git and make; everything else is installed
# into .venv from the pinned lists in requirements/. `make` alone lists the targets.

SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:

# The first Python that is new enough; `make PYTHON=/path/to/python` names another.
PYTHON ?= $(firstword $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p; done))

VENV := .venv
BIN := $(VENV)/bin
STEP := tools/step
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
PYTEST := $(BIN)/python -m pytest -n 2
SOURCES := src tests tools benchmarks examples

# The pages of `overflight serve` are built by npm from frontend/; without it all else works.
NPM := $(shell command -v npm 2>/dev/null)
PAGES := src/overflight/web/pages/static
PAGES_FROM := $(shell find frontend/src -type f) $(addprefix frontend/,build.mjs tsconfig.json)

# What `make bench` solves: a folder with the instances that docs/reference/planning-benchmarks.md
# names. They are not in the repository, because not all have a licence.
INSTANCES ?= $(firstword $(wildcard benchmarks/data ../shared/benchmarks/planning/open))
SECONDS ?= 10
# How long `make torture` feeds each reader of foreign bytes with what a fuzzer thinks of.
FUZZ_SECONDS ?= 900

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

.PHONY: demo
demo: $(VENV)/.runtime ## set everything up and plan a real mission; results in out
	@$(BIN)/overflight demo --out out

.PHONY: web
web: $(PAGES)/index.html ## build the pages of `overflight serve`; needs Node 20 and npm

.PHONY: test
test: $(VENV)/.dev $(if $(NPM),$(PAGES)/index.html) ## set everything up and run the whole test suite
	@$(STEP) -v "tests: all" $(PYTEST)

.PHONY: test-quick
test-quick: $(VENV)/.dev ## the tests that take no more than two seconds each
	@$(STEP) -v "tests: all but the slow ones" $(PYTEST) -m "not slow"

.PHONY: torture
torture: $(VENV)/.torture ## what takes long: kill tests at every point; fuzzing, where there is atheris (FUZZ_SECONDS=900)
	@OVERFLIGHT_TORTURE=1 $(STEP) -v "torture: killed at every point" $(BIN)/python -m pytest tests/torture
	@mkdir -p build; if $(BIN)/python -c 'import atheris' 2>/dev/null; then for f in tests/torture/fuzz_*.py; do \
		$(STEP) -v "torture: $$f, $(FUZZ_SECONDS) s" $(BIN)/python $$f -max_total_time=$(FUZZ_SECONDS) -artifact_prefix=build/ || exit 1; done; \
	else echo "no fuzzing: there is no atheris for this Python and system"; fi

.PHONY: check
check: $(VENV)/.dev ## lint, format, types, layers, size of the default environment
	@$(STEP) "ruff: lint" $(BIN)/ruff check --quiet --output-format concise $(SOURCES)
	@$(STEP) "ruff: format" $(BIN)/ruff format --check --quiet $(SOURCES)
	@$(STEP) "mypy --strict" $(BIN)/mypy
	@$(STEP) "import-linter: layers" $(BIN)/lint-imports --no-logo
	@$(STEP) "pip: nothing missing, nothing in conflict" $(BIN)/python -m pip check
	@$(BIN)/python tools/env_size.py

.PHONY: bench
bench: $(VENV)/.runtime .venv-bench/.ready ## measure: start-up, planning (INSTANCES=DIR SECONDS=10 WRITE_DOCS=)
	@$(BIN)/python benchmarks/run.py $(if $(INSTANCES),--instances $(INSTANCES)) \
		--seconds $(SECONDS) $(if $(WRITE_DOCS),--write-docs)

.PHONY: docs
docs: $(VENV)/.docs ## build the documentation into site/
	@$(STEP) "reference: commands, files, predicates, schemas" $(BIN)/python tools/reference_pages.py
	@$(STEP) "reference: paragraphs, rules, tests" \
		$(BIN)/python tools/rules_table.py --out build/docs/rules-table.md
	@NO_MKDOCS_2_WARNING=1 $(STEP) "mkdocs build --strict" $(BIN)/mkdocs build --strict --quiet --site-dir site
	@echo "open site/index.html; to search in it, serve it: python3 -m http.server -d site"

.PHONY: lock
lock: ## resolve the dependencies anew and write requirements/*.txt
	@$(PYTHON) tools/lock.py

.PHONY: clean
clean: ## remove everything that make and the program wrote here
	@rm -rf .venv .venv-bench out site build dist frontend/node_modules frontend/made $(PAGES) .pytest_cache .hypothesis .mypy_cache \
		.ruff_cache .import_linter_cache
	@find src tests tools benchmarks examples -name __pycache__ -type d -prune -exec rm -rf {} +

# --- the pages: their packages, the borders that they draw, and the pages themselves

frontend/node_modules/.ready: frontend/package-lock.json
	@$(STEP) "packages: pages" npm --prefix frontend ci --silent --no-progress --ignore-scripts
	@touch $@

frontend/made/borders.json: tools/web_borders.py src/overflight/data/borders/natural_earth_10m.gpkg | $(VENV)/.runtime
	@$(STEP) "pages: borders" $(BIN)/python tools/web_borders.py frontend/made

$(PAGES)/index.html: frontend/node_modules/.ready frontend/made/borders.json $(PAGES_FROM)
	@$(STEP) "pages: types" npm --prefix frontend run --silent check
	@$(STEP) -v "pages: build" npm --prefix frontend run --silent build

# --- environments: each stamp stands for a pinned list that has been installed

$(VENV)/.made:
	@$(or $(PYTHON),false) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "overflight needs Python 3.11 or newer$(if $(PYTHON),; $(PYTHON) is older,)." \
		"Install one, or say which: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@$(STEP) "environment: $(VENV)" $(PYTHON) -m venv $(VENV) || { echo "If venv or ensurepip" \
		"is missing, install your system's python3-venv package." >&2; rm -rf $(VENV); exit 1; }
	@touch $@

$(VENV)/.runtime: $(VENV)/.made pyproject.toml requirements/build.txt requirements/runtime.txt
	@$(STEP) "packages: what overflight needs" \
		$(PIP) install -r requirements/build.txt -r requirements/runtime.txt
	@$(STEP) "overflight itself" $(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements/dev.txt
	@$(STEP) "packages: tests and checks" $(PIP) install -r requirements/dev.txt
	@touch $@

# Some systems have no atheris; the rest of `make torture` runs there all the same.
$(VENV)/.torture: $(VENV)/.dev requirements/torture.txt
	@$(STEP) "packages: fuzzing" $(PIP) install --only-binary :all: -r requirements/torture.txt || \
		echo "  without them there is no fuzzing"
	@touch $@

$(VENV)/.docs: $(VENV)/.runtime requirements/docs.txt
	@$(STEP) "packages: documentation" $(PIP) install -r requirements/docs.txt
	@touch $@

# What benchmarks compare with never comes near the default environment.
.venv-bench/.ready: requirements/bench.txt
	@$(STEP) "environment: .venv-bench" $(PYTHON) -m venv .venv-bench
	@$(STEP) "packages: peers" .venv-bench/bin/python -m pip --quiet \
		--disable-pip-version-check install -r requirements/bench.txt
	@touch $@
