import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { openSouk } from "../souk.ts";
import type { Souk } from "../souk-interface.ts";
import { fillReviews } from "./invented-reviews.fixture.ts";
import type { Job, JobEvent, StudyDetail, TuneRequest } from "../training-values.ts";

let dataDirectory = "";
let souk: Souk;
before(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), "souk-studies-"));
  souk = await openSouk({ dataDirectory, sqlProcesses: 1 });
  await fillReviews(souk);
});
after(async () => {
  await souk.close();
  await rm(dataDirectory, { recursive: true, force: true });
});

const request: TuneRequest = {
  task: "star-rating",
  family: "linear",
  settings: { epochs: 2 },
  space: { lr: { min: 0.02, max: 0.5, scale: "log" }, minCount: { min: 1, max: 4 } },
  sampler: "random",
  trials: 3,
  threads: 1,
  parallel: 1,
};

async function run(
  extra: Partial<TuneRequest>,
  onEvent: (event: JobEvent, job: Job) => void = () => {},
): Promise<Job> {
  const job = await souk.jobs.startTuning({ ...request, ...extra }, { by: "test" });
  for await (const event of souk.jobs.events(job.id)) onEvent(event, await souk.jobs.get(job.id));
  return souk.jobs.get(job.id);
}

async function finished(extra: Partial<TuneRequest> = {}): Promise<StudyDetail> {
  const job = await run(extra);
  assert.equal(job.status, "finished", job.error?.message);
  return souk.studies.get(job.runId ?? "");
}

/** What the journal says of each trial: how often it ended. */
async function endsOf(study: string): Promise<Record<string, number>> {
  const text = await readFile(join(dataDirectory, "studies", study, "journal.jsonl"), "utf8");
  const ends: Record<string, number> = {};
  for (const line of text.trim().split("\n").slice(1)) {
    const { kind, trial }: { kind: string; trial: number } = JSON.parse(line);
    if (kind === "end") ends[trial] = (ends[trial] ?? 0) + 1;
  }
  return ends;
}

const valuesOf = (study: StudyDetail): unknown[] =>
  study.trials.map(({ trial, settings, value }) => [trial, settings, value]);

test("a study killed with SIGKILL goes on, runs no trial twice and ends like one never killed", async () => {
  const killed = await run({}, ({ kind, data }, { runId = "" }) => {
    if (kind !== "trial ended") return;
    const { trial } = data as { trial: { trial: number } };
    if (trial.trial !== 0) return;
    void souk.runs.get(runId).then(({ pid }) => process.kill(Number(pid), "SIGKILL"));
  });
  const id = killed.runId ?? "";
  assert.equal(killed.error?.code, "JOB_CRASHED");
  const interrupted = await souk.studies.get(id);
  assert.equal(interrupted.status, "interrupted");
  assert.ok(interrupted.counts.done >= 1 && interrupted.counts.done < 3);
  const before = valuesOf(interrupted);
  const resumed = await finished({ resume: id });
  assert.equal(resumed.id, id);
  assert.equal(resumed.status, "finished");
  assert.deepEqual(valuesOf(resumed).slice(0, before.length), before);
  assert.deepEqual(await endsOf(id), { 0: 1, 1: 1, 2: 1 });
  assert.deepEqual(valuesOf(resumed), valuesOf(await finished()));
  const runs = (await souk.runs.list({ filter: `tags.study = '${id}'` })).items;
  const trials = runs
    .filter((one) => one.status === "finished")
    .map((one) => Number(one.tags?.["trial"]));
  assert.deepEqual(
    trials.toSorted((a, b) => a - b),
    [0, 1, 2],
  );
  assert.ok(runs.every((one) => (one as { parentId?: string }).parentId === id));
  const more = await finished({ resume: id, trials: 4 });
  assert.deepEqual(valuesOf(more).slice(0, 3), valuesOf(resumed));
  assert.equal(more.counts.done, 4);
});

test("trial 0 has the default settings and runs alone; later ones run together, never more than asked", async () => {
  let running = 0;
  let most = 0;
  const study = await run({ parallel: 2, threads: 2, trials: 3 }, ({ kind, data }) => {
    if (kind === "trial started") most = Math.max(most, ++running);
    if (kind === "trial ended") {
      running--;
      if ((data as { trial: { trial: number } }).trial.trial === 0) assert.equal(most, 1);
    }
  });
  assert.equal(study.status, "finished", study.error?.message);
  assert.equal(most, 2);
  const { first, best, improvement = 0, counts } = await souk.studies.get(study.runId ?? "");
  assert.deepEqual(first?.settings, { lr: 0.1, minCount: 2 });
  assert.equal(counts.done, 3);
  assert.equal(improvement, (best?.value ?? 0) - (first?.value ?? 0));
  assert.ok(improvement >= 0);
});

test(
  "a trial above the memory of the study is killed and says so",
  { skip: process.platform !== "linux" },
  async () => {
    const job = await run({ memoryMiB: 16, trials: 1 });
    assert.equal(job.error?.code, "TUNE_ALL_FAILED");
    const study = await souk.studies.get(job.runId ?? "");
    assert.deepEqual(
      study.trials.map(({ state, error }) => [state, error?.code]),
      [["failed", "TUNE_MEMORY"]],
    );
    assert.equal(study.status, "failed");
  },
);

test("grid and halving start with the defaults, and only the whole budget can be best", async () => {
  const grid = await finished({
    sampler: "grid",
    space: { minCount: { options: [1, 2] } },
    trials: 9,
  });
  assert.deepEqual(
    grid.trials.map(({ settings }) => settings["minCount"]),
    [2, 1],
  );
  const halving = await finished({ sampler: "halving", trials: 3 });
  assert.deepEqual(halving.first?.settings, { lr: 0.1, minCount: 2 });
  assert.equal(halving.best?.budget, 1);
  assert.ok(halving.trials.some(({ budget = 1 }) => budget < 1));
});

test("a warm start takes over the trials of a study of the same task and family alone", async () => {
  const earlier = (await souk.studies.list({ task: "star-rating" }))[0];
  assert.ok(earlier);
  const warm = await finished({ warmStart: earlier.id, sampler: "tpe", trials: 1 });
  assert.equal(warm.counts.done, 1);
  const other = { warmStart: earlier.id, family: "ngram", space: undefined };
  await assert.rejects(run(other), { code: "STUDY_OTHER" });
});

test("what cannot be searched is refused before anything runs", async () => {
  const count = (await souk.jobs.list()).length;
  const refused: [Partial<TuneRequest>, string][] = [
    [{ task: "nothing" }, "TASK_UNKNOWN"],
    [{ family: "nothing" }, "FAMILY_UNKNOWN"],
    [{ family: "baseline", space: undefined, settings: {} }, "TUNE_SPACE"],
    [{ space: { nothing: {} } }, "TUNE_SPACE"],
    [{ settings: { nothing: 1 } }, "SETTING_UNKNOWN"],
    [{ space: { lr: { min: -1 } } }, "SETTING_INVALID"],
    [{ trials: 0 }, "TUNE_TRIALS"],
    [{ parallel: 3, threads: 2 }, "TUNE_CAPACITY"],
    [{ resume: "../../etc" }, "STUDY_UNKNOWN"],
    [{ resume: "run_nothing" }, "STUDY_UNKNOWN"],
  ];
  for (const [extra, code] of refused) await assert.rejects(run(extra), { code });
  assert.equal((await souk.jobs.list()).length, count);
});
