import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { sha256 } from "@souk/core";
import { type ColumnBatch, loadModel, type Task, trainTask } from "../index.ts";
import { decodeTensors, encodeTensors } from "./tensors.ts";

let folder = "";
let model = "";
const task: Task = {
  name: "mood",
  dataset: "d",
  inputs: [{ column: "text", kind: "text" }],
  target: { column: "mood", kind: "class" },
  split: { kind: "random", validation: 0.2, test: 0.2 },
  metric: "accuracy",
  baseline: "majority",
};

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "souk-artefact-"));
  model = join(folder, "model");
  const text = Array.from({ length: 200 }, (_, i) => `${i % 2 === 0 ? "good" : "bad"} thing ${i}`);
  const mood = text.map((_, i) => (i % 2 === 0 ? "glad" : "sad"));
  async function* rows(): AsyncGenerator<ColumnBatch> {
    yield { length: 200, columns: { text, mood } };
  }
  const data = { dataset: "d", version: 1, hash: "h" };
  await trainTask(task, rows(), { family: "ngram", threads: 1, directory: model, data });
});
after(() => rm(folder, { recursive: true, force: true }));

/** A copy of the model, changed. */
async function changed(
  name: string,
  change: (directory: string) => Promise<void>,
): Promise<string> {
  const directory = join(folder, name);
  await cp(model, directory, { recursive: true });
  await change(directory);
  return directory;
}

async function changeCard(
  directory: string,
  change: (card: Record<string, unknown>) => void,
): Promise<void> {
  const path = join(directory, "card.json");
  const card: Record<string, unknown> = Object.fromEntries(
    Object.entries(JSON.parse(await readFile(path, "utf8"))),
  );
  change(card);
  await writeFile(path, JSON.stringify(card));
}

async function changeWeights(directory: string, bytes: Uint8Array): Promise<void> {
  await writeFile(join(directory, "weights.bin"), bytes);
  await changeCard(directory, (card) => {
    card["weights"] = { sizeBytes: bytes.length, sha256: sha256(bytes) };
  });
}

const hostile: readonly [string, string, (directory: string) => Promise<void>][] = [
  ["a card that is no JSON", "MODEL_CARD", (d) => writeFile(join(d, "card.json"), "{")],
  [
    "a card of 2 MiB",
    "MODEL_TOO_LARGE",
    (d) => writeFile(join(d, "card.json"), " ".repeat(2 << 20)),
  ],
  ["another format", "MODEL_FORMAT", (d) => changeCard(d, (card) => (card["format"] = 2))],
  [
    "an unknown family",
    "FAMILY_UNKNOWN",
    (d) => changeCard(d, (card) => (card["family"] = "../x")),
  ],
  ["a broken task", "TASK_INVALID", (d) => changeCard(d, (card) => (card["task"] = {}))],
  [
    "labels that repeat",
    "MODEL_CARD",
    (d) => changeCard(d, (card) => (card["labels"] = ["a", "a"])),
  ],
  [
    "one label too many",
    "MODEL_WEIGHTS",
    (d) => changeCard(d, (card) => (card["labels"] = ["a", "b", "c"])),
  ],
  ["a temperature of 0", "MODEL_CARD", (d) => changeCard(d, (card) => (card["temperature"] = 0))],
  [
    "a task with bounds and a card without",
    "MODEL_CARD",
    (d) =>
      changeCard(d, (card) => {
        card["labels"] = undefined;
        card["task"] = {
          ...task,
          target: { column: "mood", kind: "number" },
          metric: "mae",
          baseline: "mean",
          interval: 0.9,
        };
      }),
  ],
  ["no weights", "MODEL_NOT_FOUND", (d) => rm(join(d, "weights.bin"))],
  ["cut weights", "MODEL_CHECKSUM", (d) => truncate(join(d, "weights.bin"), 100)],
  ["weights of 4 bytes", "MODEL_WEIGHTS", (d) => changeWeights(d, Buffer.from("abcd"))],
  [
    "a header longer than the file",
    "MODEL_WEIGHTS",
    (d) => changeWeights(d, Buffer.alloc(64, 0x7f)),
  ],
  ["no tensors", "MODEL_WEIGHTS", (d) => changeWeights(d, encodeTensors({}, {}))],
];
for (const [what, code, change] of hostile)
  test(`${what} is refused as ${code}`, async () => {
    const directory = await changed(what.replaceAll(" ", "-"), change);
    await assert.rejects(loadModel(directory), { code });
  });

test("a tokenizer this version does not have is refused", async () => {
  const { tensors, metadata } = decodeTensors(await readFile(join(model, "weights.bin")));
  const text = JSON.stringify(metadata).replace('"tokenizer":2', '"tokenizer":99');
  const directory = await changed("tokenizer", (d) =>
    changeWeights(d, encodeTensors(tensors, JSON.parse(text))),
  );
  await assert.rejects(loadModel(directory), { code: "MODEL_TOKENIZER" });
});

test("feature keys that repeat are refused", async () => {
  const { tensors, metadata } = decodeTensors(await readFile(join(model, "weights.bin")));
  const keys = new Uint32Array(tensors["keys"].data.length);
  const twice = { ...tensors, keys: { shape: [keys.length], data: keys } };
  const directory = await changed("keys", (d) => changeWeights(d, encodeTensors(twice, metadata)));
  await assert.rejects(loadModel(directory), { code: "MODEL_VOCABULARY" });
});

test("tensors come back as they were written, whatever their type and order", () => {
  const tensors = {
    bytes: { shape: [3], data: Uint8Array.of(1, 2, 3) },
    half: { shape: [1, 2], data: Float16Array.of(0.5, -2) },
    wide: { shape: [2], data: Float64Array.of(Math.PI, -0) },
    keys: { shape: [1], data: Uint32Array.of(4294967295) },
  };
  assert.deepEqual(decodeTensors(encodeTensors(tensors, { a: [1] })), {
    tensors,
    metadata: { a: [1] },
  });
});

test("offsets outside the file are refused", () => {
  const header = Buffer.from(
    '{"a":{"dtype":"F32","shape":[1000000000],"data_offsets":[0,4000000000]}}',
  );
  const file = Buffer.alloc(8 + header.length);
  file.writeBigUInt64LE(BigInt(header.length));
  header.copy(file, 8);
  assert.throws(() => decodeTensors(file), { code: "MODEL_WEIGHTS" });
});

test("a batch without any input of the model is refused", async () => {
  const loaded = await loadModel(model);
  await assert.rejects(loaded.predict({ length: 1, columns: { body: ["x"] } }), {
    code: "PREDICT_INPUT",
  });
});
