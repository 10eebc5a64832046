#!/usr/bin/env bash
# Remake conf/locks: pins change only where a requirement demands it, or everywhere with --upgrade.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export CUSTOM_COMPILE_COMMAND="make locks" # what the headers name, instead of this machine's command line
compile() { # lock, what else
    local lock=conf/locks/$1.lock
    shift
    echo "locks: $lock"
    .venv/bin/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url \
        --no-emit-find-links --no-emit-trusted-host "${upgrade[@]}" --output-file "$lock" "$@"
}

upgrade=("$@")
compile build conf/locks/build.in
compile jobs --constraint conf/locks/build.lock pyproject.toml
compile dev --extra dev --constraint conf/locks/build.lock --constraint conf/locks/jobs.lock pyproject.toml
compile bench --extra bench --constraint conf/locks/build.lock --constraint conf/locks/jobs.lock pyproject.toml
compile airflow --constraint conf/locks/build.lock conf/locks/airflow.in
.venv/bin/python scripts/jars.py --write-lock
