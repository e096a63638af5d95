import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { createClient } from "@souk/api";
import { createRng } from "@souk/core";
import { startServer } from "../http/server.ts";
import { openSouk } from "../souk.ts";
import type { Job, JobEvent } from "../training-values.ts";

const password = "correct horse battery";

/** A running shop that declares a forecast of its own in souk.json and holds 120 days of two shelves. */
async function opened(t: TestContext) {
  const dataDirectory = await mkdtemp(join(tmpdir(), "souk-forecasts-"));
  const own = {
    name: "shelves",
    dataset: "sold",
    date: "day",
    value: "pieces",
    series: "shelf",
    horizons: [1, 3],
  };
  await writeFile(join(dataDirectory, "souk.json"), JSON.stringify({ forecasts: [own] }));
  const souk = await openSouk({ dataDirectory, sqlProcesses: 1 });
  const server = await startServer({ souk, port: 0, logger: false });
  t.after(async () => {
    await server.close();
    await souk.close();
    await rm(dataDirectory, { recursive: true, force: true });
  });
  const { url: baseUrl, setupToken = "" } = server;
  const body = { setupToken, username: "ada", password };
  const { access_token: token } = await createClient({ baseUrl }).setup({ body });
  const client = createClient({ baseUrl, token });
  await client.ingestDataset({
    params: { name: "sold" },
    query: { format: "csv", fileName: "sold.csv" },
    body: soldCsv(),
    contentType: "text/csv",
  });
  return { souk, client, baseUrl, token };
}

function rhythm(t: number): number {
  return [0, 9, 3, 14, 6, 20, 11][t % 7] ?? 0;
}

function soldCsv(): string {
  const rng = createRng("shelves");
  const lines = ["day,shelf,pieces"];
  for (let t = 0; t < 120; t++)
    for (const shelf of ["tea", "mate"]) {
      const day = new Date(Date.UTC(2024, 0, 1 + t)).toISOString().slice(0, 10);
      const pieces = (shelf === "tea" ? 50 : 20) + rhythm(t) + rng.next();
      lines.push(`${day},${shelf},${pieces.toFixed(3)}`);
    }
  return `${lines.join("\n")}\n`;
}

async function trained(client: ReturnType<typeof createClient>, family: string): Promise<Job> {
  const { id } = await client.startTraining({ body: { task: "shelves", family } });
  const ends: readonly string[] = ["finished", "failed", "cancelled"];
  let last: JobEvent | undefined;
  for await (const event of client.jobEvents({ params: { id } })) last = event;
  const job = await client.getJob({ params: { id } });
  assert.ok(ends.includes(job.status) && last !== undefined);
  assert.equal(job.status, "finished", job.error?.message);
  return job;
}

test("a declared forecast is trained, tracked, gated, registered, served and drawn through the API", async (t) => {
  const { souk, client, baseUrl, token } = await opened(t);
  const { items } = await client.listForecasts();
  assert.ok(
    items.some(({ name }) => name === "shelves") && items.some(({ name }) => name === "forecast"),
  );
  const params = { name: "shelves" };
  await assert.rejects(client.readForecast({ params }), { code: "FORECAST_UNKNOWN" });

  // Naive is the benchmark itself: it may serve while nothing better does.
  const naive = await trained(client, "naive");
  const weekly = await trained(client, "seasonal-naive");
  const model = await client.getModel({ params: { name: "shelves" } });
  assert.equal(model.aliases["champion"], 2);
  const run = await client.getRun({ params: { id: weekly.runId ?? "" } });
  assert.equal(run.status, "finished");
  assert.ok((run.metrics?.["test_lossRatio"] ?? 1) < 0.5);
  const report = JSON.stringify(await client.runReport({ params: { id: weekly.runId ?? "" } }));
  assert.match(report, /seasonal-naive beats naive in 4 of 4 comparisons/);
  assert.match(report, /"incumbent":\{"family":"naive"/);

  const forecast = await client.readForecast({ params, query: { horizon: 2, series: "tea" } });
  assert.deepEqual(
    [forecast.version, forecast.family, forecast.series.length],
    [2, "seasonal-naive", 1],
  );
  const [tea] = forecast.series;
  assert.deepEqual(tea?.dates, ["2024-04-30", "2024-05-01"]);
  // Day 120 is t % 7 = 1.
  assert.ok(Math.abs((tea?.mean[0] ?? 0) - 59.5) < 1);
  const first = await client.readForecast({ params, query: { version: 1 } });
  assert.equal(first.family, "naive");
  assert.equal(naive.status, "finished");

  const drawing = await fetch(`${baseUrl}/api/v1/forecasts/shelves/chart.svg?series=mate`, {
    headers: { authorization: `Bearer ${token}` },
  });
  assert.equal(drawing.headers.get("content-type"), "image/svg+xml");
  assert.match(await drawing.text(), /shelves of mate/);

  // What reads rows does not try to load it.
  assert.deepEqual(souk.serving.models(), []);
  assert.deepEqual((await souk.sql.run("select 1 as one")).rows.length, 1);
});

test("what is not there, too far or worse is refused with its own code", async (t) => {
  const { souk, client } = await opened(t);
  await trained(client, "seasonal-naive");
  const worse = await trained(client, "mean");
  assert.equal((await souk.models.get("shelves")).aliases["champion"], 1);
  assert.ok(worse.runId);
  const by = { by: "ada", reason: "a try" };
  await assert.rejects(souk.models.promote("shelves", 2, by), { code: "TRACKING_GATE_FAILED" });
  const params = { name: "shelves" };
  for (const [query, code] of [
    [{ horizon: 4 }, "FORECAST_HORIZON"],
    [{ series: "coffee" }, "FORECAST_SERIES_UNKNOWN"],
    [{ version: 9 }, "TRACKING_VERSION_UNKNOWN"],
  ] as const)
    await assert.rejects(client.readForecast({ params, query }), { code });
  await assert.rejects(client.startTraining({ body: { task: "shelves", family: "ngram" } }), {
    code: "FAMILY_UNKNOWN",
  });
});
