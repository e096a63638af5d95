import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { openSouk, type Souk } from "@souk/server";

const request = {
  task: "star-rating",
  family: "ngram",
  seed: 3,
  settings: { epochs: 6 },
  promote: false,
  threads: 1,
};

/** Waits for the first epoch of a training, then kills its process the hard way. */
async function killAfterFirstEpoch(souk: Souk): Promise<string> {
  const job = await souk.jobs.startTraining(request, { by: "test" });
  let runId = "";
  for await (const { kind, data } of souk.jobs.events(job.id)) {
    if (kind === "run" && "runId" in data) runId = String(data.runId);
    if (kind !== "metrics") continue;
    const { pid } = await souk.runs.get(runId);
    process.kill(Number(pid), "SIGKILL");
    break;
  }
  for await (const event of souk.jobs.events(job.id)) void event;
  assert.equal((await souk.jobs.get(job.id)).error?.code, "JOB_CRASHED");
  return runId;
}

async function resultOf(
  souk: Souk,
  extra: object,
): Promise<{ runId: string; metrics: Record<string, number> }> {
  const job = await souk.jobs.startTraining({ ...request, ...extra }, { by: "test" });
  for await (const event of souk.jobs.events(job.id)) void event;
  const { status, result, error } = await souk.jobs.get(job.id);
  assert.equal(status, "finished", error?.message);
  const { runId, report }: { runId: string; report: { metrics: Record<string, number> } } =
    JSON.parse(JSON.stringify(result));
  return { runId, metrics: report.metrics };
}

test("a training killed with SIGKILL is found interrupted and resumes to the result of one never killed", async (t) => {
  const dataDirectory = await mkdtemp(join(tmpdir(), "souk-resume-"));
  const souk = await openSouk({ dataDirectory });
  t.after(async () => {
    await souk.close();
    await rm(dataDirectory, { recursive: true, force: true });
  });
  await souk.operations.demo({ reviews: 4_000, seed: 5 });
  const runId = await killAfterFirstEpoch(souk);
  assert.equal((await souk.runs.get(runId)).status, "interrupted");
  const resumed = await resultOf(souk, { resume: runId });
  assert.equal(resumed.runId, runId);
  assert.equal((await souk.runs.get(runId)).status, "finished");
  const uninterrupted = await resultOf(souk, {});
  assert.deepEqual(resumed.metrics, uninterrupted.metrics);
});
