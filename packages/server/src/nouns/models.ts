import { join } from "node:path";
import type { Clock } from "@souk/core";
import type { EvaluationReport, ForecastReport } from "@souk/models";
import type { Blobs } from "@souk/store";
import type { GateResult, Tracking } from "@souk/tracking";
import { runInChild } from "../jobs/child.ts";
import type { Comparison, ComparisonRequest } from "../jobs/comparison-job.ts";
import {
  championOf,
  forecastGate,
  type GateSettings,
  gateOf,
  type IncumbentFigures,
} from "../jobs/registration.ts";
import type { ModelsNoun } from "../souk-interface.ts";
import type { SoukEvent } from "../souk-values.ts";

/** What the models noun stands on. */
export interface ModelsOptions {
  readonly tracking: Tracking;
  readonly blobs: Blobs;
  readonly dataDirectory: string;
  readonly gate: GateSettings;
  readonly clock: Clock;
  readonly publish: (event: SoukEvent) => void;
  /** Makes serving of this process follow the aliases now. */
  readonly followAliases: () => Promise<void>;
}

const CHAMPION = "champion";

/** The registry as people use it: decisions are gated, logged, told, and followed by serving before the answer. */
export function createModels(options: ModelsOptions): ModelsNoun {
  const { tracking, clock, publish, followAliases } = options;
  const { registry } = tracking;

  async function told(action: string, data: object): Promise<void> {
    publish({ kind: "promotion", at: clock.now(), data: { action, ...data } });
    await followAliases();
  }

  return {
    list: () => registry.models(),
    get: (name) => registry.model(name),
    approve: (name, version, decider) => registry.approve(name, version, decider),
    reject: (name, version, decider) => registry.reject(name, version, decider),
    gate: (name, version) => gateAgainstChampion(options, name, version),
    async promote(name, version, { alias = CHAMPION, by, reason, force = false }) {
      // Only the champion answers requests that name nothing, so only it is gated.
      const gate =
        alias === CHAMPION
          ? await gateAgainstChampion(options, name, version)
          : { passed: true, rules: [] };
      await registry.promote(name, version, { alias, by, reason, gate, force });
      await told("promote", { model: name, version, alias, by, reason });
      return { model: name, version, alias, gate };
    },
    async rollback(name, { alias = CHAMPION, by, reason }) {
      const { version } = await registry.rollback(name, { alias, by, reason });
      await told("rollback", { model: name, version, alias, by, reason });
      return { model: name, version, alias };
    },
    log: (name) => registry.log(name),
    servedAt: (atMs, filter) => registry.servedAt(atMs, filter),
  };
}

/**
 * The gate of a version against today's champion. The version's own figures are those of its run's report; the champion's
 * are measured on the same test rows, in a child process.
 * A version without a report of Souk's fails: only `force` promotes it.
 */
async function gateAgainstChampion(
  options: ModelsOptions,
  name: string,
  version: number,
): Promise<GateResult> {
  const { tracking, gate: settings } = options;
  const { runId } = await tracking.registry.version(name, version);
  const report = runId === undefined ? undefined : await tracking.runs.report(runId);
  // A report is only ever written by training-job.ts, of the shape it gives.
  const evaluated = report as EvaluationReport | ForecastReport | undefined;
  if (!evaluated) {
    const rule = {
      name: "has an evaluation report",
      passed: false,
      expected: "a version trained by Souk",
      got: "none",
    };
    return { passed: false, rules: [rule] };
  }
  if ("benchmark" in evaluated) {
    const incumbent = await servingForecast(options, name, version);
    return forecastGate(evaluated, { settings, incumbent });
  }
  const incumbent = await measureChampion(options, name, version);
  return gateOf(evaluated.interval.metric, evaluated, { settings, incumbent });
}

/** The serving forecast's own figures: of other days they compare with nothing, which the gate tells. */
async function servingForecast(
  { tracking }: ModelsOptions,
  name: string,
  version: number,
): Promise<IncumbentFigures | undefined> {
  const champion = await championOf(tracking, name);
  if (!champion || champion.version === version) return undefined;
  const report =
    champion.runId === undefined ? undefined : await tracking.runs.report(champion.runId);
  // As above.
  const { metrics = {}, testRowsHash = "" } = (report ?? {}) as Partial<ForecastReport>;
  return { version: champion.version, metrics, testRowsHash };
}

async function measureChampion(
  { tracking, blobs, dataDirectory }: ModelsOptions,
  name: string,
  version: number,
): Promise<IncumbentFigures | undefined> {
  const champion = await championOf(tracking, name);
  if (!champion || champion.version === version) return undefined;
  const candidate = await tracking.registry.version(name, version);
  const request: ComparisonRequest = {
    lake: join(dataDirectory, "lake"),
    images: join(dataDirectory, "images"),
    candidate: await blobs.localDirectory(candidate.source),
    incumbent: await blobs.localDirectory(champion.source),
  };
  // comparison-job.ts answers with a `Comparison`.
  const found = (await runInChild(
    new URL("../jobs/comparison-job.ts", import.meta.url),
    request,
  )) as Comparison;
  return { version: champion.version, ...found };
}
