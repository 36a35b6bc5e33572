# make setup      .venv with everything that the lock files name, and .venv/bin/watcher
# make run        start the watcher on sources.toml
# make test       lint, types, layers, every test
# make test-deps  what some tests need from Debian and npm (as root)
# make bench      measure against the bare fetch and a neighbour
# make lock       renew the lock files (UPGRADE=1: to the newest versions)
# make clean      remove what these made; storage/ stays

# The first of these that is Python 3.11 or later. `make setup PYTHON=/path/to/python3` chooses another.
CANDIDATES = python3.14 python3.13 python3.12 python3.11 python3 python
PYTHON ?= $(shell for p in $(CANDIDATES); do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)

VENV = .venv
BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip -qq --disable-pip-version-check --no-input
# Nothing but what a lock file names, and nothing whose hash differs.
INSTALL = $(PIP) install --require-hashes --no-deps --no-build-isolation

.DEFAULT_GOAL = setup
.PHONY: setup run test test-deps bench lock clean
.DELETE_ON_ERROR:

setup: $(VENV)/.installed

$(VENV)/.installed: requirements-build.lock requirements.lock pyproject.toml
	@tools/check-python "$(PYTHON)"
	@echo "setup: installing into $(VENV) with $(PYTHON); the first time takes a minute or two"
	@test -x $(BIN)/python && $(BIN)/python -m pip --version >/dev/null 2>&1 || "$(PYTHON)" -m venv $(VENV)
	@$(INSTALL) -r requirements-build.lock
	@$(INSTALL) -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@
	@echo "setup: done, $(BIN)/watcher is ready"

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.lock
	@echo "setup: installing what the tests need"
	@$(INSTALL) -r requirements-dev.lock
	@touch $@

run: setup
	@exec $(BIN)/watcher run $(ARGS)

test: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m pytest -n 2 $(ARGS)

test-deps:
	@tools/test-deps

bench: $(VENV)/.installed-dev
	@exec $(BIN)/python -m bench $(ARGS)

lock:
	@tools/check-python "$(PYTHON)"
	@tools/lock "$(PYTHON)" $(if $(UPGRADE),--upgrade)

clean:
	rm -rf $(VENV) build dist tests/servers/node_modules
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
