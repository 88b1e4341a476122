# Two commands matter: `make demo` and `make test`. Both prepare the machine themselves.
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
WORKERS ?= auto
RUN := .venv/bin/
INSTALL := $(PYTHON) config/runtime/install.py
UV := $(shell command -v uv || echo .voldaan/uv/bin/uv)
# what a production process has in its environment, for `check --deploy`
PRODUCTION := SECRET_KEY=$$(head -c 48 /dev/urandom | base64 | tr -d '\n') \
	PUBLIC_URL=https://voldaan.example ALLOWED_HOSTS=voldaan.example FIELD_KEYS=$$(head -c 32 /dev/urandom | base64) DEBUG=0 DEMO=0

.PHONY: help env demo test check bench fault mutants screenshots format
.DEFAULT_GOAL := help

help: ## Show what there is
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

env: .venv/.complete ## The environment out of uv.lock

.venv/.complete: uv.lock pyproject.toml
	@$(INSTALL) env
	@touch $@

demo: env ## Everything on this machine, with demo data
	@$(INSTALL) letters
	@exec $(RUN)python -m config.runtime.demo

test: env ## The whole suite, in parallel
	@$(INSTALL) tests
	$(RUN)pytest -n $(WORKERS) -m "not fault"

fault: env ## The slow tests that kill processes
	@$(INSTALL) tests
	$(RUN)pytest -m fault

check: export DEBUG := 1
check: env ## Style, types, contracts, migrations, templates, dependencies, compose
	@$(INSTALL) checks
	$(RUN)ruff check
	$(RUN)ruff format --check
	$(RUN)lint-imports
	$(RUN)mypy .
	$(RUN)python -W ignore manage.py makemigrations --check --dry-run
	$(PRODUCTION) $(RUN)python manage.py check --deploy --fail-level WARNING
	$(RUN)djlint templates --lint
	$(RUN)deptry .
	$(RUN)check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	docker-compose --env-file config/compose.env.example config -q

mutants: env ## Mutation testing of the two domains, as in docs/mutation.md
	nice $(UV) run --no-sync --with mutmut==3.8.1 mutmut run --max-children 1
	$(UV) run --no-sync --with mutmut==3.8.1 mutmut results

bench: env ## Measured figures, as in docs/benchmarks.md (ONLY="decide letters" chooses)
	@$(INSTALL) tests
	$(RUN)python -m tests.bench $(ONLY)

screenshots: env ## The pictures of the README, out of the demo
	@$(INSTALL) tests
	$(RUN)python -m tests.screenshots

format: env ## Let ruff format and fix
	$(RUN)ruff check --fix
	$(RUN)ruff format
