/**
 * TensorFlow.js's side of `npm run bench -- tfjs`: the same conversation as server.py, for the one model whose gradients
 * its WebAssembly backend has kernels for (it lacks those of convolutions and of embeddings).
 */
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";

const packages = join(import.meta.dirname, "../../../../.souk-peers/tfjs/node_modules/");
const require = createRequire(packages);
const tf = require("@tensorflow/tfjs");
const wasm = require("@tensorflow/tfjs-backend-wasm");

/** Source of the format: https://github.com/huggingface/safetensors#format */
async function readSafetensors(path) {
  const bytes = await readFile(path);
  const length = Number(bytes.readBigUInt64LE(0));
  const header = Object.entries(JSON.parse(bytes.toString("utf8", 8, 8 + length)));
  const arrays = { F32: Float32Array, I32: Int32Array };
  return Object.fromEntries(
    header
      .filter(([name]) => name !== "__metadata__")
      .map(
        ([
          name,
          {
            dtype,
            shape,
            data_offsets: [start, end],
          },
        ]) => {
          const part = Uint8Array.from(bytes.subarray(8 + length + start, 8 + length + end));
          return [name, { shape, data: new arrays[dtype](part.buffer) }];
        },
      ),
  );
}

async function load({ weights, batches, threads, rate }) {
  wasm.setWasmPaths(join(packages, "@tensorflow/tfjs-backend-wasm/dist/"));
  wasm.setThreadsCount(threads);
  await tf.setBackend("wasm");
  const variables = Object.fromEntries(
    Object.entries(await readSafetensors(weights)).map(([name, { shape, data }]) => [
      name,
      tf.variable(tf.tensor(data, shape)),
    ]),
  );
  const columns = await readSafetensors(batches);
  const layer = (x, name) => x.matMul(variables[`${name}.weight`]).add(variables[`${name}.bias`]);
  const network = (x) => layer(layer(layer(x, "first").relu(), "second").relu(), "head");
  const classes = variables["head.bias"].size;
  const [count, ...shape] = columns.features.shape;
  const rows = Array.from({ length: count }, (_, at) => {
    const part = ({ data }) =>
      data.subarray((at * data.length) / count, ((at + 1) * data.length) / count);
    return {
      features: tf.tensor(part(columns.features), shape),
      labels: tf.oneHot(tf.tensor1d(part(columns.labels), "int32"), classes),
    };
  });
  return { network, rows, optimizer: tf.train.adam(rate, 0.9, 0.999, 1e-8), done: 0 };
}

function step(training) {
  const { network, rows, optimizer } = training;
  const { features, labels } = rows[training.done++ % rows.length];
  const loss = optimizer.minimize(
    () => tf.losses.softmaxCrossEntropy(labels, network(features)),
    true,
  );
  const [value] = loss.dataSync();
  loss.dispose();
  return value;
}

let training;

async function answer({ do: task, steps, ...settings }) {
  if (task === "load") {
    training = await load(settings);
    return { version: tf.version.tfjs };
  }
  const startedMs = performance.now();
  const losses = Array.from({ length: steps }, () => step(training));
  return { losses, ms: performance.now() - startedMs };
}

for await (const line of createInterface({ input: process.stdin })) {
  const reply = await answer(JSON.parse(line)).catch((error) => ({ error: String(error) }));
  console.log(JSON.stringify(reply));
}
