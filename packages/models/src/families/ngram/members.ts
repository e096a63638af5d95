import type { SavedPredictor } from "../family.ts";
import { collapse } from "./collapse.ts";
import type { Views } from "./layout.ts";
import type { EpochOrder } from "./schedule.ts";
import type { NgramProblem, NgramSession } from "./session.ts";
import { checkpointPart } from "./checkpoint-part.ts";

/** One of the models trained side by side on the same documents; the family predicts the weighted sum of their logits. */
export interface Member {
  readonly name: "embedding" | "linear";
  /** Weight of its logits; all together weigh 1. */
  readonly share: number;
  readonly dim: number;
  readonly rate: Pick<EpochOrder, "lr" | "warmUp" | "decay">;
  readonly session: NgramSession;
}

/** What the members predict together, as one linear function of the features. */
export interface NgramWeights {
  /** Row of each feature, [rows, width]. */
  readonly table: Float32Array;
  /** The classes, or the columns of an embedding when `output` is there. */
  readonly width: number;
  /** [classes, width]. */
  readonly output?: Float32Array;
}

/** The weights of the best epoch. They are copied when taken and summed when asked for. */
export class BestWeights {
  readonly #members: readonly Member[];
  readonly #problem: NgramProblem;
  readonly #parts: readonly Part[];
  #sum: NgramWeights | undefined;

  /** Takes the weights the members have now. */
  constructor(members: readonly Member[], problem: NgramProblem) {
    this.#members = members;
    this.#problem = problem;
    this.#parts = members.map(({ name, share, dim, session: { views } }) => {
      return { name, share, dim, input: views.input.slice(), output: views.output.slice() };
    });
  }

  /** Takes the weights the members have now. */
  take(): void {
    this.#sum = undefined;
    this.#members.forEach(({ session: { views } }, i) => {
      this.#parts[i].input.set(views.input);
      this.#parts[i].output.set(views.output);
    });
  }

  /** Puts back what `weights` gave before a training was interrupted. */
  restore(weights: NgramWeights): void {
    this.#sum = weights;
  }

  /** One row of logits per feature, unless a lone embedding is narrower than the classes. */
  weights(): NgramWeights {
    const [{ input, output, dim }] = this.#parts;
    const { classes } = this.#problem;
    if (this.#sum === undefined)
      this.#sum =
        this.#parts.length === 1 && dim < classes
          ? { table: input, width: dim, output }
          : { table: sumOf(this.#parts, this.#problem), width: classes };
    return this.#sum;
  }
}

type Part = Pick<Member, "name" | "share" | "dim"> & Pick<Views, "input" | "output">;

function sumOf(parts: readonly Part[], { rows, classes }: NgramProblem): Float32Array {
  const table = new Float32Array(rows * classes);
  for (const { name, share, dim, input, output } of parts)
    if (name === "embedding") collapse(input, output, { rows, classes, dim, share, table });
    else
      for (let row = 0; row < rows; row++)
        for (let c = 0; c < classes; c++) table[row * classes + c] += share * input[row * dim + c];
  return table;
}

/** Writes the summed logits of documents [from, to), [to - from, classes]. */
export function scoreTogether(
  members: readonly Member[],
  { from, to, scores }: { from: number; to: number; scores: Float64Array },
): void {
  const own = new Float64Array(scores.length);
  scores.fill(0);
  for (const { share, session } of members) {
    session.scoreInto(from, to, own);
    for (let i = 0; i < own.length; i++) scores[i] += share * own[i];
  }
}

/**
 * One epoch of every member, in turns or side by side: the result is the same, since they share no weights.
 * @returns the mean loss, weighted by share. `onProgress` hears documents done, all members counting as one.
 */
export async function runTogether(
  members: readonly Member[],
  {
    epoch,
    epochs,
    sideBySide,
    signal,
    onProgress,
  }: {
    epoch: number;
    epochs: number;
    sideBySide: boolean;
    signal: AbortSignal | undefined;
    onProgress: (done: number) => void;
  },
): Promise<number> {
  const done = members.map(() => 0);
  const runOne = async ({ session, rate, share }: Member, i: number): Promise<number> => {
    const hear = (documents: number): void => {
      done[i] = documents;
      onProgress(Math.floor(done.reduce((sum, each) => sum + each, 0) / members.length));
    };
    return (
      share * (await session.runEpoch({ epoch, epochs, ...rate }, { signal, onProgress: hear }))
    );
  };
  if (sideBySide) {
    const losses = await Promise.all(members.map(runOne));
    return losses.reduce((sum, loss) => sum + loss, 0);
  }
  let loss = 0;
  for (const [i, member] of members.entries()) loss += await runOne(member, i);
  return loss;
}

/** Every weight in training, by member and part. */
export function membersToTensors(members: readonly Member[]): SavedPredictor["tensors"] {
  return Object.fromEntries(
    partsOf(members).map(([name, data]) => [name, { shape: [data.length], data: data.slice() }]),
  );
}

/** Puts the weights of a checkpoint back. @throws SoukError `CHECKPOINT_INVALID` when one does not fit. */
export function restoreMembers(members: readonly Member[], saved: SavedPredictor): void {
  for (const [name, data] of partsOf(members)) data.set(checkpointPart(saved, name, data.length));
}

function partsOf(members: readonly Member[]): [string, Float32Array][] {
  return members.flatMap(({ name, session: { views } }) => {
    const second: [string, Float32Array] =
      name === "linear" ? [`${name} squares`, views.squares] : [`${name} output`, views.output];
    return [[`${name} input`, views.input], second] satisfies [string, Float32Array][];
  });
}
