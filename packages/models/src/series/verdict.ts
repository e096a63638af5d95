import type { ForecasterReport, HorizonReport, WalkForwardReport } from "./walk-forward-report.ts";

/** Differences that chance makes less often than this count. */
const SIGNIFICANCE = 0.05;
/** Differences below 1 % of the loss are nobody's reason to leave the benchmark, however sure they are. */
const LEAST_DIFFERENCE = 0.01;

/** One forecaster at one horizon. */
interface Entry {
  readonly name: string;
  readonly at: HorizonReport;
}

/**
 * What the numbers of a report say, in a few sentences. Only differences of at least 1 % whose adjusted p-value is below
 * 5 % count; where nothing beats the benchmark, it says so first.
 */
export function walkForwardVerdict({
  forecasters,
  benchmark,
  loss,
}: Pick<WalkForwardReport, "forecasters" | "benchmark" | "loss">): string {
  const base = forecasters.find(({ name }) => name === benchmark);
  const rivals = forecasters.filter(({ name }) => name !== benchmark);
  const what = benchmarkWords(benchmark);
  if (base === undefined || rivals.length === 0) return `Only ${what} was tried.`;
  const wins = base.horizons.map(({ horizon }) => bestWin(rivals, horizon));
  const won = wins.filter((win) => win !== undefined);
  const lostAt = base.horizons.filter((_, i) => wins[i] === undefined);
  const closest = lostAt.map((at) => closestWords(rivals, at, loss)).join("; ");
  const sentences =
    won.length === 0
      ? [`Nothing here beats ${what}: ${closest}.`]
      : [
          ...won.map((win) => winWords(win, base, what, loss)),
          ...(lostAt.length === 0 ? [] : [`Nothing beats it elsewhere: ${closest}.`]),
        ];
  const worse = worseWords(rivals);
  return [...sentences, ...(worse === "" ? [] : [`Worse than ${what}: ${worse}.`])].join(" ");
}

function benchmarkWords(name: string): string {
  if (name === "naive") return "repeating the last value";
  if (name === "zero") return "expecting no change";
  return name === "mean" ? "repeating the average so far" : name;
}

function entriesAt(rivals: readonly ForecasterReport[], horizon: number): Entry[] {
  return rivals.flatMap(({ name, horizons }) =>
    horizons.filter((at) => at.horizon === horizon).map((at) => ({ name, at })),
  );
}

function ratioOf({ at }: Entry): number {
  return at.versusBenchmark?.lossRatio ?? Number.POSITIVE_INFINITY;
}

function isSure({ at }: Entry): boolean {
  return (at.versusBenchmark?.adjustedPValue ?? 1) < SIGNIFICANCE;
}

function isWin(entry: Entry): boolean {
  return isSure(entry) && ratioOf(entry) <= 1 - LEAST_DIFFERENCE;
}

function isLoss(entry: Entry): boolean {
  return isSure(entry) && ratioOf(entry) >= 1 + LEAST_DIFFERENCE;
}

function bestWin(rivals: readonly ForecasterReport[], horizon: number): Entry | undefined {
  return entriesAt(rivals, horizon)
    .filter(isWin)
    .sort((a, b) => ratioOf(a) - ratioOf(b))[0];
}

function winWords(
  entry: Entry,
  base: ForecasterReport,
  what: string,
  loss: WalkForwardReport["loss"],
): string {
  const { horizon } = entry.at;
  const of = base.horizons.find((at) => at.horizon === horizon);
  const than = of === undefined ? "" : ` against ${lossWords(of, loss)}`;
  const less = Number(((1 - ratioOf(entry)) * 100).toPrecision(2));
  return `${entry.name} beats ${what} ${aheadWords(horizon)}: ${lossName(loss)} ${lossWords(entry.at, loss)}${than}, ${less} % less (${chanceWords(entry.at)}).`;
}

function closestWords(
  rivals: readonly ForecasterReport[],
  base: HorizonReport,
  loss: WalkForwardReport["loss"],
): string {
  const [best] = entriesAt(rivals, base.horizon).sort((a, b) => ratioOf(a) - ratioOf(b));
  if (best?.at.versusBenchmark === undefined) return `${aheadWords(base.horizon)} no difference`;
  return `${aheadWords(base.horizon)} ${best.name} comes closest (${lossName(loss)} ${lossWords(best.at, loss)} against ${lossWords(base, loss)}, ${chanceWords(best.at)})`;
}

function worseWords(rivals: readonly ForecasterReport[]): string {
  return rivals
    .flatMap(({ name, horizons }) => {
      const lost = horizons.filter((at) => isLoss({ name, at }));
      return lost.length === 0 ? [] : [`${name} ${aheadWords(...lost.map((at) => at.horizon))}`];
    })
    .join("; ");
}

function aheadWords(...horizons: readonly number[]): string {
  const last = horizons[horizons.length - 1];
  const list =
    horizons.length === 1 ? `${last}` : `${horizons.slice(0, -1).join(", ")} and ${last}`;
  return `${list} ${list === "1" ? "day" : "days"} ahead`;
}

function lossName(loss: WalkForwardReport["loss"]): string {
  return loss === "absolute" ? "MAE" : "mean squared error";
}

function lossWords({ mae, rmse }: HorizonReport, loss: WalkForwardReport["loss"]): string {
  return String(Number((loss === "absolute" ? mae : rmse * rmse).toPrecision(4)));
}

function chanceWords({ versusBenchmark }: HorizonReport): string {
  const p = versusBenchmark?.adjustedPValue ?? 1;
  return p < 0.001 ? "p < 0.001" : `p = ${Number(p.toPrecision(2))}`;
}
