# One-word verbs. Each makes what it needs: `make run` and `make test` are all the set-up there is.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q

.PHONY: run test test-peers soak check bench lock clean

run: $(VENV)/.run
	$(BIN)/python -m rasad run --open

test: check
	$(BIN)/python -m pytest -m "not peer and not soak"

test-peers: $(VENV)/.dev
	$(BIN)/python -m pytest -m peer

soak: $(VENV)/.dev
	$(BIN)/python -m pytest -m soak --timeout 7200

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks

# The only place where versions are chosen; `requirements*.lock` are what set-up installs from.
lock:
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	  --custom-compile-command "make lock" -o requirements.lock setup.cfg
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	  --custom-compile-command "make lock" -c requirements.lock --extra dev -o requirements-dev.lock setup.cfg

$(VENV)/.run: requirements.lock setup.cfg pyproject.toml
	@./scripts/venv $(PYTHON) $(VENV) requirements.lock
	@touch $@

$(VENV)/.dev: requirements.lock requirements-dev.lock setup.cfg pyproject.toml
	@./scripts/venv $(PYTHON) $(VENV) requirements-dev.lock
	@./scripts/system
	@touch $@ $(VENV)/.run

clean:
	rm -rf $(VENV)
