import assert from "node:assert/strict";
import { test } from "node:test";
import { manualClock, systemClock } from "@souk/core";
import { openTestShop, review } from "../test-shop.ts";
import type { Correction } from "./correction.ts";
import { openCorrections } from "./corrections.ts";

test("a correction is the prediction's outcome, and the latest one counts", async (t) => {
  const shop = await openTestShop(t);
  const serving = await shop.serve();
  const { ids } = await serving.predict({ model: "stars", batch: review("it is okay") });
  const first = await serving.correct(ids[0]!, { label: 1, by: "ada" });
  const second = await serving.correct(ids[0]!, { label: "5" });
  const { items } = await serving.corrections({ model: "stars" });
  assert.deepEqual(
    items.map(({ id, label, predictionId }) => ({ id, label, predictionId })),
    [{ id: second.id, label: 5, predictionId: ids[0] }],
  );
  const { items: all } = await serving.corrections({ history: true });
  assert.equal(all.find(({ id }) => id === first.id)?.replacedBy, second.id);
  assert.equal((await serving.prediction(ids[0]!)).outcome, 5);
  assert.deepEqual(
    (await serving.outcomes(ids[0]!)).map(({ value }) => value),
    [1, 5],
  );
});

test("a correction keeps the inputs, for a training in another process", async (t) => {
  const shop = await openTestShop(t);
  const serving = await shop.serve();
  const { ids } = await serving.predict({ model: "stars", batch: review("it is okay", "so so") });
  await serving.correct(ids[0]!, { label: 3 });
  const corrections = await openCorrections(shop.store, { clock: systemClock });
  const found: Correction[] = [];
  for await (const one of corrections.active("stars")) found.push(one);
  assert.deepEqual(
    found.map(({ input, label }) => ({ input, label })),
    [{ input: { review_headline: "so so", review_body: "it is okay" }, label: 3 }],
  );
  for await (const one of corrections.active("others")) assert.fail(one.id);
});

test("a training that goes on sees the corrections of the moment it began", async (t) => {
  const clock = manualClock(1000);
  const shop = await openTestShop(t);
  const serving = await shop.serve({ clock });
  const said = async (text: string, label: number): Promise<void> => {
    await serving.correctRow({ model: "stars", batch: review(text), label });
    clock.advance(1000);
  };
  await said("first", 1);
  await said("first", 5);
  await said("second", 3);
  const corrections = await openCorrections(shop.store, { clock });
  const labelsAt = async (until: number): Promise<unknown[]> => {
    const labels: unknown[] = [];
    for await (const { label } of corrections.active("stars", { until })) labels.push(label);
    return labels;
  };
  assert.deepEqual(
    [await labelsAt(999), await labelsAt(1000), await labelsAt(2500), await labelsAt(3000)],
    [[], [1], [5], [5, 3]],
  );
});

test("a row without a prediction is corrected by its inputs, once", async (t) => {
  const shop = await openTestShop(t);
  const serving = await shop.serve();
  const batch = review("never seen");
  for (const label of [1, 3, 5]) await serving.correctRow({ model: "stars", batch, label });
  assert.equal(await serving.correctionCount({ model: "stars" }), 1);
  const [only] = (await serving.corrections({ model: "stars" })).items;
  assert.deepEqual([only?.label, only?.predictionId], [5, undefined]);
});

test("corrections are counted from a moment, and paged newest first", async (t) => {
  const clock = manualClock(1000);
  const shop = await openTestShop(t);
  const serving = await shop.serve({ clock });
  for (let i = 0; i < 5; i++) {
    await serving.correctRow({ model: "stars", batch: review(`text ${i}`), label: 1 });
    clock.advance(10);
  }
  assert.equal(await serving.correctionCount({ model: "stars", since: 1020 }), 2);
  const first = await serving.corrections({ limit: 3 });
  const rest = await serving.corrections({ limit: 3, cursor: first.nextCursor! });
  assert.deepEqual(
    [...first.items, ...rest.items].map(({ at }) => at),
    [1040, 1030, 1020, 1010, 1000],
  );
  assert.equal(rest.nextCursor, undefined);
});

test("a label the model does not know, an unknown prediction and inputs that were not kept are refused", async (t) => {
  const shop = await openTestShop(t);
  const serving = await shop.serve({ log: { keepInputs: false } });
  const { ids } = await serving.predict({ model: "stars", batch: review("fine") });
  await assert.rejects(serving.correct(ids[0]!, { label: 9 }), {
    code: "SERVING_CORRECTION_LABEL",
    message: /1, 3, 5/,
  });
  await assert.rejects(serving.correct(ids[0]!, { label: 5 }), {
    code: "SERVING_CORRECTION_INPUT",
  });
  await assert.rejects(serving.correct("pred_none", { label: 5 }), {
    code: "SERVING_PREDICTION_UNKNOWN",
  });
  assert.deepEqual((await serving.outcomes(ids[0]!)).length, 0);
});
