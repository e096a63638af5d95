#!/usr/bin/env bash
# Installs Debian's fastText, the peer of `npm run bench -- ngram`. Needs root.
set -euo pipefail
apt-get install -y --no-install-recommends fasttext
