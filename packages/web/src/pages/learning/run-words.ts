import type { RouteAnswer } from "@souk/api";
import { memberOf } from "../../wire/answers.ts";
import {
  capital,
  figureOf,
  formatDifference,
  formatMetric,
  isBetter,
  nameOfMetric,
  numbersOf,
} from "./metric-words.ts";

export type Run = RouteAnswer<"getRun">;
export type Job = RouteAnswer<"getJob">;

/** How the state of a run or job looks. */
export const toneOfStatus: Readonly<Record<string, "plain" | "accent" | "good" | "warn" | "bad">> =
  {
    queued: "plain",
    running: "accent",
    finished: "good",
    failed: "bad",
    interrupted: "warn",
    cancelled: "plain",
  };

/** What a training does in each of its phases. */
export const phaseWords: Readonly<Record<string, string>> = {
  read: "Reading the data",
  prepare: "Preparing rows",
  train: "Learning",
  evaluate: "Measuring on rows it never saw",
  save: "Keeping the model",
  tune: "Trying settings",
};

const stopped = ["interrupted", "cancelled", "failed"];

/** True when the shop can go on with a run: a training began it, and it ended before its time. `job`: the last on the run. */
export function mayGoOn({ status }: Pick<Run, "status">, job: Job | undefined): boolean {
  const isAtWork = job !== undefined && ["queued", "running"].includes(job.status);
  return job?.kind === "training" && !isAtWork && stopped.includes(status);
}

/** The command that goes on with a run that ended before its time, on the rows it began with. */
export function commandToResume({ id, status, command, data }: Run): string | undefined {
  if (!stopped.includes(status) || !command?.startsWith("souk train ")) return undefined;
  return `npx ${command}${data ? ` --at ${data.version}` : ""} --resume ${id}`;
}

function goingOn(run: Run): string {
  return commandToResume(run) === undefined ? "" : " It can go on from its last checkpoint.";
}

/** What a run is called: its name, else its id. */
export function nameOfRun({ name, id }: Pick<Run, "name" | "id">): string {
  return name || id;
}

/** Names by which runs are told apart: those that share one get the end of their id. */
export function distinctNames(
  runs: readonly Pick<Run, "name" | "id">[],
): ReadonlyMap<string, string> {
  const counts = new Map<string, number>();
  for (const run of runs) counts.set(nameOfRun(run), (counts.get(nameOfRun(run)) ?? 0) + 1);
  return new Map(
    runs.map((run) => {
      const name = nameOfRun(run);
      return [run.id, (counts.get(name) ?? 0) > 1 ? `${name} ${run.id.slice(-5)}` : name];
    }),
  );
}

/** The parts of an evaluation report the pages show. */
export interface Evaluation {
  readonly metric: string;
  readonly low: number;
  readonly high: number;
  readonly testRows: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly baseline: { readonly name: string; readonly metrics: Readonly<Record<string, number>> };
  readonly incumbent: Readonly<Record<string, number>> | undefined;
}

/** Reads a report; undefined when it is none of a task's model (forecasts have reports of their own). */
export function evaluationOf(report: unknown): Evaluation | undefined {
  const interval = memberOf(report, "interval");
  const metric = memberOf(interval, "metric");
  const baseline = memberOf(report, "baseline");
  const metrics = numbersOf(memberOf(report, "metrics"));
  if (typeof metric !== "string" || metrics[metric] === undefined) return undefined;
  const incumbent = memberOf(memberOf(report, "incumbent"), "metrics");
  return {
    metric,
    low: numberOr(memberOf(interval, "low"), Number.NaN),
    high: numberOr(memberOf(interval, "high"), Number.NaN),
    testRows: numberOr(memberOf(memberOf(report, "rows"), "test"), 0),
    metrics,
    baseline: {
      name: textOr(memberOf(baseline, "name"), "baseline"),
      metrics: numbersOf(memberOf(baseline, "metrics")),
    },
    incumbent: incumbent === undefined ? undefined : numbersOf(incumbent),
  };
}

/** What a run comes down to, in a sentence or two. */
export function verdictOfRun(
  run: Run,
  evaluation: Evaluation | undefined,
): { readonly text: string; readonly tone: "plain" | "good" | "warn" | "bad" } {
  if (run.status === "running")
    return { text: "It is running: curves move as it learns.", tone: "plain" };
  if (run.status === "failed")
    return { text: `It failed: ${run.error ?? "nobody said why"}.`, tone: "bad" };
  if (run.status === "cancelled")
    return {
      text: `Somebody stopped it before it ended.${goingOn(run)}`,
      tone: "warn",
    };
  if (run.status === "interrupted")
    return {
      text: `Its process went away before it ended.${goingOn(run)}`,
      tone: "warn",
    };
  return evaluation ? verdictOfEvaluation(evaluation) : { text: "It ended well.", tone: "good" };
}

function verdictOfEvaluation({ metric, metrics, baseline, incumbent, testRows }: Evaluation): {
  readonly text: string;
  readonly tone: "good" | "warn";
} {
  const value = metrics[metric] ?? Number.NaN;
  const guess = baseline.metrics[metric];
  const first = `${capital(nameOfMetric(metric))} ${formatMetric(metric, value)} on ${testRows.toLocaleString("en")} rows it never saw`;
  const serving = incumbent?.[metric];
  const second =
    serving === undefined
      ? ""
      : ` The version that served then had ${formatMetric(metric, serving)} on the same rows.`;
  if (guess === undefined) return { text: `${first}.${second}`, tone: "good" };
  if (isBetter(metric, value, guess))
    return {
      text: `${first}, ${formatDifference(metric, value, guess)} against guessing (${baseline.name}: ${formatMetric(metric, guess)}).${second}`,
      tone: "good",
    };
  return {
    text: `${first}: no better than guessing (${baseline.name}: ${formatMetric(metric, guess)}).${second}`,
    tone: "warn",
  };
}

/** The one figure of a run for a list: that of its task on the test rows, else the first of the test rows. */
export function headlineOf(
  { metrics = {}, task }: Pick<Run, "metrics" | "task">,
  metricOfTask: ReadonlyMap<string, string>,
): { readonly key: string; readonly value: number } | undefined {
  const wanted = task === undefined ? undefined : metricOfTask.get(task);
  const keys = Object.keys(metrics).filter((key) => key.startsWith("test_"));
  // A forecast is judged by its loss against repeating the last value; how often that was counted says nothing.
  const key =
    keys.find((one) => wanted !== undefined && figureOf(one) === wanted) ??
    keys.find((one) => figureOf(one) === "lossRatio") ??
    keys[0];
  const value = key === undefined ? undefined : metrics[key];
  return key === undefined || value === undefined ? undefined : { key, value };
}

function numberOr(value: unknown, fallback: number): number {
  return typeof value === "number" ? value : fallback;
}

function textOr(value: unknown, fallback: string): string {
  return typeof value === "string" ? value : fallback;
}
