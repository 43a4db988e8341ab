# Two commands do all the set-up on a fresh machine: `make run` opens kty, `make test` passes the tests.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
JOBS ?= auto
READY = $(VENV)/.ready

.PHONY: run test static screenshots clean

run: $(READY)
	@$(BIN)/kty $(ARGS)

test: static
	$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup $(ARGS)

static: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Draw every screen anew: README's pictures and what the snapshot tests compare with.
screenshots: $(READY)
	KTY_UPDATE_SCREENSHOTS=1 $(BIN)/python -m pytest -q tests/snapshots

$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check --root-user-action=ignore --upgrade "pip>=25.1"
	$(BIN)/python -m pip install -q --disable-pip-version-check --root-user-action=ignore -e . --group dev
	@touch $(READY)

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
