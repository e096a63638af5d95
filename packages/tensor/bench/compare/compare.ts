/** One contest: the same losses first, then the time of both sides in turns. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { errorMessage, SoukError } from "@souk/core";
import type { Contest, Side } from "./contest.ts";
import { writeStart } from "./files.ts";
import { firstWeights } from "./first-weights.ts";
import { startOurs } from "./ours.ts";
import type { Peer, Start } from "./process.ts";
import { largestDifference, timeInTurns, type Timing } from "./rounds.ts";

/** How long and how exactly to compare. */
export interface CompareOptions {
  readonly start: (start: Start) => Promise<Peer>;
  readonly threads: number;
  readonly rounds: number;
  /** Steps whose losses must agree. */
  readonly agreement: number;
  /** Largest relative difference of a loss. */
  readonly tolerance: number;
  /** Learning rate of Adam. */
  readonly rate: number;
}

/** What came of a contest. Times are milliseconds per step. */
export interface Outcome {
  readonly model: string;
  readonly goal: number;
  /** The peer's time over ours, from the medians. */
  readonly ratio: number;
  readonly ours: Timing;
  readonly peer: Timing;
  readonly peerVersion: string;
  /** Which of the peer's ways was the fastest, and a short turn of each, or why it did not work. */
  readonly variant: string;
  readonly variants: Readonly<Record<string, number | string>>;
  /** The largest relative difference of the losses of the first steps. */
  readonly lossDifference: number;
  readonly firstLoss: number;
  readonly lastLoss: number;
}

/**
 * Compares both sides.
 *
 * @throws SoukError `BENCH_ANSWERS_DIFFER` when a loss differs by more than the tolerance, `BENCH_PEER_MISSING`.
 */
export async function compare(contest: Contest, options: CompareOptions): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), "souk-bench-train-"));
  const open: Side[] = [];
  try {
    const { threads, rate } = options;
    const weights = firstWeights(contest);
    const files = await writeStart(folder, { weights, batches: contest.batches });
    const best = await fastest(contest, { files, options, open });
    const ours = startOurs(contest, { weights, threads, rate });
    open.push(ours);
    const agreed = await agree(contest.model, { ours, theirs: best.losses, options });
    const timed = await timeBoth(contest, { ours, peer: best.peer, options });
    const { variant, variants } = best;
    const { model, goal } = contest;
    return { model, goal, ...timed, peerVersion: best.peer.version, variant, variants, ...agreed };
  } finally {
    await Promise.all(open.map((side) => side.close()));
    await rm(folder, { recursive: true, force: true });
  }
}

interface Best {
  readonly peer: Peer;
  readonly variant: string;
  readonly variants: Readonly<Record<string, number | string>>;
  readonly losses: readonly number[];
}

/** Tries every way of the peer for three turns and keeps the fastest open. */
async function fastest(
  { model, variants, steps }: Contest,
  {
    files,
    options,
    open,
  }: { files: { weights: string; batches: string }; options: CompareOptions; open: Side[] },
): Promise<Best> {
  const { start, threads, rate, agreement } = options;
  const found: Record<string, number | string> = {};
  const ready: { variant: string; peer: Peer; losses: readonly number[]; ms: number }[] = [];
  for (const variant of variants) {
    try {
      const peer = await start({ model, ...files, variant, threads, rate });
      open.push(peer);
      const losses = await peer.losses(agreement);
      const [{ median }] = await timeInTurns([peer], { rounds: 3, steps });
      ready.push({ variant, peer, losses, ms: median });
      found[variant] = median;
    } catch (error) {
      found[variant] = errorMessage(error);
    }
  }
  const best = ready.toSorted((a, b) => a.ms - b.ms)[0];
  if (!best) throw new SoukError("BENCH_PEER_MISSING", Object.values(found).join("; "));
  return { ...best, variants: found };
}

async function agree(
  model: string,
  { ours, theirs, options }: { ours: Side; theirs: readonly number[]; options: CompareOptions },
): Promise<Pick<Outcome, "lossDifference" | "firstLoss" | "lastLoss">> {
  const losses = await ours.losses(options.agreement);
  const lossDifference = largestDifference(losses, theirs);
  if (!(lossDifference <= options.tolerance)) {
    throw new SoukError(
      "BENCH_ANSWERS_DIFFER",
      `${model}: losses must agree to ${options.tolerance}, they differ by ${lossDifference}: ` +
        `ours ${losses.join(" ")}, theirs ${theirs.join(" ")}`,
    );
  }
  return { lossDifference, firstLoss: losses[0], lastLoss: losses.at(-1) ?? NaN };
}

/** The first turn of ours chooses how many steps go into one call, and does not count. */
async function timeBoth(
  { steps }: Contest,
  { ours, peer, options }: { ours: Side; peer: Side; options: CompareOptions },
): Promise<{ ratio: number; ours: Timing; peer: Timing }> {
  await ours.time(steps);
  const [mine, theirs] = await timeInTurns([ours, peer], { rounds: options.rounds, steps });
  return { ratio: theirs.median / mine.median, ours: mine, peer: theirs };
}
