#!/bin/sh
# Makes .souk-peers/tensorboard, a Python environment with TensorBoard, for the optional test
# packages/tensor/src/tensorboard/event-file.test.ts. Needs python3 with venv; fetches from the Python package index.
set -eu
cd "$(dirname "$0")/../.."
python3 -m venv .souk-peers/tensorboard
.souk-peers/tensorboard/bin/pip install --quiet --disable-pip-version-check tensorboard==2.20.0
.souk-peers/tensorboard/bin/python -c "import tensorboard; print('tensorboard', tensorboard.__version__)"
