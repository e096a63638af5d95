import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createRng } from "@souk/core";
import { dense, float32, type Network, tableDataset } from "@souk/tensor";
import { loadModel } from "../../artefact/folder.ts";
import { encodeTensors } from "../../artefact/tensors.ts";
import type { ColumnBatch } from "../../rows/batch.ts";
import type { Task } from "../../task/task.ts";
import { trainTask } from "../../train.ts";
import { biLstm } from "../bi-lstm/bi-lstm.ts";
import type {
  Examples,
  Family,
  FamilyContext,
  FamilyData,
  Predictor,
  SavedPredictor,
  TrainEvent,
} from "../family.ts";
import { resolveSettings, type SettingValue } from "../settings.ts";
import { textCnn } from "../text-cnn/text-cnn.ts";
import { transformer } from "../transformer/transformer.ts";
import { fitNetwork } from "./fit-network.ts";

const task: Task = {
  name: "order",
  dataset: "made-up",
  inputs: [{ column: "text", kind: "text" }],
  target: { column: "label", kind: "class" },
  split: { kind: "random", validation: 0.2, test: 0.1 },
  metric: "accuracy",
  baseline: "majority",
};
const small = { width: 16, batchSize: 32, lr: 0.01, dropout: 0 };
const smallOf = new Map<Family, Record<string, SettingValue>>([
  [textCnn, { ...small, filters: 16, hidden: 16 }],
  [biLstm, { ...small, features: 16 }],
  [transformer, { ...small, heads: 2, hidden: 32, layers: 1, lr: 0.005 }],
]);

/** Texts with "not" and "good" among other words; the label says whether "not" comes right before. */
function madeUp(rows: number, { longest = 12 } = {}): FamilyData {
  const rng = createRng("order");
  const draw = (count: number): Examples => {
    const texts: string[] = [];
    const targets = new Float64Array(count);
    for (let row = 0; row < count; row++) {
      targets[row] = row % 2;
      const filler = Array.from({ length: rng.integer(longest) }, () => rng.pick(["a", "b", "c"]));
      const pair = row % 2 === 1 ? ["not", "good"] : ["good", "not"];
      filler.splice(rng.integer(filler.length + 1), 0, ...pair);
      texts.push(filler.join(" "));
    }
    return { batch: { length: count, columns: { text: texts } }, targets };
  };
  return { task, labels: ["good", "not good"], train: draw(rows), validation: draw(rows / 4) };
}

function learn(
  family: Family,
  data: FamilyData,
  { epochs = 12, ...more }: Partial<FamilyContext> & { epochs?: number } = {},
): Promise<Predictor> {
  const settings = resolveSettings(family.settings, { ...smallOf.get(family), epochs });
  return family.train(data, { settings, seed: 3, threads: 1, onEvent: () => undefined, ...more });
}

async function scoresOf(
  predictor: Predictor,
  texts: readonly string[],
  outputs = 2,
): Promise<Float64Array> {
  const scores = new Float64Array(texts.length * outputs);
  await predictor.scoreInto({ length: texts.length, columns: { text: texts } }, scores);
  return scores;
}

function bytesOf(predictor: Predictor): Uint8Array {
  const { tensors, parameters } = predictor.save();
  return encodeTensors(tensors, parameters);
}

for (const family of smallOf.keys()) {
  test(`${family.name} learns what only the order of words says`, async () => {
    const predictor = await learn(family, madeUp(400));
    const texts = ["a not good b c", "a good not b c", "not good", "good not"];
    const scores = await scoresOf(predictor, texts);
    const said = texts.map((_, row) => Number(scores[2 * row + 1] > scores[2 * row]));
    assert.deepEqual(said, [1, 0, 1, 0]);
    await predictor.close?.();
  });

  test(`${family.name} scores rows of many lengths alone as it scores them together`, async () => {
    const predictor = await learn(family, madeUp(100, { longest: 60 }), { epochs: 1 });
    const texts = [1, 3, 14, 15, 16, 40, 130, 300, 5000].map((words) =>
      Array.from({ length: words }, (_, i) => ["a", "good", "zzz"][i % 3]).join(" "),
    );
    const together = await scoresOf(predictor, texts);
    for (const [row, text] of texts.entries())
      assert.deepEqual(await scoresOf(predictor, [text]), together.slice(2 * row, 2 * row + 2));
    await predictor.close?.();
  });
}

test("a cancelled training goes on from its checkpoint to the same bytes", async () => {
  const data = madeUp(200);
  const whole = bytesOf(await learn(textCnn, data));
  const stop = new AbortController();
  const reason = new Error("enough");
  let last: SavedPredictor | undefined;
  const checkpoints = {
    save: (state: SavedPredictor) => Promise.resolve(void (last = structuredClone(state))),
    load: () => Promise.resolve(last),
  };
  const onEvent = (event: TrainEvent): void => {
    if (event.kind === "metrics" && event.epoch === 3) stop.abort(reason);
  };
  const cancelled = learn(textCnn, data, { checkpoints, onEvent, signal: stop.signal });
  await assert.rejects(cancelled, (error) => error === reason);
  assert.ok(last !== undefined, "a checkpoint was kept");
  const epochs: number[] = [];
  const resumed = await learn(textCnn, data, {
    checkpoints,
    onEvent: (event) => event.kind === "metrics" && epochs.push(event.epoch),
  });
  assert.deepEqual(bytesOf(resumed), whole);
  assert.ok(epochs[0] >= 3, `went on at epoch ${epochs[0]}`);
});

test("a checkpoint that cannot be kept ends the training with its error", async () => {
  const full = new Error("no space left");
  const checkpoints = { save: () => Promise.reject(full), load: () => Promise.resolve(undefined) };
  let epochs = 0;
  const onEvent = ({ kind }: TrainEvent): void => void (epochs += Number(kind === "metrics"));
  const training = learn(textCnn, madeUp(400), { checkpoints, onEvent });
  await assert.rejects(training, (error) => error === full);
  assert.ok(epochs < 4, `ended after ${epochs} epochs`);
});

test("a checkpoint of something else is refused", async () => {
  const other = { parameters: {}, tensors: {} };
  const checkpoints = { save: () => Promise.resolve(), load: () => Promise.resolve(other) };
  await assert.rejects(learn(textCnn, madeUp(100), { checkpoints }), {
    code: "CHECKPOINT_INVALID",
  });
});

test("events tell progress up to the end and the metrics of each epoch", async () => {
  const events: TrainEvent[] = [];
  const onEvent = (event: TrainEvent): void => void events.push(event);
  await learn(textCnn, madeUp(200), { epochs: 2, onEvent });
  const progress = events.filter(({ kind }) => kind === "progress");
  const metrics = events.flatMap((event) => (event.kind === "metrics" ? [event] : []));
  assert.deepEqual(
    progress.map((event) => event.kind === "progress" && event.done),
    [32, 64, 96, 128, 160, 192, 200, 232, 264, 296, 328, 360, 392, 400],
  );
  assert.deepEqual(
    metrics.map(({ step, epoch, values }) => [step, epoch, Object.keys(values).toSorted()]),
    [1, 2].map((epoch) => [
      200 * epoch,
      epoch,
      ["train.loss", "validation.accuracy", "validation.loss"],
    ]),
  );
});

test("a target beyond the finite numbers of float32 ends as TRAIN_DIVERGED", async () => {
  const network: Network = {
    inputs: { x: { type: "float32", shape: ["batch", 1] } },
    build: (scope, { x }) => ({ logits: dense(scope, x, { features: 1 }) }),
  };
  const column = float32([1, 2, 3, Infinity], [4, 1]);
  const rows = tableDataset({ x: column, target: column }, { batchSize: 2 });
  const problem = { network, train: rows, validation: undefined, scale: 1 };
  const settings = resolveSettings(textCnn.settings);
  const context = { settings, seed: 1, threads: 1, onEvent: () => undefined };
  const data = { ...madeUp(4), labels: undefined };
  await assert.rejects(fitNetwork(problem, { data, context }), { code: "TRAIN_DIVERGED" });
});

test("numbers whose spread overflows are refused", async () => {
  const data = madeUp(100);
  const targets = data.train.targets.map((_, row) => (row === 0 ? 1e300 : 0));
  const numbers = { ...data, labels: undefined, train: { ...data.train, targets } };
  await assert.rejects(learn(textCnn, numbers), { code: "TRAIN_DIVERGED" });
});

test("a task without a text is refused", async () => {
  const data = madeUp(100);
  const inputs = [{ column: "price", kind: "number" }] as const;
  await assert.rejects(learn(textCnn, { ...data, task: { ...task, inputs } }), {
    code: "FAMILY_INPUTS",
    message: /expected a task with a text input, got price \(number\)/,
  });
});

test("embeddings are the features before the last layer, one row each", async () => {
  const predictor = await learn(textCnn, madeUp(100), { epochs: 1 });
  const batch = { length: 3, columns: { text: ["not good", "a b", "not good"] } };
  const { rows, dim } = (await predictor.embed?.(batch)) ?? { rows: new Float32Array(), dim: 0 };
  assert.equal(dim, 16);
  assert.equal(rows.length, 48);
  assert.deepEqual(rows.slice(0, 16), rows.slice(32));
  await predictor.close?.();
});

test("a network that is not one, or of other outputs, is refused before it runs", async () => {
  const saved = (await learn(textCnn, madeUp(100), { epochs: 1 })).save();
  const refused = { code: "MODEL_WEIGHTS" };
  const data = Uint8Array.from(saved.tensors["network"].data, Number).subarray(0, 500);
  const tensors = { ...saved.tensors, network: { shape: [data.length], data } };
  assert.throws(() => textCnn.restore({ ...saved, tensors }, task, ["a", "b"]), refused);
  assert.throws(() => textCnn.restore(saved, task, ["a", "b", "c"]), refused);
  const parameters = { ...saved.parameters, text: { tokenizer: 2, columns: [1], maxTokens: 9 } };
  assert.throws(() => textCnn.restore({ ...saved, parameters }, task, ["a", "b"]), refused);
});

test("an artefact folder holds all that a network needs to answer, until it is closed", async (t) => {
  const directory = await mkdtemp(join(tmpdir(), "souk-text-"));
  t.after(() => rm(directory, { recursive: true }));
  const { batch, targets } = madeUp(400).train;
  const label = Array.from(targets, (target) => (target === 1 ? "bad" : "good"));
  async function* rows(): AsyncGenerator<ColumnBatch> {
    yield { length: batch.length, columns: { ...batch.columns, label } };
  }
  await trainTask(task, rows(), {
    family: "text-cnn",
    settings: { ...smallOf.get(textCnn), epochs: 12 },
    threads: 1,
    directory,
    data: { dataset: "made-up", version: 1, hash: "order" },
  });
  const model = await loadModel(directory);
  const asked = { length: 2, columns: { text: ["a b not good", "good not a b"] } };
  const answers = await model.predict(asked);
  assert.deepEqual(
    answers.map((answer) => answer.label),
    ["bad", "good"],
  );
  model.close();
  await assert.rejects(model.predict(asked), { code: "MODEL_CLOSED" });
});
