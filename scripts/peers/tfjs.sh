#!/bin/sh
# Makes .souk-peers/tfjs, TensorFlow.js with its WebAssembly backend, the peer of `npm run bench -- tfjs`. Fetches from
# the npm registry, runs no install scripts. Does nothing when it is there.
set -eu
cd "$(dirname "$0")/../.."
version=4.22.0
if [ ! -d .souk-peers/tfjs/node_modules/@tensorflow/tfjs-backend-wasm ]; then
  npm install --silent --no-save --no-audit --no-fund --ignore-scripts --prefix .souk-peers/tfjs \
    "@tensorflow/tfjs@$version" "@tensorflow/tfjs-backend-wasm@$version"
fi
node -p "'tfjs ' + require('./.souk-peers/tfjs/node_modules/@tensorflow/tfjs/package.json').version"
