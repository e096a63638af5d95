/**
 * Milliseconds per training step against TensorFlow.js with its WebAssembly backend (SIMD; in Node it has one thread):
 * a dense network, the one kind whose gradients that backend can compute. Same weights, batches and optimizer, in turns,
 * after the losses of the first 30 steps were found equal. Needs scripts/peers/tfjs.sh.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { SoukError } from "@souk/core";
import { dense } from "../src/layers/dense.ts";
import { compare } from "./compare/compare.ts";
import { type Contest, drawBatches, drawLabels, drawPixels } from "./compare/contest.ts";
import { startPeer } from "./compare/process.ts";

const packages = join(import.meta.dirname, "../../../.souk-peers/tfjs/node_modules/@tensorflow");
const server = join(import.meta.dirname, "peers/tfjs.mjs");
const [rows, width, classes] = [64, 512, 13];

/**
 * Adam's learning rate. An activation within rounding (1e-8) of ReLU's kink has its gradient on one side and not on the
 * other; with a rate ten times as large one such element shows in the fourth digit of the loss some steps later.
 */
const rate = 1e-4;

const contest: Contest = {
  model: "mlp",
  goal: 10,
  network: {
    inputs: { features: { type: "float32", shape: ["batch", width] } },
    build(scope, { features }) {
      const first = dense(scope.within("first"), features, { features: 512, activation: "relu" });
      const second = dense(scope.within("second"), first, { features: 256, activation: "relu" });
      return { logits: dense(scope.within("head"), second, { features: classes }) };
    },
  },
  batches: drawBatches(30, (rng) => ({
    features: drawPixels(rng, [rows, width]),
    labels: drawLabels(rng, classes, rows),
  })),
  variants: ["wasm"],
  steps: 20,
};

/** Compares the one model. */
export async function run(): Promise<object> {
  if (!existsSync(packages)) {
    throw new SoukError("BENCH_PEER_MISSING", `skipped: no ${packages}, run scripts/peers/tfjs.sh`);
  }
  const outcome = await compare(contest, {
    start: (start) => startPeer([process.execPath, server], start),
    threads: 4,
    rounds: 7,
    agreement: 30,
    tolerance: 1e-4,
    rate,
  });
  const { ratio, goal, peerVersion } = outcome;
  return { name: "tfjs", ratio, goal, peer: `tfjs ${peerVersion}, wasm`, figures: { outcome } };
}
