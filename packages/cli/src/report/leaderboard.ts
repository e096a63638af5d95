import type { Souk } from "@souk/server";
import type { Context } from "../command.ts";
import { textOf } from "../plain.ts";
import { formatBytes, formatCount, formatNumber } from "../terminal/numbers.ts";
import { wrap } from "../terminal/style.ts";
import { followJob } from "./follow-job.ts";

type Request = Parameters<Souk["jobs"]["startLeaderboard"]>[0];
type Board = Awaited<ReturnType<Souk["leaderboards"]["get"]>>;

/**
 * Computes a leaderboard, saying which family is trained or measured, and waits for it.
 * @throws SoukError `JOB_CANCELLED`, or the code it failed with.
 */
export async function followLeaderboard(context: Context, request: Request): Promise<Board> {
  const { jobs, leaderboards } = await context.souk();
  const started = await jobs.startLeaderboard(request, { by: context.by });
  await followJob(context, started, {
    what: "leaderboard",
    show({ kind, data }, progress) {
      if (kind === "training") progress.done(`training ${textOf(data, "family")}`);
      if (kind === "measuring") progress.done(`measuring ${textOf(data, "family")}`);
    },
  });
  return leaderboards.get(request.task);
}

/** Prints families best first, the verdict in words, and who is missing and why. */
export function printLeaderboard({ out }: Context, board: Board): void {
  const { metric, rows, missing, verdict, testRows, data } = board;
  const second = secondFigure(board);
  out.print(
    `${out.style.bold("Test rows")}  ${formatCount(testRows)}  ${out.style.dim(`(${data.dataset} version ${data.version}; the same for every family)`)}`,
  );
  out.print();
  out.printTable(
    [
      { title: "", align: "right", isWhole: true },
      { title: "family", isWhole: true },
      {
        title: metric,
        align: "right",
        paint: (cell, r) => (rows[r]?.rank === 1 ? out.style.green(cell) : cell),
      },
      { title: "95 %", align: "right", paint: (cell) => out.style.dim(cell) },
      ...(second === undefined ? [] : [{ title: second, align: "right" as const }]),
      { title: "train s", align: "right" },
      { title: "ms alone", align: "right" },
      { title: "ms batch", align: "right" },
      { title: "size", align: "right" },
    ],
    rows.map((row) => [
      String(row.rank),
      row.family,
      formatNumber(row.value),
      `${formatNumber(row.low)} to ${formatNumber(row.high)}`,
      ...(second === undefined ? [] : [formatNumber(row.metrics[second] ?? NaN)]),
      row.seconds.toFixed(1),
      formatNumber(row.latencyMs),
      formatNumber(row.batchLatencyMs),
      formatBytes(row.sizeBytes),
    ]),
  );
  out.print();
  for (const sentence of verdict) for (const line of wrap(sentence, out.width)) out.print(line);
  for (const [reason, families] of Map.groupBy(missing, (one) => one.reason)) {
    const names = families.map(({ family }) => family).join(", ");
    for (const line of wrap(`no place for ${names}: ${reason}`, out.width))
      out.print(out.style.dim(line));
  }
}

/** Macro-F1 beside accuracy; of numbers the mean absolute error, unless that is what they are judged by. */
function secondFigure({ metric, rows }: Board): string | undefined {
  return ["macroF1", "mae", "rmse"].find(
    (name) => name !== metric && rows.every((row) => row.metrics[name] !== undefined),
  );
}
