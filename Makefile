# Needs python3 (3.11 or newer), pip and make; `make setup` brings the rest into .venv.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
# Tests that need nothing but Python.
PLAIN := not postgresql and not production and not browser and not faults and not deploy
# What PostgreSQL decides too: tests that ask no database say the same on either. Those that share one broker and worker
# come after it, one by one.
ON_SERVERS := not pure and not production and not alone and not browser and not faults and not deploy
PYTEST_ARGS ?=
# What tests need before they run; empty where it was made already.
PREPARED ?= prepared

.PHONY: setup setup-dev prepared run test test-production test-browser test-faults test-deploy lint

setup:
	@PYTHON=$(PYTHON) sh requirements/install base

setup-dev:
	@PYTHON=$(PYTHON) sh requirements/install dev

prepared: setup-dev
	@$(BIN)/python manage.py compile_catalogues

run: setup
	@exec $(BIN)/python manage.py serve --port $(PORT)

test: $(PREPARED)
	@$(BIN)/pytest -m "$(PLAIN)" -n 2 $(PYTEST_ARGS)

test-production: $(PREPARED)
	@$(BIN)/python tests/production/servers.py sh -ec '$(BIN)/pytest -m "$(ON_SERVERS)" -n 2 $(PYTEST_ARGS); \
		[ -n "$(PYTEST_ARGS)" ] || exec $(BIN)/pytest -m "production or alone"'

test-browser: $(PREPARED)
	@DJANGO_ALLOW_ASYNC_UNSAFE=true $(BIN)/pytest -m browser tests/browser $(PYTEST_ARGS)

test-faults: $(PREPARED)
	@$(BIN)/pytest -m faults tests/faults $(PYTEST_ARGS)

test-deploy: $(PREPARED)
	@$(BIN)/pytest -m deploy tests/deploy $(PYTEST_ARGS)

lint: setup-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@$(BIN)/python manage.py makemigrations --check --dry-run
