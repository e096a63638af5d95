#!/bin/sh
# Makes .souk-peers/mlflow, a Python environment with MLflow's client, for the optional test
# packages/tracking/src/mlflow/client.test.ts. Needs python3 with venv; fetches from the Python package index.
set -eu
cd "$(dirname "$0")/../.."
python3 -m venv .souk-peers/mlflow
.souk-peers/mlflow/bin/pip install --quiet --disable-pip-version-check mlflow-skinny==3.17.2
.souk-peers/mlflow/bin/python -c "import mlflow; print('mlflow', mlflow.__version__)"
