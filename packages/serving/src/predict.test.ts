import assert from "node:assert/strict";
import { test } from "node:test";
import { loadModel } from "@souk/models";
import { openTestShop, review, reviews, trainedModel } from "./test-shop.ts";

test("answers of batches equal the model's own answers row by row, in order", async (t) => {
  const shop = await openTestShop(t);
  const serving = await shop.serve({ batching: { maxRows: 7 } });
  const batch = reviews(40);
  const { predictions } = await serving.predict({ model: "stars", batch });
  const model = await loadModel(await trainedModel());
  t.after(() => model.close());
  for (let row = 0; row < batch.length; row++) {
    const [own] = await model.predict(
      review(String(batch.columns.review_body![row]), String(batch.columns.review_headline![row])),
    );
    const served = predictions[row]!;
    assert.equal(served.label, own!.label);
    assert.deepEqual(
      served.probabilities,
      Array.from(own!.probabilities!, (p) => Math.round(p * 1e6) / 1e6),
    );
  }
});

test("concurrent requests that share batches get the answers they get alone", async (t) => {
  const shop = await openTestShop(t);
  const serving = await shop.serve();
  const bodies = Array.from({ length: 60 }, (_, i) => String(reviews(60).columns.review_body![i]));
  const alone: unknown[] = [];
  for (const body of bodies) {
    alone.push((await serving.predict({ model: "stars", batch: review(body) })).predictions);
  }
  const together = await Promise.all(
    bodies.map((body) => serving.predict({ model: "stars", batch: review(body) })),
  );
  assert.deepEqual(
    together.map((answer) => answer.predictions),
    alone,
  );
  const { batches, rows } = (await serving.stats()).versions[0]!;
  assert.equal(rows, 120);
  assert.ok(batches.count < 120, `expected shared batches, got ${batches.count} for 120 requests`);
});

test("every row has an id of its own, and none when it is not logged", async (t) => {
  const shop = await openTestShop(t);
  const serving = await shop.serve();
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => serving.predict({ model: "stars", batch: reviews(10) })),
  );
  assert.equal(new Set(answers.flatMap((answer) => answer.ids)).size, 200);
  const silent = await serving.predict({ model: "stars", batch: reviews(2), log: false });
  assert.deepEqual([silent.ids.length, silent.predictions.length], [0, 2]);
});

test("topK gives the likeliest classes, best first", async (t) => {
  const shop = await openTestShop(t);
  const serving = await shop.serve();
  const [prediction] = (
    await serving.predict({ model: "stars", batch: review("great, I love it"), topK: 2 })
  ).predictions;
  assert.equal(prediction!.top!.length, 2);
  assert.equal(prediction!.top![0]!.label, prediction!.label);
  assert.equal(prediction!.top![0]!.probability, Math.max(...prediction!.probabilities!));
});

test("rows that do not fit the model are refused by name", async (t) => {
  const shop = await openTestShop(t);
  const serving = await shop.serve();
  const predict = (
    columns: Record<string, (string | number | null)[]>,
    length = 1,
  ): Promise<unknown> => serving.predict({ model: "stars", batch: { length, columns } });
  const refused = { code: "SERVING_INPUT" };
  await assert.rejects(predict({ review_headline: ["x"], review_body: [5] }), refused);
  await assert.rejects(predict({ review_headline: ["x", "y"], review_body: ["z"] }), refused);
  await assert.rejects(predict({}, 0), refused);
  await assert.rejects(
    predict({ review_headline: ["x"], review_body: ["x".repeat(1_000_001)] }),
    refused,
  );
});

test("an unknown model, alias or version is named in the error", async (t) => {
  const shop = await openTestShop(t);
  const serving = await shop.serve();
  const batch = review("fine");
  await assert.rejects(serving.predict({ model: "colours", batch }), {
    code: "SERVING_MODEL_UNKNOWN",
    message: /colours/,
  });
  await assert.rejects(serving.predict({ model: "stars", alias: "canary", batch }), {
    code: "SERVING_MODEL_UNKNOWN",
    message: /canary/,
  });
  await assert.rejects(serving.predict({ model: "stars", version: 99, batch }));
});

test("close answers what is under way, stores it and refuses the rest", async (t) => {
  const shop = await openTestShop(t);
  const serving = await shop.serve({ workers: 1 });
  const underWay = Array.from({ length: 50 }, () =>
    serving.predict({ model: "stars", batch: reviews(20) }),
  );
  const closed = serving.close();
  await assert.rejects(serving.predict({ model: "stars", batch: review("late") }), {
    code: "SERVING_CLOSED",
  });
  await closed;
  const ids = (await Promise.all(underWay)).flatMap((answer) => answer.ids);
  const stored = await shop.store.get<{ n: number }>(
    "SELECT COUNT(*) AS n FROM serving_predictions",
  );
  assert.deepEqual([ids.length, stored?.n], [1000, 1000]);
});
