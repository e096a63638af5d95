import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Job } from "../training-values.ts";
import { fillReviews } from "../jobs/invented-reviews.fixture.ts";
import { bearer, checkAnswer, openShop, type OpenedShop } from "./opened-shop.fixture.ts";

let shop: OpenedShop;
before(async () => {
  shop = await openShop();
  await fillReviews(shop.souk);
});
after(() => shop.close());

async function resume(id: string, role: "analyst" | "viewer" = "analyst") {
  const headers = bearer(shop.tokens[role]);
  const url = `/api/v1/runs/${id}/resume`;
  const response = await shop.app.inject({ method: "POST", url, headers });
  checkAnswer("resumeTraining", response);
  return response;
}

/** Begins a training and stops it at its first point. */
async function stopped(): Promise<Job> {
  const request = { task: "star-rating", family: "linear", settings: { epochs: 50 }, threads: 1 };
  const { jobs } = shop.souk;
  const { id } = await jobs.startTraining(request, { by: "test" });
  for await (const { kind } of jobs.events(id))
    if (kind === "metrics") await jobs.cancel(id, { by: "test" }).catch(() => undefined);
  return jobs.get(id);
}

test("a stopped training goes on as a job of its own, in the same run, on the rows it began with", async () => {
  const before = await stopped();
  assert.equal(before.status, "cancelled");
  const run = before.runId ?? "";
  await fillReviews(shop.souk);
  const response = await resume(run);
  assert.equal(response.statusCode, 202, response.body);
  const { id, runId }: Job = response.json();
  assert.notEqual(id, before.id);
  assert.equal(runId, run);
  assert.equal((await resume(run)).json().code, "TRACKING_RUN_STATE");
  for await (const event of shop.souk.jobs.events(id)) void event;
  const job = await shop.souk.jobs.get(id);
  assert.equal(job.status, "finished", job.error?.message);
  const { status, data, family, params } = await shop.souk.runs.get(run);
  assert.deepEqual([status, data?.version, family], ["finished", 0, "linear"]);
  assert.equal(params?.["epochs"], "50");
  assert.equal((await resume(run)).json().code, "TRACKING_RUN_STATE");
});

test("what no training began cannot go on, and a viewer may not ask", async () => {
  const known = (await shop.souk.runs.list()).items[0]?.id ?? "";
  assert.equal((await resume(known, "viewer")).statusCode, 403);
  assert.equal((await resume("run_nothing")).statusCode, 404);
  const request = { task: "star-rating", families: ["baseline"], train: true, threads: 1 };
  const { id } = await shop.souk.jobs.startLeaderboard(request, { by: "test" });
  for await (const event of shop.souk.jobs.events(id)) void event;
  const { items } = await shop.souk.runs.list();
  const response = await resume(items.find(({ family }) => family === "baseline")?.id ?? "");
  assert.deepEqual([response.statusCode, response.json().code], [409, "RUN_NOT_A_TRAINING"]);
});
