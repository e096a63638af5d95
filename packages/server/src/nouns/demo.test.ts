import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { openSouk } from "../souk.ts";

test("a demo asked for again finishes what was stopped and doubles nothing; another demo is refused", async (t) => {
  const dataDirectory = await mkdtemp(join(tmpdir(), "souk-demo-"));
  const souk = await openSouk({ dataDirectory, sqlProcesses: 1 });
  t.after(async () => {
    await souk.close();
    await rm(dataDirectory, { recursive: true, force: true });
  });
  const stop = new AbortController();
  const stopped = souk.operations.demo({
    reviews: 600,
    seed: 2,
    signal: stop.signal,
    onProgress: (message) => message.includes("products") && stop.abort(),
  });
  await assert.rejects(stopped, { code: "JOB_CANCELLED" });
  assert.deepEqual(
    (await souk.datasets.list()).map(({ name }) => name),
    ["reviews"],
  );

  await souk.operations.demo();
  const rows = Object.fromEntries(
    (await souk.datasets.list()).map((dataset) => [dataset.name, dataset.rows]),
  );
  assert.deepEqual(Object.keys(rows).toSorted(), ["images", "orders", "posts", "products", "reviews"]);
  assert.equal(rows["reviews"], 600);

  await assert.rejects(souk.operations.demo({ reviews: 601 }), { code: "DEMO_NOT_EMPTY" });
});
