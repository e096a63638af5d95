import type { RouteAnswer } from "@souk/api";
import { authorWords } from "../../parts/author-words.ts";
import type { Figure } from "../../parts/figures.tsx";
import { formatAgo, formatNumber } from "../../parts/format.ts";
import {
  capital,
  formatDifference,
  formatMetric,
  isShare,
  nameOfMetric,
} from "../learning/metric-words.ts";
import {
  type LogEntry,
  type Standing,
  type Version,
  versionsInWords,
} from "../deciding/standing.ts";

type Corrected = RouteAnswer<"countCorrections">;

/** What is known of a model besides its standing. */
interface Known {
  readonly log: readonly LogEntry[];
  /** Undefined while it loads or where it may not be seen. */
  readonly corrected?: Corrected;
  readonly nowMs: number;
}

/** What serves, since when and by whom, how good it is, and what waits. */
export function modelVerdict(
  { model, champion, since, metric, value, baseline, waiting }: Standing,
  { log, corrected, nowMs }: Known,
): { text: string; tone: "good" | "warn" } {
  if (!champion)
    return { text: `No version of ${model} serves: promote one to let it answer.`, tone: "warn" };
  const moved = log.find(({ alias, version }) => alias && version === champion.version);
  const by = moved ? `, decided by ${authorWords(moved.by)}` : "";
  const words = [
    `Version ${champion.version} serves${since === undefined ? "" : `; it took over ${formatAgo(since, nowMs)}`}${by}.`,
  ];
  if (value !== undefined && metric === "accuracy") {
    const plain = baseline === undefined ? "" : `; the plainest answer ${times(baseline)}`;
    words.push(`It is right ${times(value)} times out of 100${plain}.`);
  }
  if (waiting.length > 0)
    words.push(
      `${capital(versionsInWords(waiting))} ${waiting.length === 1 ? "waits" : "wait"} for a decision.`,
    );
  if (corrected && corrected.sinceTraining > 0)
    words.push(
      corrected.sinceTraining === 1
        ? "One correction waits for the next training."
        : `${formatNumber(corrected.sinceTraining)} corrections wait for the next training.`,
    );
  return { text: words.join(" "), tone: waiting.length > 0 ? "warn" : "good" };
}

function times(share: number): number {
  return Math.round(share * 100);
}

/** The tiles of a model. */
export function modelFigures(
  { champion, metric, value, baseline, since, waiting }: Standing,
  { corrected, nowMs, versions }: Known & { versions: readonly Version[] },
): Figure[] {
  const tiles: Figure[] = [
    {
      label: "Champion",
      value: champion ? `Version ${champion.version}` : "none",
      hint: since === undefined ? "nothing serves" : `took over ${formatAgo(since, nowMs)}`,
      tone: champion ? "plain" : "warn",
    },
    {
      label: metric === "" ? "Metric" : capital(nameOfMetric(metric)),
      value: value === undefined ? "–" : formatMetric(metric, value),
      hint: gainWords(metric, { value, baseline }),
      trend: versions.flatMap(({ metrics }) => metrics[metric] ?? []),
    },
    {
      label: "Versions",
      value: formatNumber(versions.length),
      hint: waiting.length === 0 ? "none waits for a decision" : `${waiting.length} to decide on`,
      tone: waiting.length === 0 ? "plain" : "warn",
    },
  ];
  if (corrected)
    tiles.push({
      label: "Corrections waiting",
      value: formatNumber(corrected.sinceTraining),
      hint:
        corrected.total === 0
          ? "nobody corrected an answer yet"
          : `${formatNumber(corrected.total)} in all; the next training learns from them`,
    });
  return tiles;
}

function gainWords(
  metric: string,
  { value, baseline }: { value: number | undefined; baseline: number | undefined },
): string {
  if (value === undefined || baseline === undefined) return "no baseline to compare with";
  const gain = formatDifference(metric, value, baseline);
  return isShare(metric)
    ? `${gain} over always the same answer`
    : `${gain} against always the same answer`;
}
