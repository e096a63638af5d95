import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { createRng, errorCode, type Rng, SoukError } from "@souk/core";
import { fromOnnx } from "../graph/from-onnx.ts";
import { toOnnx } from "../graph/to-onnx.ts";
import { misfit, mutate } from "./mutate.ts";
import {
  encodeMessage,
  type Field,
  messageField,
  textField,
  varintField,
} from "./protobuf-writer.ts";
import { readOnnx } from "./read.ts";
import { sampleFiles, sampleModels } from "./samples.ts";
import { writeOnnx } from "./write.ts";

const count = Number(process.env.SOUK_FUZZ ?? 1500);
const shared =
  process.env.SOUK_SHARED_DATA ?? join(import.meta.dirname, "../../../../../shared/data");
const mobilenet = join(shared, "image-weights-mobilenet/mobilenet_v2_tf2_ptq.fp32.onnx.gz");

/** A node with a body with a node with a body, `depth` times. */
function nested(depth: number): Uint8Array {
  let node: readonly Field[] = [textField(4, "If")];
  for (let at = 0; at < depth; at++) {
    const attribute = [textField(1, "body"), messageField(6, [messageField(1, node)])];
    node = [textField(4, "If"), messageField(5, [...attribute, varintField(20, 5)])];
  }
  return encodeMessage([messageField(1, node)]);
}

/** A tensor that claims `dims` and has no data. */
function claimed(dims: readonly number[]): Uint8Array {
  const axes = dims.map((dim) => varintField(1, dim));
  return encodeMessage([messageField(5, [...axes, varintField(2, 1), textField(8, "big")])]);
}

const pieces = [
  ...[3, 20, 400].map(nested),
  ...[[2 ** 40], [2 ** 31, 2 ** 31, 2 ** 31], [0, 2 ** 62], [-1]].map(claimed),
  encodeMessage([messageField(7, [])]),
];

/** Reads, imports and writes; gives the code of the refusal. @throws any error that is not ours. */
function outcome(bytes: Uint8Array): string {
  try {
    const model = readOnnx(bytes);
    writeOnnx(model);
    writeOnnx(toOnnx(fromOnnx(model).graph));
    return "read";
  } catch (error) {
    if (error instanceof SoukError) return error.code;
    throw error;
  }
}

function fuzz(
  next: (rng: Rng) => Uint8Array,
  { files, seed }: { files: number; seed: number },
): string {
  const rng = createRng(seed);
  const outcomes = new Map<string, number>();
  const before = process.resourceUsage().maxRSS;
  let slowest = 0;
  for (let at = 0; at < files; at++) {
    const bytes = next(rng);
    const start = performance.now();
    const code = outcome(bytes);
    slowest = Math.max(slowest, performance.now() - start);
    outcomes.set(code, (outcomes.get(code) ?? 0) + 1);
  }
  const memory = (process.resourceUsage().maxRSS - before) / 1024;
  assert.ok(memory < 400, `memory grew by ${memory} MB`);
  const counts = [...outcomes].map(([code, times]) => `${code} ${times}`).join(", ");
  return `${files} files: slowest ${slowest.toFixed(1)} ms, memory +${memory.toFixed(0)} MB; ${counts}`;
}

test("a damaged file is read or refused with a SoukError", (t) => {
  const corpus = { files: sampleFiles(), pieces };
  t.diagnostic(fuzz((rng) => mutate(corpus, rng), { files: count, seed: 1 }));
});

test("a well-formed file whose parts do not fit is imported or refused with a SoukError", (t) => {
  const models = sampleModels();
  const next = (rng: Rng) => writeOnnx(misfit(rng.pick(models), rng));
  t.diagnostic(fuzz(next, { files: count, seed: 3 }));
});

test("the samples are valid files", () => {
  for (const bytes of sampleFiles()) {
    assert.ok(["read", "ONNX_OPERATOR"].includes(outcome(bytes)));
  }
});

test("a damaged MobileNetV2 is read or refused with a SoukError", (t) => {
  if (!existsSync(mobilenet)) return t.skip("no MobileNetV2 file: set SOUK_SHARED_DATA");
  const file = new Uint8Array(gunzipSync(readFileSync(mobilenet)));
  const files = Math.ceil(count / 20);
  const corpus = { files: [writeOnnx(readOnnx(file))], pieces, reach: 20_000 };
  return t.diagnostic(fuzz((rng) => mutate(corpus, rng), { files, seed: 2 }));
});

test("bodies nested deeper than the limit are refused before the stack is", () => {
  const graph = encodeMessage([varintField(1, 9)]);
  const deep = new Uint8Array([
    ...graph,
    ...encodeMessage([messageField(7, [rawField(nested(200))])]),
  ]);
  assert.equal(
    codeOf(() => readOnnx(deep)),
    "ONNX_LIMIT",
  );
});

/** Fields that are encoded already. */
function rawField(bytes: Uint8Array): Field {
  return {
    bytes: bytes.byteLength,
    put: (into, offset) => {
      into.set(bytes, offset);
      return offset + bytes.byteLength;
    },
  };
}

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
    return "no error";
  } catch (error) {
    return errorCode(error);
  }
}
