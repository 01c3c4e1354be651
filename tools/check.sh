#!/usr/bin/env bash
# Everything a change must pass: lint, format, types, tests. Stops at the first that fails.
set -euo pipefail
cd "$(dirname "$0")/.."

ruff check .
ruff format --check .
mypy
OMP_NUM_THREADS=1 pytest -n "${WORKERS:-2}" --dist worksteal -m "not slow"
