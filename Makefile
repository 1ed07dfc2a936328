# Everything sets itself up: Python ≥ 3.11 and make are enough.
PYTHON ?= python3
BIN := .venv/bin
SETUP := .venv/.ready
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo serve test check docs setup lock clean

demo: $(SETUP)
	@$(BIN)/dondoc demo

serve: $(SETUP)
	@$(BIN)/dondoc serve

test: $(SETUP)
	@$(BIN)/pytest -n 2 --dist loadgroup -rs

check: $(SETUP)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo 2>/dev/null || $(BIN)/lint-imports
	@$(BIN)/dondoc check

# The page of settings and the schemas for editors, from the table in engine/settings_table.py.
docs: $(SETUP)
	@$(BIN)/python -m usecases.settings_pages

setup: $(SETUP)

# uv installs in seconds; where it cannot (its own index or certificates), pip does the same.
$(SETUP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Cần Python 3.11 trở lên; máy này có " + sys.version.split()[0])'
	@echo "Đang chuẩn bị môi trường trong .venv (lần đầu khoảng một phút)…" >&2
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(PIP) uv && UV_SYSTEM_CERTS=1 UV_NATIVE_TLS=1 $(BIN)/uv pip install --quiet --compile-bytecode \
	  --require-hashes -r requirements.lock 2>/dev/null || $(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

# Writes the lock anew from pyproject.toml: names, versions and hashes for every supported Python.
lock: $(SETUP)
	$(PIP) uv
	$(BIN)/uv pip compile --universal --generate-hashes --no-header --no-annotate --group dev pyproject.toml -o requirements.lock

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
