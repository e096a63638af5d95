import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { canonicalJson, manualClock, sha256 } from "@souk/core";
import { openTestShop, review, reviews } from "../test-shop.ts";

test("a prediction is stored with version, input, its hash, answer, principal and time", async (t) => {
  const shop = await openTestShop(t);
  const serving = await shop.serve({ clock: manualClock(1_700_000_000_000) });
  const answer = await serving.predict({
    model: "stars",
    batch: review("great", "wow"),
    principal: "ada",
  });
  const { latencyMs, ...stored } = await serving.prediction(answer.ids[0]!);
  const input = { review_headline: "wow", review_body: "great" };
  assert.deepEqual(stored, {
    id: answer.ids[0],
    model: "stars",
    version: 1,
    targetKind: "ordinal",
    inputHash: sha256(canonicalJson(input)),
    input,
    ...answer.predictions[0],
    principal: "ada",
    at: 1_700_000_000_000,
  });
  assert.ok(latencyMs > 0);
});

test("inputs that are long, or not wanted, leave their hash alone", async (t) => {
  const shop = await openTestShop(t);
  const brief = await shop.serve({ log: { maxInputChars: 60 } });
  const { ids } = await brief.predict({ model: "stars", batch: reviews(1) });
  const kept = await shop.serve({ log: { keepInputs: false } });
  const { ids: more } = await kept.predict({ model: "stars", batch: review("x") });
  for (const id of [...ids, ...more]) {
    const stored = await kept.prediction(id);
    assert.deepEqual([stored.input, stored.inputHash.length], [undefined, 64]);
  }
});

test("what was predicted for one input is found among many thousands, newest first, a page at a time", async (t) => {
  const shop = await openTestShop(t);
  const serving = await shop.serve();
  const ids: string[] = [];
  for (let round = 0; round < 3; round++) {
    const same = await serving.predict({ model: "stars", batch: review("the same", "again") });
    ids.unshift(...same.ids);
    // More rows than are indexed beside each other.
    await serving.predict({ model: "stars", batch: reviews(1100) });
  }
  const { inputHash } = await serving.prediction(ids[0]!);
  const first = await serving.predictionsOf({ inputHash, model: "stars", limit: 2 });
  const rest = await serving.predictionsOf({ inputHash, limit: 2, cursor: first.nextCursor });
  assert.deepEqual(
    [first, rest].map(({ items }) => items.map(({ id }) => id)),
    [ids.slice(0, 2), ids.slice(2)],
  );
  assert.equal(rest.nextCursor, undefined);
  const alike = `${inputHash.slice(0, 12)}${"0".repeat(52)}`;
  assert.deepEqual((await serving.predictionsOf({ inputHash: alike })).items, []);
  assert.deepEqual((await serving.predictionsOf({ inputHash, model: "other" })).items, []);
});

test("outcomes may come late and again: the last one counts, all are kept, accuracy follows", async (t) => {
  const shop = await openTestShop(t);
  const serving = await shop.serve({ clock: manualClock(5) });
  const { ids, predictions } = await serving.predict({ model: "stars", batch: reviews(4) });
  const label = (row: number): number => Number(predictions[row]!.label);
  await serving.outcome(ids[0]!, { value: label(0) });
  await serving.outcome(ids[1]!, { value: String(label(1)) });
  await serving.outcome(ids[2]!, { value: label(2) + 2, by: "bob", at: 7 });
  await serving.outcome(ids[3]!, { value: label(3) + 4 });
  const of = async (): Promise<unknown> => (await serving.stats()).versions[0]!.outcomes;
  assert.deepEqual(await of(), {
    model: "stars",
    version: 1,
    joined: 4,
    accuracy: 0.5,
    meanAbsoluteError: 1.5,
  });
  await serving.outcome(ids[2]!, { value: label(2), by: "eve" });
  assert.deepEqual(await of(), {
    model: "stars",
    version: 1,
    joined: 4,
    accuracy: 0.75,
    meanAbsoluteError: 1,
  });
  assert.deepEqual(await serving.outcomes(ids[2]!), [
    { value: label(2) + 2, at: 7, by: "bob" },
    { value: label(2), at: 5, by: "eve" },
  ]);
  const { outcome, outcomeAt, outcomeBy, isCorrect } = await serving.prediction(ids[2]!);
  assert.deepEqual([outcome, outcomeAt, outcomeBy, isCorrect], [label(2), 5, "eve", true]);
});

test("an outcome for an unknown id, or of a strange kind, is refused", async (t) => {
  const shop = await openTestShop(t);
  const serving = await shop.serve();
  const { ids } = await serving.predict({ model: "stars", batch: review("x") });
  await assert.rejects(serving.outcome("pred_nobody", { value: 1 }), {
    code: "SERVING_PREDICTION_UNKNOWN",
  });
  await assert.rejects(serving.prediction("pred_nobody"), { code: "SERVING_PREDICTION_UNKNOWN" });
  await assert.rejects(serving.outcome(ids[0]!, { value: NaN }), { code: "SERVING_OUTCOME" });
  await assert.rejects(serving.outcome(ids[0]!, { value: "" }), { code: "SERVING_OUTCOME" });
  await assert.rejects(serving.outcome(ids[0]!, { value: 1, at: 0.5 }), {
    code: "SERVING_OUTCOME",
  });
});

test("pages newest first cover every prediction once", async (t) => {
  const shop = await openTestShop(t);
  const clock = manualClock(1);
  const serving = await shop.serve({ clock });
  const made: string[] = [];
  for (let i = 0; i < 7; i++) {
    clock.advance(1);
    made.unshift(...(await serving.predict({ model: "stars", batch: review("x") })).ids);
  }
  const listed: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await serving.predictionsOf({
      model: "stars",
      version: 1,
      limit: 3,
      ...(cursor && { cursor }),
    });
    listed.push(...page.items.map((item) => item.id));
    cursor = page.nextCursor;
  } while (cursor);
  assert.deepEqual(listed, made);
  assert.deepEqual(await serving.predictionsOf({ model: "other" }), { items: [] });
  await assert.rejects(serving.predictionsOf({ cursor: "1 OR 1=1" }), { code: "SERVING_CURSOR" });
});

test("retention removes what is older, with its outcomes, and nothing else", async (t) => {
  const shop = await openTestShop(t);
  const clock = manualClock(1000);
  const serving = await shop.serve({ clock });
  const old = await serving.predict({ model: "stars", batch: reviews(1500) });
  await serving.outcome(old.ids[0]!, { value: 1 });
  clock.advance(1000);
  const young = await serving.predict({ model: "stars", batch: reviews(3) });
  assert.equal(await serving.purgePredictions(2000), 1500);
  await assert.rejects(serving.prediction(old.ids[0]!), { code: "SERVING_PREDICTION_UNKNOWN" });
  assert.deepEqual(await serving.outcomes(old.ids[0]!), []);
  assert.equal((await serving.predictionsOf()).items.length, young.ids.length);
});

const child = `
  import { openBlobs, openStore } from "@souk/store";
  import { openTracking } from "@souk/tracking";
  import { openServing } from "@souk/serving";
  const [folder, durability] = process.argv.slice(1);
  const store = await openStore({ path: folder + "/souk.sqlite" });
  const blobs = await openBlobs({ directory: folder + "/blobs" });
  const { registry } = await openTracking({ store, blobs });
  const serving = await openServing({ registry, blobs, store, workers: 2, log: { durability } });
  const batch = { length: 1, columns: { review_headline: ["a"], review_body: ["great"] } };
  for (let i = 0; i < 16; i++) void (async () => {
    for (;;) console.log((await serving.predict({ model: "stars", batch })).ids[0]);
  })();
`;

for (const durability of ["sync", "group"]) {
  test(`kill -9 loses no answered prediction (${durability})`, async (t) => {
    const shop = await openTestShop(t);
    const packageFolder = join(import.meta.dirname, "../..");
    const server = spawn(
      process.execPath,
      ["--input-type=module", "-e", child, shop.folder, durability],
      { cwd: packageFolder, stdio: ["ignore", "pipe", "inherit"] },
    );
    const answered: string[] = [];
    for await (const line of createInterface({ input: server.stdout })) {
      if (line.length === 31) answered.push(line);
      if (answered.length === 200) server.kill("SIGKILL");
    }
    assert.ok(answered.length >= 200, `${answered.length} answers`);
    const rows = await shop.store.all<{ id: string }>("SELECT id FROM serving_predictions");
    const stored = new Set(rows.map((row) => row.id));
    assert.deepEqual(
      answered.filter((id) => !stored.has(id)),
      [],
    );
  });
}
