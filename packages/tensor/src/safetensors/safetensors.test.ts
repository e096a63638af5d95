import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { errorCode } from "@souk/core";
import { float32, int32, int64, type Tensor, tensor } from "../onnx/tensor.ts";
import { openSafetensors, readSafetensors } from "./read.ts";
import { toFloat32 } from "./to-float32.ts";
import { writeSafetensors } from "./write.ts";

const folder = await mkdtemp(join(tmpdir(), "souk-safetensors-"));
after(() => rm(folder, { recursive: true }));

/** A file with this header and `dataBytes` zeros. */
function file(header: string, dataBytes = 0): Uint8Array {
  const json = Buffer.from(header);
  const bytes = new Uint8Array(8 + json.byteLength + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.byteLength), true);
  bytes.set(json, 8);
  return bytes;
}

const every = new Map<string, Tensor>([
  ["f32", float32([0.5, -1, 2, 3, 4, 5], [2, 3])],
  ["f64", tensor("float64", Float64Array.of(Math.PI), [])],
  ["f16", tensor("float16", Uint16Array.of(0x3e00, 0xc000), [2])],
  ["bf16", tensor("bfloat16", Uint16Array.of(0x3fc0, 0xc000), [2])],
  ["i64", int64([2 ** 40, -1])],
  ["i32", int32([7])],
  ["i16", tensor("int16", Int16Array.of(-300), [1])],
  ["i8", tensor("int8", Int8Array.of(-3, 4, 5), [3])],
  ["u8", tensor("uint8", Uint8Array.of(255), [1])],
  ["u16", tensor("uint16", Uint16Array.of(65_535), [1])],
  ["u32", tensor("uint32", Uint32Array.of(2 ** 32 - 1), [1])],
  ["u64", tensor("uint64", BigUint64Array.of(2n ** 64n - 1n), [1])],
  ["bool", tensor("bool", Uint8Array.of(1, 0, 1), [3, 1])],
  ['é"\\ \n', float32([], [0, 4])],
  ["__proto__", float32(1)],
]);

test("what is written is read back the same, at once and tensor by tensor", async () => {
  const bytes = writeSafetensors(every, { format: "pt" });
  const { tensors, metadata } = readSafetensors(bytes);
  assert.deepEqual(metadata, { format: "pt" });
  assert.deepEqual(tensors, every);
  const path = join(folder, "every.safetensors");
  await writeFile(path, bytes);
  const opened = await openSafetensors(path);
  assert.deepEqual([...opened.entries.keys()], [...tensors.keys()]);
  for (const [name, content] of every) assert.deepEqual(await opened.read(name), content);
  await assert.rejects(opened.read("other"), (error) => errorCode(error) === "SAFETENSORS_NAME");
  await opened.close();
});

test("a file of one tensor has the bytes of the format", () => {
  const bytes = writeSafetensors(new Map([["w", float32([1])]]));
  const header = '{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
  const padded = header + " ".repeat(56 - header.length);
  const want = [
    Buffer.from([56, 0, 0, 0, 0, 0, 0, 0]),
    Buffer.from(padded),
    Buffer.from([0, 0, 0x80, 0x3f]),
  ];
  assert.deepEqual(Buffer.from(bytes), Buffer.concat(want));
});

test("larger element types come first, then names by their bytes, so that all data is aligned", () => {
  const tensors = new Map([
    ["b", float32([1])],
    ["mask", tensor("bool", Uint8Array.of(1), [1])],
    ["ids", int64([1])],
    ["a", float32([1])],
    ["B", float32([1])],
  ]);
  const read = readSafetensors(writeSafetensors(tensors)).tensors;
  assert.deepEqual([...read.keys()], ["ids", "B", "a", "b", "mask"]);
});

test("half precision becomes float32 exactly", () => {
  // 1.5, -2, the largest and the smallest subnormal float16.
  const half = tensor("float16", Uint16Array.of(0x3e00, 0xc000, 0x7bff, 1), [2, 2]);
  assert.deepEqual(toFloat32(half), float32([1.5, -2, 65_504, 2 ** -24], [2, 2]));
  // 1.5, -2, the largest bfloat16, infinity.
  const brain = tensor("bfloat16", Uint16Array.of(0x3fc0, 0xc000, 0x7f7f, 0x7f80), [4]);
  assert.deepEqual(toFloat32(brain), float32([1.5, -2, 255 * 2 ** 120, Infinity]));
  assert.throws(
    () => toFloat32(int32([1])),
    (error) => errorCode(error) === "TENSOR_TYPE",
  );
});

const f32 = (start: number, end: number, more = "") =>
  `{"dtype":"F32","shape":[${(end - start) / 4}],"data_offsets":[${start},${end}]${more}}`;
const malformed: readonly (readonly [string, Uint8Array])[] = [
  ["fewer than eight bytes", new Uint8Array(7)],
  ["a header longer than the file", Uint8Array.of(200, 0, 0, 0, 0, 0, 0, 0, 123, 125)],
  ["a header of 2^64 bytes", new Uint8Array(16).fill(255)],
  ["no header", file("")],
  ["a header that is a list", file("[]")],
  ["a header that starts with a space", file(" {}")],
  ["a header that is not UTF-8", Buffer.concat([file(""), Buffer.from([0xff])]).fill(1, 0, 1)],
  ["JSON that does not end", file('{"a":')],
  ["a text that does not end", file('{"a\\"')],
  ["a key that comes twice", file(`{"a":${f32(0, 4)},"a":${f32(4, 8)}}`, 8)],
  ["a key that comes twice, once escaped", file(`{"a":${f32(0, 4)},"\\u0061":${f32(4, 8)}}`, 8)],
  ["an offset that comes twice", file(`{"a":${f32(0, 4, ',"shape":[1]')}}`, 4)],
  ["brackets nested deep", file(`{"a":${"[".repeat(50_000)}`)],
  ["tensors that overlap", file(`{"a":${f32(0, 8)},"b":${f32(4, 12)}}`, 12)],
  ["a hole between tensors", file(`{"a":${f32(0, 4)},"b":${f32(8, 12)}}`, 12)],
  ["data after the last tensor", file(`{"a":${f32(0, 4)}}`, 5)],
  ["data that is missing", file(`{"a":${f32(0, 8)}}`, 4)],
  [
    "a shape that needs other bytes",
    file('{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}', 8),
  ],
  [
    "a shape beyond all numbers",
    file('{"a":{"dtype":"F32","shape":[9e15,9e15],"data_offsets":[0,8]}}', 8),
  ],
  ["a negative length", file('{"a":{"dtype":"F32","shape":[-1,-2],"data_offsets":[0,8]}}', 8)],
  [
    "offsets the wrong way round",
    file('{"a":{"dtype":"F32","shape":[0],"data_offsets":[4,0]}}', 4),
  ],
  ["a length with a fraction", file('{"a":{"dtype":"F32","shape":[0.5],"data_offsets":[0,2]}}', 2)],
  ["a tensor that is a number", file('{"a":3}')],
  ["a tensor without type", file('{"a":{"shape":[0],"data_offsets":[0,0]}}')],
  ["metadata that is no text", file('{"__metadata__":{"a":1}}')],
  ["metadata that is a list", file('{"__metadata__":[]}')],
];

for (const [what, bytes] of malformed) {
  test(`${what} is malformed`, () => {
    assert.throws(
      () => readSafetensors(bytes),
      (error) => errorCode(error) === "SAFETENSORS_MALFORMED",
    );
  });
}

test("an empty file of no tensors is a file", () => {
  assert.deepEqual(readSafetensors(file("{}")), { tensors: new Map(), metadata: {} });
});

test("types we do not hold and sizes above the limits are named", async () => {
  const eight = file('{"a":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}}', 1);
  assert.throws(
    () => readSafetensors(eight),
    (error) => errorCode(error) === "SAFETENSORS_UNSUPPORTED",
  );
  const bytes = writeSafetensors(every);
  for (const name of ["headerBytes", "tensors", "rank", "dataBytes"]) {
    const read = () => readSafetensors(bytes, { limits: { [name]: 0 } });
    assert.throws(read, (error) => errorCode(error) === "SAFETENSORS_LIMIT", name);
  }
  const missing = openSafetensors(join(folder, "missing"));
  await assert.rejects(missing, (error) => errorCode(error) === "SAFETENSORS_FILE");
});

test("no tensor can have the name of the metadata", () => {
  const write = () => writeSafetensors(new Map([["__metadata__", float32([1])]]));
  assert.throws(write, (error) => errorCode(error) === "SAFETENSORS_NAME");
});

const python = join(import.meta.dirname, "../../../../.souk-peers/torch/bin/python");

test("the reference library reads our file, and writes the same bytes", async (t) => {
  if (!existsSync(python)) return t.skip("no Python to compare with: run scripts/peers/torch.sh");
  // NumPy has no bfloat16.
  const named = new Map([...every].filter(([, { type }]) => type !== "bfloat16"));
  const bytes = writeSafetensors(named, { format: "pt" });
  await writeFile(join(folder, "ours"), bytes);
  const program = `import sys
try: from safetensors.numpy import load_file, save_file
except ImportError: sys.exit(3)
save_file(load_file(sys.argv[1]), sys.argv[1] + ".again", {"format": "pt"})`;
  try {
    execFileSync(python, ["-c", program, join(folder, "ours")], { stdio: "pipe" });
  } catch (error) {
    if (error instanceof Error && "status" in error && error.status === 3)
      return t.skip("no safetensors in that Python");
    throw error;
  }
  return assert.deepEqual(await readFile(join(folder, "ours.again")), Buffer.from(bytes));
});
