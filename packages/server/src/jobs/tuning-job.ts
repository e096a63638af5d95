/**
 * Child process: one study. It reads the snapshot once, leaves the test rows out, and runs trials as children of its own:
 *
 *   snapshot ─► rows without the test part ─► trial 0 (defaults) ─► trials, in parallel ─► table, importances, page
 *                                                    └── journal ──┘
 *
 * A kill at any point leaves a journal to go on from; a trial that ended is never run again.
 */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { serialize } from "node:v8";
import { systemClock, writeFileAtomic } from "@souk/core";
import { openLake } from "@souk/lake";
import {
  createGridSampler,
  createHalvingSampler,
  createRandomSampler,
  createTpeSampler,
  runStudy,
  type Sampler,
  startWith,
  studyTable,
  type StudyResult,
  trialRows,
} from "@souk/models";
import { openBlobs, openStore } from "@souk/store";
import { openTracking, type Tracking } from "@souk/tracking";
import { pageOf } from "../nouns/studies.ts";
import { serveParent } from "./child-side.ts";
import { liveRun } from "./run-life.ts";
import {
  journalPath,
  readStudyRecord,
  readTrials,
  type StudyRecord,
  studyFolder,
  writeStudyRecord,
} from "./study-folder.ts";
import { createStudyRun, followStudy, resumeStudyRun, type StudyRuns } from "./study-runs.ts";
import { openTaskRows } from "./task-rows.ts";
import { createTrialProcesses } from "./trial-processes.ts";
import type { TuningRequest } from "./tuning-plan.ts";

/** Values of each range in a grid. */
const GRID_POINTS = 3;
/** Share of the training rows that the lowest of three rungs of successive halving learns from. */
const LEAST_SHARE = 1 / 9;

interface Tools {
  readonly signal: AbortSignal;
  readonly emit: (event: unknown) => void;
}

async function tune(request: TuningRequest, tools: Tools): Promise<object> {
  const { dataDirectory } = request;
  const store = await openStore({ path: join(dataDirectory, "souk.sqlite") });
  const blobs = await openBlobs({ directory: join(dataDirectory, "blobs") });
  const lake = openLake({ directory: join(dataDirectory, "lake") });
  try {
    const tracking = await openTracking({ store, blobs });
    const study = await openStudy(request, { tracking, lake });
    tools.emit({ kind: "run", runId: study.id });
    return await liveRun(tracking, { runId: study.id, signal: tools.signal }, () =>
      runTracked({ request, study, tracking, lake, tools }),
    );
  } finally {
    await lake.close();
    await store.close();
  }
}

async function openStudy(
  { dataDirectory, study, version, command, git }: TuningRequest,
  { tracking, lake }: { tracking: Tracking; lake: ReturnType<typeof openLake> },
): Promise<StudyRecord> {
  if ("id" in study) {
    await resumeStudyRun(tracking, study.id);
    await writeStudyRecord(dataDirectory, study);
    return study;
  }
  const { data } = await openTaskRows(lake, study.task, { version });
  const begun = { ...study, data, createdAt: systemClock.now() };
  const { id } = await createStudyRun(tracking, begun, { command, git });
  await writeStudyRecord(dataDirectory, { ...begun, id });
  // As it will be read when the study is gone on with, so that the journal is that of the same study.
  return readStudyRecord(dataDirectory, id);
}

interface Work {
  readonly request: TuningRequest;
  readonly study: StudyRecord;
  readonly tracking: Tracking;
  readonly lake: ReturnType<typeof openLake>;
  readonly tools: Tools;
}

async function runTracked(work: Work): Promise<object> {
  const { request, study, tracking, tools } = work;
  const { dataDirectory } = request;
  const folder = join(dataDirectory, "tmp", study.id);
  await mkdir(folder, { recursive: true });
  try {
    tools.emit({ kind: "phase", phase: "read" });
    const rows = join(folder, "rows.bin");
    await writeRows(work, rows);
    const ended = await readTrials(dataDirectory, study.id);
    const runs = await followStudy(tracking, study, {
      ended,
      warn: (message) => tools.emit({ kind: "log", level: "warn", message }),
    });
    tools.emit({ kind: "phase", phase: "tune" });
    tools.emit({ kind: "study", study: study.id, trials: study.trials, ended: ended.length });
    const result = await search(work, { rows, runs });
    await runs.settle();
    await keep(work, result);
    await tracking.runs.finish(study.id, "finished");
    return { runId: study.id, study: study.id, best: result.best, first: result.trials[0] };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The test rows end here: what is written has none. */
async function writeRows({ study, lake, tools }: Work, path: string): Promise<void> {
  const { task, data } = study;
  const source = await openTaskRows(lake, task, data);
  const rows = await trialRows(task, source.rows(), { signal: tools.signal });
  await writeFile(path, serialize(rows), { mode: 0o600 });
}

async function search(
  { request, study, tools }: Work,
  { rows, runs }: { rows: string; runs: StudyRuns },
): Promise<StudyResult> {
  const { dataDirectory, parallel, threads, memoryBytes, pretrained } = request;
  const threadsPerTrial = Math.max(1, Math.floor(threads / parallel));
  const processes = createTrialProcesses({ threads, threadsPerTrial, memoryBytes });
  const shared = {
    rows,
    task: study.task,
    family: study.family,
    seed: study.seed,
    threads: threadsPerTrial,
    images: join(dataDirectory, "images"),
    pretrained,
    cacheDirectory: join(dataDirectory, "cache", "features"),
  };
  return runStudy({
    space: study.space,
    sampler: samplerOf(study),
    direction: study.direction,
    trials: study.trials,
    parallel,
    capacity: processes.capacity,
    need: () => processes.need(),
    warmStart: study.warm,
    journal: journalPath(dataDirectory, study.id),
    signal: tools.signal,
    ...(study.prune && { prune: { afterStep: 1 } }),
    async evaluate(tried, context) {
      const settings = { ...study.settings, ...tried };
      const outcome = await processes.run({ ...shared, settings, share: context.budget }, context);
      runs.outcome(context.trial, outcome);
      return outcome.value;
    },
    onEvent(event) {
      runs.follow(event);
      tools.emit(event.kind === "report" ? event : { ...event, kind: `trial ${event.kind}` });
    },
  });
}

/** The study's sampler with the default settings before all others. */
function samplerOf({ sampler, space, seed, first, configurations }: StudyRecord): Sampler {
  if (sampler === "grid")
    return startWith(createGridSampler(space, { points: GRID_POINTS }), { settings: first });
  if (sampler === "random")
    return startWith(createRandomSampler(space, { seed }), { settings: first });
  if (sampler === "tpe") return startWith(createTpeSampler(space, { seed }), { settings: first });
  const rungs = { configurations, minBudget: LEAST_SHARE, maxBudget: 1, seed };
  return startWith(createHalvingSampler(space, rungs), { settings: first, budget: 1 });
}

/** Leaves table, page and journal with the study's run, for backups and for people. */
async function keep({ request, study, tracking }: Work, result: StudyResult): Promise<void> {
  const folder = studyFolder(request.dataDirectory, study.id);
  await writeFileAtomic(join(folder, "trials.txt"), studyTable(result));
  await writeFileAtomic(join(folder, "study.html"), pageOf(study, result.trials));
  await tracking.runs.logArtifacts(study.id, folder, "study");
}

if (import.meta.main) {
  // The parent is this project's own process: the request is what `TuningRequest` says.
  serveParent((request, tools) => tune(request as TuningRequest, tools));
}
