import { SoukError } from "@souk/core";
import type { Leaderboard, PairedDifference } from "./leaderboard.ts";

/**
 * The board in sentences: who is best, who cannot be told from it, and how far the next one is behind.
 */
export function leaderboardVerdict(board: Leaderboard): string[] {
  const [best, ...others] = board.rows;
  const rows = board.testRows.toLocaleString("en-US");
  if (others.length === 0) return [`${best.name} stands alone on ${rows} rows.`];
  const tied = others.filter((row) => row.toBest?.isToldApart === false);
  const behind = others.find((row) => row.toBest?.isToldApart === true);
  const sentences: string[] = [];
  if (tied.length === 0) sentences.push(`${best.name} is best on these ${rows} rows.`);
  else
    sentences.push(
      `${listed([best.name, ...tied.map((row) => row.name)])} cannot be told apart on these ${rows} rows.`,
    );
  if (behind !== undefined)
    sentences.push(`${gainVerdict(board, { of: best.name, over: behind.name })}.`);
  const photo = photoVerdict(board);
  if (photo !== undefined) sentences.push(`${photo}.`);
  const quick = tied.toSorted((a, b) => a.latencyMs - b.latencyMs)[0];
  if (quick !== undefined && quick.latencyMs < best.latencyMs)
    sentences.push(
      `Of these, ${quick.name} answers soonest: ${milliseconds(quick.latencyMs)} against ${milliseconds(best.latencyMs)} of ${best.name}.`,
    );
  return sentences;
}

/** Families that read texts and no photo. */
const TEXT_FAMILIES = ["linear", "ngram", "neighbours", "text-cnn", "bilstm", "transformer"];

/** What a photo adds to the best of the text families, where the family that reads both is on the board. */
function photoVerdict(board: Leaderboard): string | undefined {
  const over = board.rows.find(({ name }) => TEXT_FAMILIES.includes(name))?.name;
  if (over === undefined || !board.rows.some(({ name }) => name === "fused")) return undefined;
  const words: [string, string] = ["The photo", `the text alone (${over})`];
  const pair = board.pairs.find(
    ({ first, second }) => [first, second].includes("fused") && [first, second].includes(over),
  );
  if (pair?.isToldApart !== true)
    return `That the photo adds anything to ${words[1]} is not shown by these rows`;
  return gainVerdict(board, { of: "fused", over, words });
}

/**
 * What one model adds over another, in words: "the photo adds 1.4 points [0.6, 2.2] over the title". `words` names
 * them as they read best.
 * @throws SoukError `LEADERBOARD_NAME` when the board has no such pair.
 */
export function gainVerdict(
  board: Leaderboard,
  { of, over, words = [of, over] }: { of: string; over: string; words?: readonly [string, string] },
): string {
  const pair = board.pairs.find(
    ({ first, second }) => (first === of && second === over) || (first === over && second === of),
  );
  if (pair === undefined)
    throw new SoukError(
      "LEADERBOARD_NAME",
      `expected two of ${board.rows.map((row) => row.name).join(", ")}, got ${of} and ${over}`,
    );
  if (!pair.isToldApart) return `${words[0]} and ${words[1]} cannot be told apart on these rows`;
  const change = changeOf(pair, { isReversed: pair.first === over });
  const isGain = change.difference > 0;
  if (board.metric === "accuracy") {
    const [points, low, high] = sizesOf(change).map((size) => (100 * size).toFixed(1));
    const unit = points === "1.0" ? "point" : "points";
    return `${words[0]} ${isGain ? "adds" : "loses"} ${points} ${unit} [${low}, ${high}] ${isGain ? "over" : "against"} ${words[1]}`;
  }
  const [by, low, high] = sizesOf(change).map(short);
  return `${words[0]} ${isGain ? "raises" : "lowers"} ${board.metric} by ${by} [${low}, ${high}] against ${words[1]}`;
}

interface Change {
  readonly difference: number;
  readonly low: number;
  readonly high: number;
}

function changeOf(
  { difference, low, high }: PairedDifference,
  { isReversed }: { isReversed: boolean },
): Change {
  return isReversed
    ? { difference: -difference, low: -high, high: -low }
    : { difference, low, high };
}

/** Sizes of a change and its bounds, the smaller bound first; the interval of models told apart has one sign. */
function sizesOf({ difference, low, high }: Change): number[] {
  return difference > 0 ? [difference, low, high] : [-difference, -high, -low];
}

function short(value: number): string {
  return value.toLocaleString("en-US", { maximumSignificantDigits: 3 });
}

function milliseconds(value: number): string {
  return `${value.toLocaleString("en-US", { maximumSignificantDigits: 2 })} ms`;
}

function listed(names: readonly string[]): string {
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
