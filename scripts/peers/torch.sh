#!/bin/sh
# Makes .souk-peers/torch, a Python environment with PyTorch, the peer of `npm run bench -- train` and of tests of
# pretrained encoders. Needs python3 with venv;
# fetches from the Python package index. Does nothing when it is there.
set -eu
cd "$(dirname "$0")/../.."
python=.souk-peers/torch/bin/python
if ! $python -c "import torch, numpy, tokenizers" 2>/dev/null; then
  python3 -m venv .souk-peers/torch
  $python -m pip install --quiet --disable-pip-version-check torch numpy tokenizers
fi
$python -c "import torch; print('torch', torch.__version__)"
