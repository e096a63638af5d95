import { errorCode } from "@souk/core";
import { type EvaluationReport, isLowerBetter, type Task } from "@souk/models";
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

/** Registers a run's artefact as the next version of the model named like its task, creating the model the first time. */
export async function registerVersion(
  tracking: Tracking,
  { task, runId, report, by }: { task: Task; runId: string; report: EvaluationReport; by: string },
): Promise<number> {
  try {
    await tracking.registry.createModel(task.name, { task: task.name, description: task.title });
  } catch (thrown) {
    if (errorCode(thrown) !== "TRACKING_MODEL_EXISTS") throw thrown;
  }
  const { metrics, baseline, rows, testRowsHash, family } = report;
  const { version } = await tracking.registry.createVersion(task.name, {
    runId,
    artifactPrefix: "model",
    metrics,
    summary: { family, metric: task.metric, baseline, rows, testRowsHash },
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
