import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { sha256 } from "@souk/core";
import { openLake } from "@souk/lake";
import { openSouk } from "../souk.ts";

test("a demo asked for again finishes what was stopped and doubles nothing; another demo is refused; its photos are data of a training", async (t) => {
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
  assert.deepEqual(Object.keys(rows).toSorted(), [
    "images",
    "orders",
    "posts",
    "products",
    "reviews",
  ]);
  assert.equal(rows["reviews"], 600);

  await assert.rejects(souk.operations.demo({ reviews: 601 }), { code: "DEMO_NOT_EMPTY" });

  const job = await souk.jobs.startTraining(
    { task: "category", family: "linear", threads: 1, promote: false },
    { by: "test" },
  );
  // The events of a job end with it.
  for await (const event of souk.jobs.events(job.id)) assert.ok(event.sequence > 0);
  const [run] = (await souk.runs.list({ experiment: "category" })).items;
  const lake = openLake({ directory: join(dataDirectory, "lake") });
  t.after(() => lake.close());
  const products = await lake.snapshot("products");
  const photos = await lake.snapshot("images");
  const hash = sha256(`${products.hash}\n${photos.hash}`);
  const { version } = products;
  assert.partialDeepStrictEqual(run, {
    status: "finished",
    data: { dataset: "products", version, hash },
  });
});
