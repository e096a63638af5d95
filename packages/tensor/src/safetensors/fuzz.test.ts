import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng, SoukError } from "@souk/core";
import { mutate } from "../onnx/mutate.ts";
import { float32, int64, tensor, type Tensor } from "../onnx/tensor.ts";
import { readSafetensors } from "./read.ts";
import { writeSafetensors } from "./write.ts";

const count = Number(process.env.SOUK_FUZZ ?? 1500);

const weights = new Map<string, Tensor>(
  Array.from({ length: 12 }, (_, at) => [
    `encoder.layer.${at}.weight`,
    float32(new Float32Array(at * 3), [at, 3]),
  ]),
);
const mixed = new Map<string, Tensor>([
  ["ids", int64([1, 2, 3])],
  ["half", tensor("float16", new Uint16Array(6), [2, 3])],
  ["mask", tensor("bool", new Uint8Array(5), [5])],
]);
const files = [
  writeSafetensors(weights, { format: "pt" }),
  writeSafetensors(mixed),
  writeSafetensors(new Map()),
];
const pieces = [
  '"dtype":"F32",',
  '"shape":[4294967296,4294967296],',
  '"data_offsets":[0,18446744073709551615],',
  '{"__proto__":{"dtype":"I8","shape":[],"data_offsets":[0,1]},',
  "[".repeat(2000),
  '{"":'.repeat(2000),
  '"\\',
  " ".repeat(64),
  "1e999",
].map((piece) => new TextEncoder().encode(piece));

test("a damaged file is read or refused with a SoukError", (t) => {
  const rng = createRng(5);
  const outcomes = new Map<string, number>();
  const before = process.resourceUsage().maxRSS;
  let slowest = 0;
  for (let at = 0; at < count; at++) {
    const bytes = mutate({ files, pieces }, rng);
    // Half of the files get a header length that fits, so that the damage reaches what is behind it.
    const end = Buffer.from(bytes).lastIndexOf("}") + 1;
    if (at % 2 === 0 && end > 8) new DataView(bytes.buffer).setBigUint64(0, BigInt(end - 8), true);
    const start = performance.now();
    const code = outcome(bytes);
    slowest = Math.max(slowest, performance.now() - start);
    outcomes.set(code, (outcomes.get(code) ?? 0) + 1);
  }
  const memory = (process.resourceUsage().maxRSS - before) / 1024;
  assert.ok(memory < 200, `memory grew by ${memory} MB`);
  const counts = [...outcomes].map(([code, times]) => `${code} ${times}`).join(", ");
  t.diagnostic(
    `${count} files: slowest ${slowest.toFixed(1)} ms, memory +${memory.toFixed(0)} MB; ${counts}`,
  );
});

function outcome(bytes: Uint8Array): string {
  try {
    readSafetensors(bytes);
    return "read";
  } catch (error) {
    if (error instanceof SoukError) return error.code;
    throw error;
  }
}
