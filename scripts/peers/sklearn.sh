#!/bin/sh
# Makes .souk-peers/sklearn, a Python environment with scikit-learn, the peer of `npm run bench -- trees`. Needs python3
# with venv; fetches from the Python package index. Does nothing when it is there.
set -eu
cd "$(dirname "$0")/../.."
python=.souk-peers/sklearn/bin/python
if ! $python -c "import sklearn" 2>/dev/null; then
  python3 -m venv .souk-peers/sklearn
  $python -m pip install --quiet --disable-pip-version-check scikit-learn
fi
$python -c "import sklearn; print('scikit-learn', sklearn.__version__)"
