import { createRng } from "@souk/core";
import type { Corpus } from "../../features/corpus.ts";
import { createKernel, openKernelSource } from "./kernel.ts";
import { layOut, SCORE_BLOCK, type Views, viewsOf } from "./layout.ts";
import type { EpochOrder } from "./schedule.ts";
import { startThreads } from "./threads.ts";

/** What is to be learnt: documents as feature rows, the first `trainDocuments` of them with their targets. */
export interface NgramProblem {
  readonly corpus: Pick<Corpus, "documents" | "segments" | "ids" | "starts" | "scales">;
  /** Number of weight rows. */
  readonly rows: number;
  readonly trainDocuments: number;
  /** Label index of each training document, or its standardised number. */
  readonly targets: Float64Array;
  /** Number of labels, or 1 for a number. */
  readonly classes: number;
  readonly regression: boolean;
  /** Target distribution of each label, [classes, classes]; plain when left out. */
  readonly soft?: Float32Array;
  /** Weight of each label, [classes]; 1 when left out. */
  readonly weights?: Float32Array;
}

/** A model in training. One owner closes it. */
export interface NgramSession {
  /** The weights and what they are trained on, live. */
  readonly views: Views;
  /** One pass in an order drawn from the seed and the epoch's number; resolves to the mean loss. */
  runEpoch(
    order: EpochOrder,
    options?: { signal?: AbortSignal; onProgress?: (done: number) => void },
  ): Promise<number>;
  /** Raw outputs of documents [from, to), [to - from, classes]. */
  scoreInto(from: number, to: number, target: Float64Array): void;
  close(): Promise<void>;
}

/**
 * Lays the problem out in shared memory and starts the threads. The same seed gives the same bits with one thread,
 * on every machine and engine.
 */
export async function openNgramSession(
  problem: NgramProblem,
  {
    dim,
    seed,
    threads,
    engine = "auto",
    linear = false,
  }: {
    dim: number;
    seed: number;
    threads: number;
    engine?: "auto" | "wasm" | "plain";
    /** Logits per feature with adaptive steps; `dim` is then the classes, rounded up to a multiple of 4. */
    linear?: boolean;
  },
): Promise<NgramSession> {
  const { corpus, classes, trainDocuments, rows, regression } = problem;
  const { documents, segments } = corpus;
  const features = corpus.ids.length;
  const layout = layOut({
    dim,
    classes,
    segments,
    rows,
    documents,
    trainDocuments,
    features,
    threads,
    linear,
  });
  const source = await openKernelSource(layout, { regression, engine });
  const views = viewsOf(source.buffer, layout);
  fill(views, problem);
  if (!linear) drawEmbeddings(views.input, { dim, seed });
  const kernel = createKernel(source, 0);
  const running = await startThreads(source);
  return {
    views,
    async runEpoch(order, options = {}) {
      shuffleInto(views.order, `${seed}:epoch ${order.epoch}`);
      return (await running.runEpoch(order, options)) / trainDocuments;
    },
    scoreInto(from, to, target) {
      for (let at = from; at < to; at += SCORE_BLOCK) {
        const end = Math.min(to, at + SCORE_BLOCK);
        kernel.score(at, end);
        target.set(views.scores.subarray(0, (end - at) * classes), (at - from) * classes);
      }
    },
    close: () => running.close(),
  };
}

function fill(views: Views, problem: NgramProblem): void {
  const { corpus, classes, regression, targets } = problem;
  views.ids.set(corpus.ids);
  views.starts.set(corpus.starts);
  views.scales.set(corpus.scales);
  (regression ? views.numbers : views.labels).set(targets);
  views.weights.set(problem.weights ?? new Float32Array(classes).fill(1));
  views.soft.set(problem.soft ?? identity(classes));
}

function drawEmbeddings(input: Float32Array, { dim, seed }: { dim: number; seed: number }): void {
  const rng = createRng(`${seed}:embedding`);
  for (let i = 0; i < input.length; i++) input[i] = (2 * rng.next() - 1) / dim;
}

function identity(size: number): Float32Array {
  const matrix = new Float32Array(size * size);
  for (let i = 0; i < size; i++) matrix[i * size + i] = 1;
  return matrix;
}

function shuffleInto(order: Int32Array, seed: string): void {
  const rng = createRng(seed);
  for (let i = 0; i < order.length; i++) order[i] = i;
  for (let i = order.length - 1; i > 0; i--) {
    const j = rng.integer(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
}
