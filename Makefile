# Two commands do all the set-up on a fresh machine: `make demo` opens kty on a cluster of its own, `make test` passes
# the tests.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
JOBS ?= auto
READY = $(VENV)/.ready

# CPython 3.11 sometimes fails to rewrite Hypothesis's assertions while it collects garbage (SystemError: AST constructor
# recursion depth mismatch); what is rewritten once is kept.
REWRITE = import gc, pytest; gc.disable(); pytest.main(["-q", "--collect-only", "tests/test_text.py"])

# Each process of the tests would compile kty, and rewrite all assertions, anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo run test static screenshots clean

demo: $(READY)
	@$(BIN)/kty --demo $(ARGS)

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
	-@$(BIN)/python -c '$(REWRITE)' >/dev/null
	@touch $(READY)

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
