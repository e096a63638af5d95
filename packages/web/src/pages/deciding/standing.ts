import type { RouteAnswer } from "@souk/api";
import { memberOf } from "../../wire/answers.ts";

export type Model = RouteAnswer<"listModels">["items"][number];
export type Version = Model["versions"][number];
export type LogEntry = RouteAnswer<"promotionLog">["items"][number];
export type ServedSpan = RouteAnswer<"servedAt">["items"][number];
export type GateResult = RouteAnswer<"checkGate">;

/** The alias that answers when a request names none. */
export const CHAMPION = "champion";

/** How a model stands: what serves, how good it is, since when, and what waits. */
export interface Standing {
  readonly model: string;
  readonly title: string;
  readonly versions: number;
  readonly champion?: Version;
  /** Name of the metric the model is judged by; "" when it has none. */
  readonly metric: string;
  readonly value?: number;
  readonly baseline?: number;
  /** When the champion became it, epoch ms. */
  readonly since?: number;
  /** Versions newer than the champion that nobody rejected. */
  readonly waiting: readonly number[];
}

/** The standing of every model, those that serve first. */
export function standingsOf(models: readonly Model[], log: readonly LogEntry[]): Standing[] {
  return models
    .map((model) => standingOf(model, log))
    .toSorted((a, b) => Number(b.champion !== undefined) - Number(a.champion !== undefined));
}

/** The standing of one model. `log` is newest first. */
export function standingOf(model: Model, log: readonly LogEntry[]): Standing {
  const champion = model.versions.find(({ version }) => version === model.aliases[CHAMPION]);
  const newest = model.versions.at(-1);
  const metric = metricOf(champion ?? newest);
  const moved = log.find((entry) => entry.model === model.name && entry.alias === CHAMPION);
  const value = champion?.metrics[metric];
  const baseline = baselineOf(champion, metric);
  return {
    model: model.name,
    title: model.description ?? "",
    versions: model.versions.length,
    ...(champion && { champion }),
    metric,
    ...(value !== undefined && { value }),
    ...(baseline !== undefined && { baseline }),
    ...(champion && moved && { since: moved.at }),
    waiting: model.versions
      .filter(({ version, stage }) => version > (champion?.version ?? 0) && stage === "pending")
      .map(({ version }) => version),
  };
}

/** The metric a version is judged by; "" when it has none. */
export function metricOf(version: Version | undefined): string {
  const named = memberOf(version?.summary, "metric");
  return typeof named === "string" ? named : (Object.keys(version?.metrics ?? {})[0] ?? "");
}

/** A metric of the plainest possible answer, on the version's test rows. */
export function baselineOf(version: Version | undefined, metric: string): number | undefined {
  const value = memberOf(memberOf(memberOf(version?.summary, "baseline"), "metrics"), metric);
  return typeof value === "number" ? value : undefined;
}

/** "version 2", "versions 2 and 4", "versions 2 to 6": `versions` ascending. */
export function versionsInWords(versions: readonly number[]): string {
  const [first, last] = [versions[0], versions.at(-1)];
  if (first === undefined || last === undefined) return "no version";
  if (versions.length === 1) return `version ${first}`;
  if (versions.length > 2 && last - first === versions.length - 1)
    return `versions ${first} to ${last}`;
  return `versions ${versions.slice(0, -1).join(", ")} and ${last}`;
}

/** How the models stand, in a sentence or two. */
export function registryVerdict(standings: readonly Standing[]): {
  text: string;
  tone: "plain" | "good" | "warn";
} {
  const serving = standings.filter(({ champion }) => champion);
  const waiting = standings.filter((one) => one.waiting.length > 0);
  if (standings.length === 0) return { text: "No model has been trained yet.", tone: "plain" };
  const first =
    serving.length === standings.length
      ? serving.length === 1
        ? `The one model, ${serving[0]?.model ?? ""}, serves.`
        : `All ${serving.length} models serve.`
      : `${serving.length} of ${standings.length} models ${serving.length === 1 ? "serves" : "serve"}.`;
  if (waiting.length === 0)
    return { text: `${first} No version waits for a decision.`, tone: "good" };
  const names = waiting.map((one) => `${one.model} ${versionsInWords(one.waiting)}`);
  return { text: `${first} Waiting for a decision: ${names.join("; ")}.`, tone: "warn" };
}

/** A stretch of time in which an alias pointed at one version. */
export interface Deployment {
  readonly alias: string;
  readonly from: number;
  /** Absent while it still does. */
  readonly until?: number;
  readonly by: string;
  readonly reason: string;
}

/** Where and when a version served, newest first; from the log of its model, in any order. */
export function deploymentsOf(log: readonly LogEntry[], version: number): Deployment[] {
  const open = new Map<string, Deployment>();
  const ended: Deployment[] = [];
  for (const { alias, version: now, at, by, reason } of log.toSorted(bySequence)) {
    if (alias === undefined) continue;
    const before = open.get(alias);
    if (before && now === version) continue;
    if (before) ended.push({ ...before, until: at });
    open.delete(alias);
    if (now === version) open.set(alias, { alias, from: at, by, reason });
  }
  return [...ended, ...open.values()].toSorted((a, b) => b.from - a.from);
}

function bySequence(a: LogEntry, b: LogEntry): number {
  return a.sequence - b.sequence;
}

/** The gate a version last went through, newest first in `log`. */
export function lastGateOf(log: readonly LogEntry[], version: number): LogEntry | undefined {
  return log.find((entry) => entry.version === version && entry.gate !== undefined);
}

/** One line of the log, as a sentence. */
export function sentenceOf({ kind, model, alias, version, previousVersion }: LogEntry): string {
  const which = `${model} version ${version ?? "–"}`;
  if (kind === "approve") return `${which} was approved`;
  if (kind === "reject") return `${which} was rejected`;
  if (kind === "unset") return `${model} has no ${alias ?? "alias"} any more`;
  const instead = previousVersion === undefined ? "" : ` instead of version ${previousVersion}`;
  const words = kind === "rollback" ? "went back to" : "became";
  return kind === "rollback"
    ? `${model} ${words} version ${version ?? "–"}${instead} as ${alias ?? "champion"}`
    : `${which} ${words} ${alias ?? "champion"}${instead}`;
}
