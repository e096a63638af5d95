/**
 * Child process: one training, from the lake's rows to a registered version.
 *
 *   snapshot ─► run ─► train (checkpoints) ─► artefact ─► version ─► gate ─► alias "champion"
 *
 * A kill at any point leaves the run to be found `interrupted`, and its checkpoints to resume from.
 */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { errorMessage, systemClock } from "@souk/core";
import { openLake } from "@souk/lake";
import {
  type ForecastResult,
  type ForecastTask,
  imageStore,
  recordEvents,
  type Task,
  type TrainEvent,
  trainForecast,
  type TrainResult,
  trainTask,
} from "@souk/models";
import { openBlobs, openStore, type Store } from "@souk/store";
import { type GateResult, type GitState, openTracking, type Tracking } from "@souk/tracking";
import { serveParent } from "./child-side.ts";
import {
  championOf,
  FORECAST_METRIC,
  FORECAST_PREFIX,
  forecastGate,
  type GateSettings,
  gateOf,
  registerVersion,
} from "./registration.ts";
import { correctionsFor, recordCorrections } from "./training-corrections.ts";
import { liveRun } from "./run-life.ts";
import { openTaskRows, type TaskData, type TaskRows } from "./task-rows.ts";

/** What the parent asks for. */
export interface TrainingRequest {
  readonly dataDirectory: string;
  readonly task: Task | ForecastTask;
  readonly family: string;
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  readonly seed: number;
  readonly threads?: number;
  /** Version of the dataset, default the newest. */
  readonly version?: number;
  readonly promote: boolean;
  readonly by: string;
  /** Id of an interrupted run to go on with. */
  readonly resume?: string;
  readonly command: string;
  readonly git?: GitState;
  readonly gate: GateSettings;
  /** Folders of pretrained weights, by name. */
  readonly pretrained: Readonly<Record<string, string>>;
  /** How often each correction stands among the training rows, default 1; 0: not at all. */
  readonly correctionWeight?: number;
}

type Emit = (event: unknown) => void;
type Trained = TrainResult | ForecastResult;

async function train(request: TrainingRequest, signal: AbortSignal, emit: Emit): Promise<object> {
  const store = await openStore({ path: join(request.dataDirectory, "souk.sqlite") });
  const blobs = await openBlobs({ directory: join(request.dataDirectory, "blobs") });
  const lake = openLake({ directory: join(request.dataDirectory, "lake") });
  try {
    const tracking = await openTracking({ store, blobs });
    const { version } = request;
    const source = await openTaskRows(lake, request.task, { version });
    const runId = await openRun(tracking, request, source.data);
    emit({ kind: "run", runId });
    return await liveRun(tracking, { runId, signal }, () =>
      trainRun({ request, store, tracking, source, blobs, runId, signal, emit }),
    );
  } finally {
    await lake.close();
    await store.close();
  }
}

async function openRun(
  tracking: Tracking,
  request: TrainingRequest,
  data: TaskData,
): Promise<string> {
  if (request.resume !== undefined) {
    await tracking.runs.resume(request.resume, process.pid);
    return request.resume;
  }
  const { task, family, settings, seed, command, git, by } = request;
  const run = await tracking.runs.create({
    experiment: task.name,
    name: `${task.name} ${family}`,
    params: Object.fromEntries(
      Object.entries({ ...settings, family, seed }).map(([key, value]) => [key, String(value)]),
    ),
    tags: { by },
    task: task.name,
    family,
    data,
    command,
    git,
    pid: process.pid,
  });
  return run.id;
}

interface TrainingContext {
  readonly request: TrainingRequest;
  readonly store: Store;
  readonly tracking: Tracking;
  readonly source: TaskRows;
  readonly blobs: Awaited<ReturnType<typeof openBlobs>>;
  readonly runId: string;
  readonly signal: AbortSignal;
  readonly emit: Emit;
}

async function trainRun(context: TrainingContext): Promise<object> {
  const { request, tracking, runId } = context;
  const { task } = request;
  const folder = join(request.dataDirectory, "tmp", runId);
  await mkdir(folder, { recursive: true });
  const champion = await championOf(tracking, task.name);
  const result = await trainInto(folder, context, champion?.source);
  const { prefix, metric } =
    "kind" in task
      ? { prefix: FORECAST_PREFIX, metric: FORECAST_METRIC }
      : { prefix: "model", metric: task.metric };
  await tracking.runs.logArtifacts(runId, join(folder, "model"), prefix);
  await tracking.runs.logArtifacts(runId, join(folder, "events"), "events");
  await tracking.runs.logReport(runId, result.report);
  if ("corrections" in result.report) await recordCorrections(context, result.report.corrections);
  await logFinalMetrics(tracking, runId, result);
  const version = await registerVersion(tracking, {
    task,
    runId,
    prefix,
    metric,
    report: result.report,
    by: request.by,
  });
  await tracking.runs.finish(runId, "finished");
  await rm(folder, { recursive: true, force: true });
  const outcome = await promoteIfBetter(context, {
    version,
    report: result.report,
    champion: champion?.version,
  });
  return {
    runId,
    model: task.name,
    modelVersion: version,
    ...outcome,
    report: result.report,
    seconds: result.seconds,
  };
}

/** Trains in `folder`: the artefact is in `model`, the event files (one for each start) in `events`. */
async function trainInto(
  folder: string,
  { request, store, tracking, source, blobs, runId, signal, emit }: TrainingContext,
  incumbent: string | undefined,
): Promise<Trained> {
  const { task, family, settings, seed, threads, pretrained, dataDirectory } = request;
  const rows = source.rows();
  const events = await recordEvents(join(folder, "events"), { clock: systemClock });
  const record = recordInto(tracking, runId, emit);
  try {
    const options = {
      family,
      settings,
      seed,
      threads,
      directory: join(folder, "model"),
      checkpointDirectory: join(folder, "checkpoints"),
      resume: request.resume !== undefined,
      data: source.data,
      images: imageStore(join(dataDirectory, "images")),
      pretrained,
      cacheDirectory: join(dataDirectory, "cache", "features"),
      incumbent: incumbent === undefined ? undefined : await blobs.localDirectory(incumbent),
      signal,
      onEvent(event: TrainEvent) {
        record(event);
        events.see(event);
      },
    };
    const result =
      "kind" in task
        ? await trainForecast(task, rows, options)
        : await trainTask(task, rows, {
            ...options,
            corrections: await correctionsFor(
              { store, tracking, runId },
              { model: task.name, weight: request.correctionWeight },
            ),
          });
    events.conclude(result.report);
    return result;
  } finally {
    await events.close();
  }
}

/** Makes the new version champion when it passes the gate and promotion was asked for. */
async function promoteIfBetter(
  { request, tracking }: TrainingContext,
  {
    version,
    report,
    champion,
  }: { version: number; report: Trained["report"]; champion: number | undefined },
): Promise<{ gate: GateResult; promoted: boolean }> {
  const { task, by, promote } = request;
  const metrics = report.incumbent?.metrics;
  const incumbent =
    champion !== undefined && metrics
      ? { version: champion, metrics, testRowsHash: report.testRowsHash }
      : undefined;
  const figures = { settings: request.gate, incumbent };
  const gate =
    "benchmark" in report
      ? forecastGate(report, figures)
      : gateOf(report.interval.metric, report, figures);
  if (!promote || !gate.passed) return { gate, promoted: false };
  await tracking.registry.promote(task.name, version, {
    by,
    reason: "passed the gate after training",
    gate,
  });
  return { gate, promoted: true };
}

function recordInto(tracking: Tracking, runId: string, emit: Emit): (event: TrainEvent) => void {
  return (event) => {
    emit(event);
    if (event.kind !== "metrics") return;
    const timestamp = systemClock.now();
    const metrics = Object.entries(event.values).map(([key, value]) => ({
      key,
      value,
      step: event.step,
      timestamp,
    }));
    tracking.runs.logBatch(runId, { metrics }).catch((thrown: unknown) => {
      emit({
        kind: "log",
        level: "warn",
        message: `metrics of step ${event.step} were not recorded: ${errorMessage(thrown)}`,
      });
    });
  };
}

async function logFinalMetrics(
  tracking: Tracking,
  runId: string,
  { report, seconds }: Pick<Trained, "report" | "seconds">,
): Promise<void> {
  const timestamp = systemClock.now();
  const named = (prefix: string, values: Readonly<Record<string, number>>) =>
    Object.entries(values).map(([key, value]) => ({
      key: `${prefix}_${key}`,
      value,
      step: 0,
      timestamp,
    }));
  await tracking.runs.logBatch(runId, {
    metrics: [...named("test", report.metrics), ...named("seconds", seconds)],
  });
}

if (import.meta.main) {
  // The parent is this project's own process: the request is what `TrainingRequest` says.
  serveParent((request, { signal, emit }) => train(request as TrainingRequest, signal, emit));
}
