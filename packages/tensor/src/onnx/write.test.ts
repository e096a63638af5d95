import assert from "node:assert/strict";
import {
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { errorCode } from "@souk/core";
import { openSession } from "../run/session.ts";
import { bytesField, textField, varintField, messageField } from "./protobuf-writer.ts";
import { readOnnx } from "./read.ts";
import { loopModel, modelWithTensor, onnxModel, onnxNode, sampleModels } from "./samples.ts";
import { float32, numbersOf, tensor } from "./tensor.ts";
import { writeOnnx, writeOnnxWithExternalData } from "./write.ts";

const folder = await mkdtemp(join(tmpdir(), "souk-onnx-"));
after(() => rm(folder, { recursive: true }));

test("what is written is read back the same", () => {
  for (const model of sampleModels()) assert.deepEqual(readOnnx(writeOnnx(model)), model);
});

test("ONNX Runtime computes what was written: a Loop with an If inside", async () => {
  const session = await openSession(writeOnnx(loopModel()), { threads: 1 });
  const { y } = await session.run({ x: float32([1, 2, 3, 4, 5, 6], [2, 3]) });
  await session.close();
  // States x 2, 4, 8, 4, 2: the last is 2 x, all together 20 times the sum of x, which is 21.
  assert.deepEqual(numbersOf(y), [422, 424, 426, 428, 430, 432]);
});

test("a model above 2 GB is refused before memory is taken for it", () => {
  const half = tensor("uint8", new Uint8Array(2 ** 30), [2 ** 30]);
  const model = onnxModel([onnxNode("Identity", ["x"], ["y"])], {
    initializers: { a: half, b: half },
  });
  assert.throws(
    () => writeOnnx(model),
    (error) => errorCode(error) === "ONNX_LIMIT",
  );
});

const weights = float32(
  Float32Array.from({ length: 600 }, (_, at) => at),
  [200, 3],
);
const small = float32([1, 2, 3]);
const external = onnxModel(
  [onnxNode("Add", ["x", "small"], ["moved"]), onnxNode("Add", ["moved", "weights"], ["y"])],
  { initializers: { weights, small }, shape: [200, 3] },
);

test("weights in a second file are read by ONNX Runtime, and by us from the folder we name", async () => {
  const path = join(folder, "external.onnx");
  const { data } = await writeOnnxWithExternalData(external, path);
  assert.deepEqual((await readdir(folder)).sort(), ["external.onnx", data].sort());
  const session = await openSession(path, { threads: 1 });
  const { y } = await session.run({ x: weights });
  await session.close();
  assert.deepEqual(numbersOf(y).slice(0, 4), [1, 4, 7, 7]);
  assert.deepEqual(readOnnx(await readFile(path), { externalData: folder }), external);
});

test("external data is refused without a folder, outside it, through a link out of it, or when it is too short", async () => {
  const inner = await mkdtemp(join(folder, "inner-"));
  const path = join(inner, "model.onnx");
  const { data } = await writeOnnxWithExternalData(external, path);
  const bytes = await readFile(path);
  const refused = (options: { externalData?: string }) =>
    assert.throws(
      () => readOnnx(bytes, options),
      (error) => errorCode(error) === "ONNX_EXTERNAL",
    );
  refused({});
  refused({ externalData: folder });
  await rename(join(inner, data), join(folder, "moved.data"));
  await symlink(join(folder, "moved.data"), join(inner, data));
  refused({ externalData: inner });
  await rm(join(inner, data));
  await rename(join(folder, "moved.data"), join(inner, data));
  readOnnx(bytes, { externalData: inner });
  await truncate(join(inner, data), 100);
  refused({ externalData: inner });
});

test("a place of external data that is no plain path, or numbers that do not fit, are refused", async () => {
  await writeFile(join(folder, "eight"), new Uint8Array(8));
  const read = (location: string, { offset = "0", length = "8" } = {}) => {
    const entry = (key: string, value: string) =>
      messageField(13, [textField(1, key), textField(2, value)]);
    const places = [entry("location", location), entry("offset", offset), entry("length", length)];
    const fields = [varintField(1, 2), varintField(2, 1), ...places, varintField(14, 1)];
    return readOnnx(modelWithTensor(fields), { externalData: folder });
  };
  assert.deepEqual(read("eight").graph.initializers.get("w"), float32([0, 0]));
  const refused: readonly (() => unknown)[] = [
    () => read("../eight"),
    () => read("/etc/hostname"),
    () => read("./eight"),
    () => read("..\\eight"),
    () => read("eight\0"),
    () => read(""),
    () => read("."),
    () => read("missing"),
    () => read("eight", { offset: "1" }),
    () => read("eight", { offset: "-8" }),
    () => read("eight", { offset: "1e3" }),
    () => read("eight", { length: "4" }),
  ];
  for (const attempt of refused) {
    assert.throws(attempt, (error) => errorCode(error) === "ONNX_EXTERNAL", String(attempt));
  }
});

test("raw_data wins no bytes it does not have", () => {
  const fields = [varintField(1, 3), varintField(2, 1), bytesField(9, new Uint8Array(8))];
  assert.throws(() => readOnnx(modelWithTensor(fields)), /needs 12 bytes, got 8/);
});
