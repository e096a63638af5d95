import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { manualClock } from "@souk/core";
import { openBlobs, openStore } from "@souk/store";
import { openTracking } from "@souk/tracking";
import { openTestShop, poison, promote, review, reviews } from "../test-shop.ts";

test("an alias moves under load without a failed request, and later answers come from the new version", async (t) => {
  const shop = await openTestShop(t);
  const serving = await shop.serve();
  const seen = new Set<number>();
  const over = new AbortController();
  let answered = 0;
  const clients = Array.from({ length: 8 }, async () => {
    while (!over.signal.aborted) {
      const { version } = await serving.predict({ model: "stars", batch: review("great") });
      seen.add(version);
      answered++;
    }
  });
  const versions = [await shop.register(), await shop.register()];
  for (let swap = 0; swap < 6; swap++) {
    const version = versions[swap % 2]!;
    await shop.promote(version);
    await serving.refresh();
    const after = await serving.predict({ model: "stars", batch: review("great") });
    assert.equal(after.version, version);
  }
  over.abort();
  await Promise.all(clients);
  assert.ok(answered > 0);
  assert.deepEqual(
    (await serving.stats({ outcomes: false })).versions.map(({ errors }) => errors),
    (await serving.stats({ outcomes: false })).versions.map(() => ({})),
  );
  assert.ok(
    versions.every((version) => seen.has(version)),
    [...seen].join(),
  );
});

test("a promotion by another process is picked up by polling", async (t) => {
  const shop = await openTestShop(t);
  const serving = await shop.serve({ pollMs: 1 });
  const version = await shop.register();
  const store = await openStore({ path: join(shop.folder, "souk.sqlite") });
  t.after(() => store.close());
  const blobs = await openBlobs({ directory: join(shop.folder, "blobs") });
  await promote(await openTracking({ store, blobs }), version, "champion");
  let answers = 0;
  for (let last = 0; last !== version; answers++) {
    assert.ok(answers < 20_000, "the promotion never arrived");
    last = (await serving.predict({ model: "stars", batch: review("x"), log: false })).version;
  }
});

test("a version that cannot load never replaces a good one, and health says so", async (t) => {
  const shop = await openTestShop(t);
  const serving = await shop.serve();
  const bad = await shop.register(poison);
  await shop.promote(bad);
  await serving.refresh();
  const { version } = await serving.predict({ model: "stars", batch: review("great") });
  assert.equal(version, 1);
  const { ready, reasons } = serving.health();
  assert.equal(ready, true);
  assert.match(reasons.join(), /stars@champion should be version 2.*version 1 keeps answering/);
  const states = serving.models().map(({ version: v, state, aliases }) => [v, state, aliases]);
  assert.deepEqual(states, [
    [1, "AVAILABLE", ["champion"]],
    [2, "END", []],
  ]);
  await assert.rejects(serving.predict({ model: "stars", version: bad, batch: review("x") }), {
    code: "SERVING_LOAD_FAILED",
  });
  await shop.promote(await shop.register());
  await serving.refresh();
  assert.deepEqual(serving.health(), { ready: true, reasons: [] });
});

test("with only a poisoned version serving opens, is ready for others and says what is wrong", async (t) => {
  const shop = await openTestShop(t);
  await shop.promote(await shop.register(poison));
  const serving = await shop.serve();
  assert.match(serving.health().reasons.join(), /nothing answers/);
  await assert.rejects(serving.predict({ model: "stars", batch: review("x") }), {
    code: "SERVING_LOAD_FAILED",
  });
});

test("versions asked for by number load on demand, and the longest unused leaves", async (t) => {
  const shop = await openTestShop(t);
  const clock = manualClock(1_000_000);
  const serving = await shop.serve({ clock, policy: { maxOnDemand: 1 } });
  const states = (): unknown =>
    Object.fromEntries(serving.models().map(({ version, state }) => [version, state]));
  const [second, third] = [await shop.register(), await shop.register()];
  const batch = review("fine");
  await serving.predict({ model: "stars", version: second, batch });
  assert.deepEqual(states(), { 1: "AVAILABLE", 2: "AVAILABLE" });
  clock.advance(1);
  await serving.predict({ model: "stars", version: third, batch });
  await serving.refresh();
  assert.deepEqual(states(), { 1: "AVAILABLE", 2: "END", 3: "AVAILABLE" });
  clock.advance(3_600_000);
  await serving.refresh();
  await serving.refresh();
  assert.deepEqual(states(), { 1: "AVAILABLE", 2: "END", 3: "END" });
  assert.equal((await serving.predict({ model: "stars", version: second, batch })).version, second);
});

test("two aliases may lead to two versions at once", async (t) => {
  const shop = await openTestShop(t);
  const serving = await shop.serve();
  await shop.promote(await shop.register(), "challenger");
  await serving.refresh();
  const ask = async (alias: string): Promise<number> =>
    (await serving.predict({ model: "stars", alias, batch: review("x") })).version;
  assert.deepEqual([await ask("champion"), await ask("challenger")], [1, 2]);
  assert.equal((await serving.card("stars", { alias: "challenger" })).task.name, "stars");
});

test("a version in use is not unloaded, and leaves when its last request is answered", async (t) => {
  const shop = await openTestShop(t);
  const serving = await shop.serve({ workers: 1, policy: { maxOnDemand: 0 } });
  const version = await shop.register();
  const stateOf = (): string | undefined =>
    serving.models().find((served) => served.version === version)?.state;
  const first = await serving.predict({ model: "stars", version, batch: review("x") });
  const requests = Array.from({ length: 10 }, () =>
    serving.predict({ model: "stars", version, batch: reviews(600) }),
  );
  await requests[0];
  await serving.refresh();
  assert.equal(stateOf(), "AVAILABLE");
  const answers = await Promise.all(requests);
  await serving.refresh();
  assert.equal(stateOf(), "END");
  assert.deepEqual(new Set(answers.map((answer) => answer.version)), new Set([first.version]));
});
