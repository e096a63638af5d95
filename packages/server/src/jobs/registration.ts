import { errorCode } from "@souk/core";
import { type EvaluationReport, type ForecastReport, isLowerBetter } from "@souk/models";
import { evaluateGate, type GateResult, type ModelVersion, type Tracking } from "@souk/tracking";

/** Rules of `<data>/souk.json` that a version must pass before it becomes champion. */
export interface GateSettings {
  /** Least value of the task's metric that is accepted (greatest, where less is better). */
  readonly minimum?: number;
  /** Default true. */
  readonly mustBeatBaseline?: boolean;
  /** Default true. */
  readonly mustBeatIncumbent?: boolean;
}

/** The version the alias "champion" names now, `undefined` while there is none. */
export async function championOf(
  tracking: Tracking,
  model: string,
): Promise<ModelVersion | undefined> {
  try {
    return await tracking.registry.resolve(model);
  } catch (thrown) {
    const absent = ["TRACKING_ALIAS_UNKNOWN", "TRACKING_MODEL_UNKNOWN"];
    if (absent.includes(errorCode(thrown) ?? "")) return undefined;
    throw thrown;
  }
}

/** What is registered of a run, and under which name. */
export interface Registration {
  readonly task: { readonly name: string; readonly title?: string };
  readonly runId: string;
  /** Where in the run's artefacts the model is. */
  readonly prefix: string;
  /** The metric that decides. */
  readonly metric: string;
  readonly report: Pick<
    EvaluationReport,
    "metrics" | "baseline" | "rows" | "testRowsHash" | "family"
  >;
  readonly by: string;
}

/** Registers a run's artefact as the next version of the model named like its task, creating the model the first time. */
export async function registerVersion(
  tracking: Tracking,
  { task, runId, prefix, metric, report, by }: Registration,
): Promise<number> {
  try {
    await tracking.registry.createModel(task.name, { task: task.name, description: task.title });
  } catch (thrown) {
    if (errorCode(thrown) !== "TRACKING_MODEL_EXISTS") throw thrown;
  }
  const { metrics, baseline, rows, testRowsHash, family } = report;
  const { version } = await tracking.registry.createVersion(task.name, {
    runId,
    artifactPrefix: prefix,
    metrics,
    summary: { family, metric, baseline, rows, testRowsHash },
    by,
  });
  return version;
}

/** What a report says of the version that served when it was made, on the same test rows. */
export interface IncumbentFigures {
  readonly version: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly testRowsHash: string;
}

/** Whether a report's model may become champion: better than its baseline, and than the incumbent on the same test rows. */
export function gateOf(
  metric: string,
  report: Pick<EvaluationReport, "metrics" | "baseline" | "testRowsHash">,
  { settings, incumbent }: { settings: GateSettings; incumbent: IncumbentFigures | undefined },
): GateResult {
  const limit = settings.minimum === undefined ? undefined : { [metric]: settings.minimum };
  const isError = isLowerBetter(metric);
  return evaluateGate(
    {
      metric,
      better: isError ? "lower" : "higher",
      beatBaseline: settings.mustBeatBaseline ?? true,
      beatIncumbent: settings.mustBeatIncumbent ?? true,
      minimum: isError ? undefined : limit,
      maximum: isError ? limit : undefined,
    },
    report,
    incumbent,
  );
}

/** The metric forecasts are judged by: their loss by the benchmark's, so 1 is as good as naive. */
export const FORECAST_METRIC = "lossRatio";
/** A smaller gain over naive is nobody's reason to trust a model. */
const LEAST_GAIN = 0.01;

/** Artefacts of forecasts lie under this name in their run, those of models under `model`. */
export const FORECAST_PREFIX = "forecast";

/** Whether a version's artefact holds forecasts, by where it lies. */
export function holdsForecasts({ source }: { readonly source: string }): boolean {
  return source.endsWith(`/${FORECAST_PREFIX}`);
}

/**
 * Whether forecasts may serve: at least 1 % less loss than the benchmark, unless they are the benchmark's own, and less
 * than the incumbent's on the same days.
 */
export function forecastGate(
  report: Pick<ForecastReport, "metrics" | "baseline" | "testRowsHash" | "family" | "benchmark">,
  { settings, incumbent }: { settings: GateSettings; incumbent: IncumbentFigures | undefined },
): GateResult {
  const mustBeat = (settings.mustBeatBaseline ?? true) && report.family !== report.benchmark;
  return evaluateGate(
    {
      metric: FORECAST_METRIC,
      better: "lower",
      beatBaseline: mustBeat,
      beatIncumbent: settings.mustBeatIncumbent ?? true,
      ...(mustBeat ? { maximum: { [FORECAST_METRIC]: 1 - LEAST_GAIN } } : {}),
    },
    report,
    incumbent,
  );
}
