import type { Permission, RouteAnswer } from "@souk/api";
import type { Figure } from "../../parts/figures.tsx";
import { formatAgo, formatNumber, formatShare } from "../../parts/format.ts";
import { formatDifference, formatMetric, isShare } from "../learning/metric-words.ts";
import { type ServingFact, servingSentence } from "./facts.ts";

/** What Home knows; a part is undefined while it loads or may not be seen. */
export interface Overview {
  readonly datasets?: RouteAnswer<"listDatasets">["items"];
  readonly serving?: readonly ServingFact[];
  readonly jobs?: RouteAnswer<"listJobs">["items"];
  readonly promotions?: RouteAnswer<"promotionLog">["items"];
  readonly predictions?: RouteAnswer<"listPredictions">["items"];
  readonly health?: RouteAnswer<"doctor">;
  /** How many accounts there are. */
  readonly users?: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The sentence at the top of Home: what is wrong, else how the model does, else what is missing. */
export function verdictOf({ datasets, serving, health, jobs }: Overview): {
  text: string;
  tone: "plain" | "good" | "warn" | "bad";
} {
  const finding = health?.findings.find(({ passed }) => !passed);
  if (finding)
    return { text: `${finding.message}${finding.cure ? ` ${finding.cure}` : ""}`, tone: "bad" };
  if (!datasets || !serving) return { text: "Looking at the shop…", tone: "plain" };
  if (datasets.length === 0)
    return { text: "The shop is empty: bring in your reviews to begin.", tone: "plain" };
  const champion = serving[0];
  if (!champion) return { text: "There is data, but no model serves yet.", tone: "warn" };
  const failed = jobs?.[0]?.status === "failed" ? " The last job failed." : "";
  return { text: `${servingSentence(champion)}${failed}`, tone: failed ? "warn" : "good" };
}

/** The tiles of Home that whoever has these rights may see. */
export function figuresOf(
  overview: Overview,
  { permissions, nowMs }: { permissions: ReadonlySet<Permission>; nowMs: number },
): Figure[] {
  const tiles = [modelFigure(overview), dataFigure(overview, nowMs)];
  if (permissions.has("predictions:read")) tiles.push(predictionFigure(overview, nowMs));
  tiles.push(jobFigure(overview, nowMs));
  if (permissions.has("system:read")) tiles.push(healthFigure(overview));
  return tiles;
}

function modelFigure({ serving }: Overview): Figure {
  const label = "Model";
  if (!serving) return { label, value: undefined };
  const fact = serving[0];
  if (!fact) return { label, value: "none", hint: "No model serves yet", tone: "warn" };
  const { model, version, metric, value, baseline, trend } = fact;
  const shown = formatMetric(metric, value);
  const better =
    baseline !== undefined && isShare(metric)
      ? `, ${formatDifference(metric, value, baseline)} over always the same answer`
      : "";
  return {
    label: `${model}, version ${version}`,
    value: shown,
    hint: `${metric}${better}`,
    trend,
    to: "/registry",
  };
}

function dataFigure({ datasets }: Overview, nowMs: number): Figure {
  const label = "Rows of data";
  if (!datasets) return { label, value: undefined };
  const rows = datasets.reduce((sum, dataset) => sum + dataset.rows, 0);
  const refused = datasets.reduce((sum, dataset) => sum + dataset.quarantined, 0);
  const newest = Math.max(...datasets.map(({ updatedAt }) => updatedAt));
  if (datasets.length === 0) return { label, value: "0", hint: "No dataset yet", to: "/datasets" };
  const sets = datasets.length === 1 ? "1 dataset" : `${datasets.length} datasets`;
  return {
    label,
    value: formatNumber(rows),
    hint:
      refused > 0
        ? `${formatNumber(refused)} rows refused, waiting to be mended`
        : `${sets}, the newest ${formatAgo(newest, nowMs)}`,
    tone: refused > 0 ? "warn" : "plain",
    to: "/datasets",
  };
}

function predictionFigure({ predictions }: Overview, nowMs: number): Figure {
  const label = "Predictions, last 24 hours";
  if (!predictions) return { label, value: undefined };
  const recent = predictions.filter(({ at }) => at > nowMs - DAY_MS);
  const judged = recent.filter(({ outcome }) => outcome !== undefined);
  const right = judged.filter(({ outcome, label: said }) => String(outcome) === String(said));
  return {
    label,
    value: `${formatNumber(recent.length)}${recent.length === 1000 ? "+" : ""}`,
    hint:
      judged.length > 0
        ? `${formatShare(right.length / judged.length, 0)} of ${formatNumber(judged.length)} with a known outcome were right`
        : "No outcome is known yet",
    trend: countsBy(HOUR_MS, 24, { times: recent.map(({ at }) => at), nowMs }),
    to: "/serving",
  };
}

function jobFigure({ jobs }: Overview, nowMs: number): Figure {
  const label = "Jobs, last 7 days";
  if (!jobs) return { label, value: undefined };
  const recent = jobs.filter(({ createdAt }) => createdAt > nowMs - 7 * DAY_MS);
  const count = (wanted: string): number => recent.filter(({ status }) => status === wanted).length;
  const [running, failed] = [count("running") + count("queued"), count("failed")];
  const words = [`${count("finished")} finished`];
  if (running > 0) words.push(`${running} under way`);
  if (failed > 0) words.push(`${failed} failed`);
  return {
    label,
    value: formatNumber(recent.length),
    hint: words.join(", "),
    tone: failed > 0 ? "warn" : "plain",
    trend: countsBy(DAY_MS, 7, { times: recent.map(({ createdAt }) => createdAt), nowMs }),
    to: "/runs",
  };
}

function healthFigure({ health }: Overview): Figure {
  const label = "System";
  if (!health) return { label, value: undefined };
  const failed = health.findings.filter(({ passed }) => !passed).length;
  return {
    label,
    value: health.healthy ? "Healthy" : `${failed} to fix`,
    hint: health.healthy
      ? `${health.findings.length} checks passed`
      : (health.findings.find(({ passed }) => !passed)?.message ?? ""),
    tone: health.healthy ? "good" : "bad",
    to: "/admin",
  };
}

/** How many fell into each of the last `count` hours, days, …, oldest first. */
function countsBy(
  spanMs: number,
  count: number,
  { times, nowMs }: { times: readonly number[]; nowMs: number },
): number[] {
  const counts = Array.from({ length: count }, () => 0);
  for (const at of times) {
    const place = count - 1 - Math.floor((nowMs - at) / spanMs);
    if (place >= 0 && place < count) counts[place] = (counts[place] ?? 0) + 1;
  }
  return counts;
}
