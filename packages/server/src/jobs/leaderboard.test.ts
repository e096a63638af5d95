import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { openLake } from "@souk/lake";
import { builtInTasks, evaluateModel, loadModel, readTestRows, taskColumns } from "@souk/models";
import { openBlobs } from "@souk/store";
import { openSouk } from "../souk.ts";
import type { Souk } from "../souk-interface.ts";
import { fillReviews } from "./invented-reviews.fixture.ts";
import type { Job, LeaderboardRequest, TaskLeaderboard } from "../training-values.ts";

let dataDirectory = "";
let souk: Souk;
before(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), "souk-board-"));
  souk = await openSouk({ dataDirectory, sqlProcesses: 1 });
  await fillReviews(souk);
});
after(async () => {
  await souk.close();
  await rm(dataDirectory, { recursive: true, force: true });
});

const task = "star-rating";

async function compute(extra: Partial<LeaderboardRequest> = {}): Promise<Job> {
  const job = await souk.jobs.startLeaderboard({ task, threads: 1, ...extra }, { by: "test" });
  for await (const event of souk.jobs.events(job.id)) void event;
  return souk.jobs.get(job.id);
}

async function board(extra: Partial<LeaderboardRequest> = {}): Promise<TaskLeaderboard> {
  const { status, error } = await compute(extra);
  assert.equal(status, "finished", error?.message);
  return souk.leaderboards.get(task);
}

test("without a training there is no leaderboard, and the error says what to do", async () => {
  await assert.rejects(souk.leaderboards.get(task), { code: "LEADERBOARD_UNKNOWN" });
  const { status, error } = await compute();
  assert.equal(status, "failed");
  assert.equal(error?.code, "LEADERBOARD_EMPTY");
  assert.match(error?.message ?? "", /train families/);
});

test("families that have no model are trained and registered, none is promoted", async () => {
  const { rows, missing, verdict } = await board({ families: ["baseline", "linear"], train: true });
  assert.deepEqual(rows.map(({ family }) => family).toSorted(), ["baseline", "linear"]);
  assert.deepEqual(missing, []);
  assert.ok(verdict.length > 0);
  const { versions, aliases } = await souk.models.get(task);
  assert.equal(versions.length, 2);
  assert.deepEqual(aliases, {});
});

test("every value is what evaluateModel gives on the test rows, and latencies were measured", async () => {
  const { rows, testRowsHash, testRows } = await board();
  const lake = openLake({ directory: join(dataDirectory, "lake") });
  const definition = builtInTasks[task]!;
  const batch = await readTestRows(
    definition,
    lake.read("reviews", { columns: taskColumns(definition) }),
  );
  await lake.close();
  assert.equal(batch.length, testRows);
  const blobs = await openBlobs({ directory: join(dataDirectory, "blobs") });
  for (const { runId, value, metrics, latencyMs, batchLatencyMs, seconds, sizeBytes } of rows) {
    const model = await loadModel(await blobs.localDirectory(`runs/${runId}/artifacts/model`));
    const report = await evaluateModel(model, definition, batch);
    assert.equal(value, report.metrics["accuracy"]);
    assert.deepEqual(metrics, report.metrics);
    assert.equal(testRowsHash, report.testRowsHash);
    assert.equal(sizeBytes, model.sizeBytes);
    assert.ok(latencyMs > 0 && batchLatencyMs > 0 && seconds > 0);
    model.close();
  }
});

test("families without a model of this data have no place, with the reason; what was computed stays", async () => {
  const { missing } = await board();
  assert.ok(missing.some(({ family, reason }) => family === "ngram" && /no finished/.test(reason)));
  await souk.datasets.ingest("reviews", {
    kind: "stream",
    stream: (async function* () {
      yield Buffer.from(
        "marketplace\tcustomer_id\treview_id\tproduct_id\tproduct_parent\tproduct_title\tproduct_category\tstar_rating\thelpful_votes\ttotal_votes\tvine\tverified_purchase\treview_headline\treview_body\treview_date\nUS\tc1\tRnew\tp1\t1\tThing\tBooks\t5\t0\t0\tN\tY\tgood\tvery good\t2015-01-01\n",
      );
    })(),
    fileName: "one.tsv",
  });
  const { error } = await compute();
  assert.equal(error?.code, "LEADERBOARD_EMPTY");
  assert.equal((await souk.leaderboards.get(task)).rows.length, 2);
  const { data } = await board({ version: 0 });
  assert.equal(data.version, 0);
});

test("unknown tasks and families are refused before anything runs", async () => {
  const by = { by: "test" };
  await assert.rejects(souk.jobs.startLeaderboard({ task: "nothing" }, by), {
    code: "TASK_UNKNOWN",
  });
  const families = ["nothing"];
  await assert.rejects(souk.jobs.startLeaderboard({ task, families }, by), {
    code: "FAMILY_UNKNOWN",
  });
});
