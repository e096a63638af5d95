import type { RouteAnswer } from "@souk/api";
import type { Figure } from "../../parts/figures.tsx";
import { formatNumber, formatShare } from "../../parts/format.ts";

export type ServingStats = RouteAnswer<"servingStats">;
export type VersionStats = ServingStats["stats"][number];
export type Served = ServingStats["served"][number];

/** A version that is loaded or was asked something, with what it did. */
export interface VersionRow {
  readonly id: string;
  readonly model: string;
  readonly version: number;
  readonly served?: Served;
  readonly stats?: VersionStats;
}

/** Every version that is loaded or was asked, the busiest lately first. */
export function versionRows({ served, stats }: ServingStats): VersionRow[] {
  const rows = new Map<string, VersionRow>();
  for (const one of served) rows.set(idOf(one), { id: idOf(one), ...whichOf(one), served: one });
  for (const one of stats)
    rows.set(idOf(one), { ...rows.get(idOf(one)), id: idOf(one), ...whichOf(one), stats: one });
  return [...rows.values()].toSorted(
    (a, b) =>
      (b.stats?.recent.requests ?? 0) - (a.stats?.recent.requests ?? 0) ||
      (b.stats?.requests ?? 0) - (a.stats?.requests ?? 0),
  );
}

function idOf({ model, version }: { model: string; version: number }): string {
  return `${model}@${version}`;
}

function whichOf({ model, version }: { model: string; version: number }) {
  return { model, version };
}

/** How answering goes, worst news first. */
export function servingVerdict(
  { ready, reasons, served, stats }: ServingStats,
  busiest: VersionRow | undefined,
): { text: string; tone: "plain" | "good" | "warn" | "bad" } {
  const broken = served.find(({ error }) => error !== undefined);
  if (broken)
    return {
      text: `${broken.model} version ${broken.version} could not be loaded: ${broken.error ?? ""}`,
      tone: "bad",
    };
  if (!ready) return { text: `Serving is not ready: ${reasons.join("; ")}.`, tone: "bad" };
  const loaded = served.filter(({ state }) => state === "AVAILABLE").length;
  if (loaded === 0)
    return { text: "No version is loaded: promote one to let it answer.", tone: "warn" };
  const versions = loaded === 1 ? "One version is loaded" : `${loaded} versions are loaded`;
  const requests = stats.reduce((sum, { recent }) => sum + recent.requests, 0);
  const errors = stats.reduce((sum, { recent }) => sum + recent.errors, 0);
  if (requests === 0)
    return {
      text: `${versions} and ready. Nobody asked anything in the last ten minutes.`,
      tone: "good",
    };
  if (errors > 0)
    return {
      text: `${formatNumber(errors)} of ${formatNumber(requests)} requests of the last ten minutes failed.`,
      tone: "warn",
    };
  const recent = busiest?.stats?.recent;
  const speed = recent
    ? ` Of ${busiest.model} version ${busiest.version}, half of the answers took at most ${formatMs(recent.p50Ms)} and 99 of 100 at most ${formatMs(recent.p99Ms)}.`
    : "";
  const answered =
    requests === 1
      ? "the one request of the last ten minutes was answered"
      : `none of ${formatNumber(requests)} requests of the last ten minutes failed`;
  return {
    text: `${versions}, and ${answered}.${speed}`,
    tone: "good",
  };
}

/** "0.42 ms", "3.1 ms", "340 ms", "1.25 s". */
export function formatMs(ms: number): string {
  return ms >= 1000
    ? `${Number((ms / 1000).toPrecision(3))} s`
    : `${Number(ms.toPrecision(ms < 10 ? 2 : 3))} ms`;
}

/** The tiles: one version's last ten minutes, and the threads of all. */
export function servingFigures(
  { workers, stats, at }: ServingStats,
  row: VersionRow | undefined,
): Figure[] {
  const recent = row?.stats?.recent;
  const rate = requestsNow(stats, at);
  const failed = recent && recent.requests > 0 ? recent.errors / recent.requests : 0;
  const time = (ms: number | undefined): string => (ms ? formatMs(ms) : "–");
  return [
    {
      label: "Requests a second",
      value: formatNumber(Number(rate.toPrecision(2))),
      hint: `${workers.alive} of ${workers.workers} inference threads${workers.restarts === 0 ? "" : `, ${workers.restarts} restarts`}`,
      tone: workers.alive < workers.workers ? "bad" : "plain",
    },
    { label: "Half take at most", value: time(recent?.p50Ms), hint: "p50 of ten minutes" },
    { label: "95 of 100 take at most", value: time(recent?.p95Ms), hint: "p95 of ten minutes" },
    { label: "99 of 100 take at most", value: time(recent?.p99Ms), hint: "p99 of ten minutes" },
    {
      label: "Failed",
      value: recent && recent.requests > 0 ? formatShare(failed) : "–",
      hint: `${formatNumber(recent?.errors ?? 0)} of ${formatNumber(recent?.requests ?? 0)} requests`,
      tone: failed > 0 ? "warn" : "plain",
    },
  ];
}

/** Requests a second of all versions over the last whole slot and the one under way. */
function requestsNow(stats: readonly VersionStats[], nowMs: number): number {
  const slotMs = stats[0]?.recent.slotMs ?? 10_000;
  const from = nowMs - (nowMs % slotMs) - slotMs;
  const requests = stats
    .flatMap(({ recent }) => recent.slots)
    .filter(({ at }) => at >= from)
    .reduce((sum, slot) => sum + slot.requests, 0);
  return requests / ((nowMs - from) / 1000);
}

/** One point of the curves; `at` in epoch seconds. */
export interface CurvePoint {
  readonly at: number;
  readonly requestsPerSecond: number;
  readonly rowsPerSecond: number;
  readonly errorsPerSecond: number;
  /** Absent where nothing was answered. */
  readonly latency?: { readonly p50: number; readonly p95: number; readonly p99: number };
}

/** A version's last ten minutes slot by slot, those without requests too; the slot under way is left out. */
export function curveOf({ recent }: VersionStats, nowMs: number): CurvePoint[] {
  const { slotMs, windowMs, slots } = recent;
  const bySlot = new Map(slots.map((slot) => [slot.at, slot]));
  const last = nowMs - (nowMs % slotMs) - slotMs;
  const points: CurvePoint[] = [];
  for (let at = last - windowMs + slotMs; at <= last; at += slotMs) {
    const slot = bySlot.get(at);
    const perSecond = (count: number | undefined): number => ((count ?? 0) * 1000) / slotMs;
    points.push({
      at: at / 1000,
      requestsPerSecond: perSecond(slot?.requests),
      rowsPerSecond: perSecond(slot?.rows),
      errorsPerSecond: perSecond(slot?.errors),
      ...(slot &&
        slot.requests > slot.errors && {
          latency: { p50: slot.p50Ms, p95: slot.p95Ms, p99: slot.p99Ms },
        }),
    });
  }
  return points;
}

/** How many batches had how many rows: "1", "2", "3–4"… to the largest that occurred. */
export function batchSizes({
  batches,
}: VersionStats): { readonly rows: string; readonly count: number }[] {
  const bars = batches.sizes.map(({ leRows, count }, place) => {
    const before = batches.sizes[place - 1];
    const least = (before?.leRows ?? 0) + 1;
    return {
      rows: least >= leRows ? String(leRows) : `${least}–${leRows}`,
      count: count - (before?.count ?? 0),
    };
  });
  return bars.slice(0, bars.findLastIndex(({ count }) => count > 0) + 1);
}
