# `make help` lists what there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: docs help setup setup-airflow locks demo lint pytest pytest-airflow test test-all bench clean

LAKE ?= build/demo-lake
PYTEST_ARGS ?=

# Spark takes JAVA_HOME's Java, and finds its own files with the first python3 on PATH.
JOBS := JAVA_HOME="$(CURDIR)/.venv/java" PATH="$(CURDIR)/.venv/bin:$$PATH"
# Airflow finds spark-submit, which only the jobs' environment has, on PATH.
AIRFLOW := JAVA_HOME="$(CURDIR)/.venv/java" PATH="$(CURDIR)/.venv-airflow/bin:$(CURDIR)/.venv/bin:$$PATH"

help: ## what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

setup: ## Java 17, .venv and Delta's jars, from the hashed locks (a second when nothing changed)
	@scripts/setup.sh

setup-airflow: ## Airflow's own environment, .venv-airflow
	@scripts/setup.sh airflow

locks: setup ## remake conf/locks (UPGRADE=1: newest versions allowed)
	@scripts/locks.sh $(if $(UPGRADE),--upgrade)

demo: setup ## a generated world, scored for some nights (LAKE=folder)
	@$(JOBS) python scripts/demo.py "$(LAKE)"

lint: setup ## ruff and mypy
	$(JOBS) ruff check .
	$(JOBS) ruff format --check .
	$(JOBS) mypy

test: SELECTED := not slow
test: lint pytest ## lint and every test but the slow ones

test-all: SELECTED := slow or not slow
test-all: lint pytest ## lint and every test

# Two processes, each with a Spark session: what takes time is mostly planning, which one core does at a time.
pytest: setup pytest-airflow
	$(JOBS) python -m pytest -n 2 --dist loadfile -m "($(or $(SELECTED),not slow)) and not airflow" $(PYTEST_ARGS)

# Tests of the DAGs run where Airflow is, without the other tests' conftest, which knows Spark.
pytest-airflow: setup setup-airflow
	$(AIRFLOW) AIRFLOW_HOME="$(CURDIR)/build/airflow" \
	    python -m pytest tests/airflow --confcutdir=tests/airflow -m "$(or $(SELECTED),not slow)"

docs: setup ## docs/data-dictionary.md from the contracts
	@$(JOBS) python scripts/data_dictionary.py

bench: setup ## what a night costs; ingest, edges, PageRank beside peers (SIZE=s: a minute or two, l: hours; REPEATS=3; CANDIDATES=duckdb,polars; KEEP=1: into docs/benchmarks)
	@scripts/setup.sh bench
	$(JOBS) SIZE="$(SIZE)" KEEP="$(KEEP)" CANDIDATES="$(CANDIDATES)" python -m pytest tests/benchmarks -s -m "slow or not slow" $(PYTEST_ARGS)

clean: ## remove build/ and the virtual environments; a lake elsewhere stays
	@for path in build .venv .venv-airflow .venv-bench lib/sway.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis; do \
	    if [ -e "$$path" ]; then echo "removing $$path ($$(du -sh "$$path" | cut -f1))"; rm -rf "$$path"; fi; \
	done
