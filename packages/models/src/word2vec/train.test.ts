import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "@souk/core";
import type { TrainEvent } from "../families/family.ts";
import { nearestWords } from "./nearest.ts";
import type { WordVectorSettings } from "./settings.ts";
import { trainWordVectors } from "./train.ts";

const animals = ["cat", "dog", "cow", "hen", "pig"];
const colours = ["red", "green", "blue", "white", "black"];

/** Sentences of six words, each from one of two groups that never meet. */
function toyTexts(count = 600): string[] {
  const rng = createRng(1);
  return Array.from({ length: count }, (_, i) =>
    Array.from({ length: 6 }, () => rng.pick(i % 2 === 0 ? animals : colours)).join(" "),
  );
}

const small: WordVectorSettings = { dim: 12, epochs: 10, minCount: 1, sample: 0, lr: 0.05 };

for (const method of ["skip-gram", "cbow"] as const)
  test(`${method} parts two groups of words that never meet`, async () => {
    const lr = method === "cbow" ? 0.15 : 0.05;
    const vectors = await trainWordVectors(toyTexts(), { ...small, method, lr }, { seed: 1 });
    assert.equal(vectors.words.length, 10);
    for (const group of [animals, colours])
      for (const word of group) {
        const nearest = nearestWords(vectors, word, 4).map((found) => found.word);
        assert.deepEqual(nearest.toSorted(), group.filter((other) => other !== word).toSorted());
      }
  });

test("the same seed gives the same bytes, by SIMD or plain JavaScript; another seed does not", async () => {
  const train = async (seed: number, engine: "wasm" | "plain") => {
    const { vectors } = await trainWordVectors(toyTexts(60), { ...small, engine }, { seed });
    return vectors;
  };
  const first = await train(4, "wasm");
  assert.deepEqual(await train(4, "wasm"), first);
  assert.deepEqual(await train(4, "plain"), first);
  assert.notDeepEqual(await train(5, "wasm"), first);
});

test("the loss falls and progress ends at the number of words times epochs", async () => {
  const events: TrainEvent[] = [];
  const onEvent = (event: TrainEvent): void => void events.push(event);
  await trainWordVectors(toyTexts(), { ...small, epochs: 3 }, { seed: 1, onEvent });
  const losses = events.flatMap((event) =>
    event.kind === "metrics" ? [event.values["train.loss"]] : [],
  );
  assert.equal(losses.length, 3);
  assert.ok(losses[0] > losses[2], String(losses));
  // Five negatives and untrained vectors: six times ln 2, and the first epoch learns already.
  assert.ok(losses[0] < 6 * Math.LN2 + 0.01);
  const progress = events.flatMap((event) => (event.kind === "progress" ? [event] : []));
  assert.deepEqual([progress.at(-1)?.done, progress.at(-1)?.total], [10_800, 10_800]);
});

test("vectors have no padding and counts are those of the texts", async () => {
  const vectors = await trainWordVectors(["a b a", "b a"], { ...small, dim: 3 }, { seed: 1 });
  assert.deepEqual(vectors.words, ["a", "b"]);
  assert.deepEqual([...vectors.counts], [3, 2]);
  assert.equal(vectors.vectors.length, 6);
  assert.ok(vectors.vectors.every((value) => value !== 0));
});

test("a signal ends the training between two turns", async () => {
  const controller = new AbortController();
  const onEvent = (event: TrainEvent): void => {
    if (event.kind === "metrics") controller.abort(new Error("enough"));
  };
  const options = { seed: 1, signal: controller.signal, onEvent };
  await assert.rejects(trainWordVectors(toyTexts(60), small, options), { message: "enough" });
});

test("an unknown setting and one out of range are refused", async () => {
  await assert.rejects(trainWordVectors(["a b"], { window: 0 }, { seed: 1 }), {
    code: "SETTING_INVALID",
  });
  const settings: Record<string, number> = { windows: 3 };
  await assert.rejects(trainWordVectors(["a b"], settings, { seed: 1 }), {
    code: "SETTING_UNKNOWN",
  });
});
