import type { RouteAnswer } from "@souk/api";
import { memberOf } from "../../wire/answers.ts";
import { baselineOf, CHAMPION, metricOf, type Model } from "../deciding/standing.ts";

export type Dataset = RouteAnswer<"listDatasets">["items"][number];
type Job = RouteAnswer<"listJobs">["items"][number];

/** The version of a model that serves, and how good it is. */
export interface ServingFact {
  readonly model: string;
  readonly version: number;
  /** Name of the metric the task is judged by. */
  readonly metric: string;
  readonly value: number;
  /** The same metric of the plainest possible answer, when it is known. */
  readonly baseline?: number;
  /** The metric of every version, oldest first. */
  readonly trend: readonly number[];
}

/** The champions of all models; first those that are told beside the plainest answer: forecasts have none. */
export function servingFacts(models: readonly Model[]): ServingFact[] {
  const facts = models.flatMap((model) => {
    const champion = model.versions.find(({ version }) => version === model.aliases[CHAMPION]);
    if (!champion) return [];
    const metric = metricOf(champion);
    const value = champion.metrics[metric];
    if (value === undefined) return [];
    const baseline = baselineOf(champion, metric);
    const trend = model.versions
      .toSorted((a, b) => a.version - b.version)
      .flatMap(({ metrics }) => metrics[metric] ?? []);
    return [
      {
        model: model.name,
        version: champion.version,
        metric,
        value,
        ...(baseline !== undefined && { baseline }),
        trend,
      },
    ];
  });
  return facts.toSorted(
    (a, b) => Number(b.baseline !== undefined) - Number(a.baseline !== undefined),
  );
}

/** How the first champion does, in a sentence for somebody who does not know what a metric is. */
export function servingSentence({ model, metric, value, baseline }: ServingFact): string {
  if (metric !== "accuracy") return `The ${model} model serves.`;
  const right = `The ${model} model is right ${Math.round(value * 100)} times out of 100`;
  return baseline === undefined
    ? `${right}.`
    : `${right}; always giving the commonest answer would be right ${Math.round(baseline * 100)} times.`;
}

/** Something that happened, newest first in lists. */
export interface Change {
  /** How many of the same came one after another. */
  readonly times?: number;
  readonly id: string;
  /** Epoch ms. */
  readonly at: number;
  readonly kind: "promotion" | "job" | "data";
  readonly text: string;
  readonly by?: string;
  readonly tone: "plain" | "good" | "bad";
}

/** What happened lately: promotions, jobs and new data, newest first, at most `most`. */
export function changesOf(
  {
    promotions,
    jobs,
    datasets,
  }: {
    promotions: readonly object[];
    jobs: readonly Job[];
    datasets: readonly Dataset[];
  },
  most = 200,
): Change[] {
  const all = [
    ...promotions.flatMap(promotionChange),
    ...jobs.map(jobChange),
    ...datasets.map(({ name, updatedAt, rows }): Change => ({
      id: `data ${name}`,
      at: updatedAt,
      kind: "data",
      text: `${name} now has ${rows.toLocaleString("en")} rows`,
      tone: "plain",
    })),
  ];
  return all.toSorted((a, b) => b.at - a.at).slice(0, most);
}

/** Changes that say the same, one after another, as one: three trainings in a row push nothing else out of sight. */
export function foldedChanges(changes: readonly Change[], most: number): Change[] {
  const folded: Change[] = [];
  for (const change of changes) {
    const last = folded.at(-1);
    if (last && last.kind === "job" && last.text === change.text && last.by === change.by)
      folded[folded.length - 1] = { ...last, times: (last.times ?? 1) + 1 };
    else folded.push(change);
  }
  return folded.slice(0, most);
}

const verbs: Readonly<Record<string, string>> = {
  promote: "began to serve as",
  rollback: "was rolled back to as",
  approve: "was approved",
  reject: "was rejected",
};

function promotionChange(entry: object): Change[] {
  const at = memberOf(entry, "at");
  const kind = memberOf(entry, "kind");
  const by = memberOf(entry, "by");
  if (typeof at !== "number" || typeof kind !== "string" || kind === "unset") return [];
  const alias = memberOf(entry, "alias");
  const verb = verbs[kind] ?? kind;
  const words = [
    `${String(memberOf(entry, "model"))} version ${String(memberOf(entry, "version"))}`,
    verb,
  ];
  if (typeof alias === "string") words.push(alias);
  return [
    {
      id: `promotion ${String(memberOf(entry, "sequence"))}`,
      at,
      kind: "promotion",
      text: words.join(" "),
      ...(typeof by === "string" && { by }),
      tone: kind === "reject" || kind === "rollback" ? "bad" : "good",
    },
  ];
}

function jobChange({ id, kind, status, by, createdAt, endedAt, request, error }: Job): Change {
  const task = memberOf(request, "task");
  const what = typeof task === "string" ? `${kind} of ${task}` : kind;
  const end = status === "failed" && error ? `failed: ${error.message}` : status;
  return {
    id,
    at: endedAt ?? createdAt,
    kind: "job",
    text: `${what[0]?.toUpperCase() ?? ""}${what.slice(1)} ${end}`,
    by,
    tone: status === "failed" ? "bad" : "plain",
  };
}
