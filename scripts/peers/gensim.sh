#!/bin/sh
# Makes .souk-peers/gensim, a Python environment with gensim, the peer of `npm run bench -- word2vec`. Needs python3
# with venv; fetches from the Python package index. Does nothing when it is there.
set -eu
cd "$(dirname "$0")/../.."
python=.souk-peers/gensim/bin/python
if ! $python -c "import gensim" 2>/dev/null; then
  python3 -m venv .souk-peers/gensim
  $python -m pip install --quiet --disable-pip-version-check gensim==4.4.0
fi
$python -c "import gensim; print('gensim', gensim.__version__)"
