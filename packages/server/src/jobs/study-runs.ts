import { errorMessage, systemClock } from "@souk/core";
import type { StartedTrial, StudyEvent, Trial } from "@souk/models";
import type { GitState, Run, Tracking } from "@souk/tracking";
import type { StudyRecord } from "./study-folder.ts";
import type { TrialOutcome } from "./trial-job.ts";

/** The tracked runs of a study: one for the whole, one for each trial as a part of it. */
export interface StudyRuns {
  /** Follows an event of the study, in order; never throws, troubles go to `warn`. */
  follow(event: StudyEvent): void;
  /** Adds what the process of a trial told beyond its value. */
  outcome(trial: number, outcome: TrialOutcome): void;
  /** Resolves when all that was followed is written. */
  settle(): Promise<void>;
}

/** Experiment of a task's studies, apart from its trainings. */
function studyExperiment(task: string): string {
  return `${task}.tuning`;
}

/** Opens the run of a new study. */
export function createStudyRun(
  tracking: Tracking,
  study: Omit<StudyRecord, "id" | "format">,
  { command, git }: { command: string; git?: GitState },
): Promise<Run> {
  const { task, family, settings, sampler, trials, seed, data, by, prune } = study;
  const shared = { ...settings, family, sampler, trials, seed, prune };
  return tracking.runs.create({
    experiment: studyExperiment(task.name),
    name: `${task.name} ${family} study`,
    params: shared,
    tags: { by, kind: "study" },
    task: task.name,
    family,
    data,
    command,
    git,
    pid: process.pid,
  });
}

/** Takes up the run of a study again, also one that had finished: it may be asked for more trials. */
export async function resumeStudyRun(tracking: Tracking, id: string): Promise<void> {
  const { status } = await tracking.runs.get(id);
  if (status === "finished") await tracking.runs.finish(id, "interrupted");
  await tracking.runs.resume(id, process.pid);
}

/**
 * Follows a study with runs of its trials. Trials that `ended` before and whose runs a crash left open are closed first.
 */
export async function followStudy(
  tracking: Tracking,
  study: StudyRecord,
  { ended, warn }: { ended: readonly Trial[]; warn: (message: string) => void },
): Promise<StudyRuns> {
  const runs = await runsOfTrials(tracking, study);
  for (const trial of ended) {
    const run = runs.get(trial.trial);
    if (run === undefined || run.status === "interrupted")
      await closeRun(tracking, study, trial, run?.id);
  }
  const open = new Map<number, string>();
  let written: Promise<unknown> = Promise.resolve();
  const enqueue = (work: () => Promise<unknown>): void => {
    written = written.then(work).catch((thrown: unknown) => warn(errorMessage(thrown)));
  };
  const idOf = (trial: number): string => open.get(trial) ?? study.id;
  return {
    follow(event) {
      if (event.kind === "started")
        enqueue(async () => {
          const before = runs.get(event.trial);
          const run = await createTrialRun(tracking, study, event, before?.id);
          open.set(event.trial, run.id);
        });
      else if (event.kind === "report")
        enqueue(() =>
          logPoints(tracking, idOf(event.trial), {
            values: { [`stopping_${study.task.metric}`]: event.value },
            step: event.step,
          }),
        );
      else {
        const { trial, best } = event;
        enqueue(() => closeRun(tracking, study, trial, open.get(trial.trial)));
        if (best?.value !== undefined)
          enqueue(() =>
            logPoints(tracking, study.id, {
              values: { [`best_validation_${study.task.metric}`]: best.value ?? 0 },
              step: trial.trial,
            }),
          );
      }
    },
    outcome(trial, { metrics, peakBytes, seconds }) {
      const named = Object.entries(metrics).map(([key, value]) => [`validation_${key}`, value]);
      const values = { ...Object.fromEntries(named), seconds, peak_bytes: peakBytes };
      enqueue(() => logPoints(tracking, idOf(trial), { values, step: 0 }));
    },
    settle: () => written.then(() => undefined),
  };
}

/** The newest run of each trial. */
async function runsOfTrials(tracking: Tracking, { id }: StudyRecord): Promise<Map<number, Run>> {
  const runs = new Map<number, Run>();
  let cursor: string | undefined;
  do {
    const page = await tracking.runs.search({
      filter: `tags.study = '${id}'`,
      orderBy: "attributes.start_time ASC",
      limit: 1000,
      ...(cursor !== undefined && { cursor }),
    });
    for (const run of page.items) runs.set(Number(run.tags["trial"]), run);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return runs;
}

function createTrialRun(
  tracking: Tracking,
  { id, task, family, settings, seed, data, by }: StudyRecord,
  { trial, settings: tried, budget }: StartedTrial,
  resumedFrom: string | undefined,
): Promise<Run> {
  return tracking.runs.create({
    experiment: studyExperiment(task.name),
    name: `${task.name} ${family} trial ${trial}`,
    params: { ...settings, ...tried, family, seed, ...(budget !== undefined && { budget }) },
    tags: { by, kind: "trial", study: id, trial: String(trial) },
    task: task.name,
    family,
    data,
    parentId: id,
    pid: process.pid,
    ...(resumedFrom !== undefined && { resumedFrom }),
  });
}

/** Ends the run of a trial as the trial ended; one whose run was never written gets it now. */
async function closeRun(
  tracking: Tracking,
  study: StudyRecord,
  trial: Trial,
  runId: string | undefined,
): Promise<void> {
  const id = runId ?? (await createTrialRun(tracking, study, trial, undefined)).id;
  if (trial.value !== undefined && trial.state === "done")
    await logPoints(tracking, id, {
      values: { [`validation_${study.task.metric}`]: trial.value },
      step: 0,
    });
  await tracking.runs.logBatch(id, { tags: [{ key: "state", value: trial.state }] });
  const status = { done: "finished", pruned: "cancelled", failed: "failed" } as const;
  await tracking.runs.finish(id, status[trial.state], {
    ...(trial.error !== undefined && { error: trial.error.message }),
  });
}

async function logPoints(
  tracking: Tracking,
  id: string,
  { values, step }: { values: Readonly<Record<string, number>>; step: number },
): Promise<void> {
  const timestamp = systemClock.now();
  const metrics = Object.entries(values).map(([key, value]) => ({ key, value, step, timestamp }));
  await tracking.runs.logBatch(id, { metrics });
}
