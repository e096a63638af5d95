/** Our side: `train` as a user calls it, over a dataset that waits for the word to go on. One turn is one epoch. */
import type { Weights } from "../../src/graph/to-onnx.ts";
import { softmaxCrossEntropy } from "../../src/losses/cross-entropy.ts";
import { adam } from "../../src/optimizers/adam.ts";
import type { Dataset } from "../../src/train/dataset.ts";
import type { TrainingJob } from "../../src/train/job.ts";
import { train } from "../../src/train/train.ts";
import type { Contest, Side } from "./contest.ts";

/** Where ours starts, and how. */
export interface OurStart {
  readonly weights: Weights;
  readonly threads: number;
  /** Learning rate of Adam. */
  readonly rate: number;
}

/** The contest as a training of ours. */
export function trainingJob(
  { network, freeze }: Contest,
  { weights, threads, rate, data }: OurStart & { data: Dataset },
): TrainingJob {
  return {
    network,
    targets: { labels: { type: "int32", shape: ["batch"] } },
    loss: ({ logits }, { labels }) => softmaxCrossEntropy(logits, labels),
    data,
    optimizer: adam(),
    learningRate: rate,
    epochs: Number.MAX_SAFE_INTEGER,
    weights,
    freeze,
    seed: 1,
    threads,
    spinning: true, // as the threads of PyTorch do, to which the machine belongs as much
  };
}

/** A training of ours from `weights`. */
export function startOurs(contest: Contest, start: OurStart): Side {
  const turns = createTurns(contest);
  const stop = new AbortController();
  let losses: number[] = [];
  const job = trainingJob(contest, { ...start, data: turns.dataset });
  const finished = train(job, {
    signal: stop.signal,
    onEvent(event) {
      if (event.kind === "step") losses.push(event.loss);
      if (event.kind === "epoch") turns.done();
    },
  });
  finished.catch((reason: unknown) => turns.fail(reason));
  const take = async (steps: number): Promise<number> => {
    losses = [];
    const startedMs = performance.now();
    await turns.take(steps);
    return performance.now() - startedMs;
  };
  return {
    losses: async (steps) => {
      await take(steps);
      return losses;
    },
    time: take,
    async close() {
      stop.abort();
      turns.end();
      await finished.catch(() => undefined);
    },
  };
}

interface Turns {
  readonly dataset: Dataset;
  /** Lets the next `steps` batches go; resolves when `done` is called. */
  take(steps: number): Promise<void>;
  done(): void;
  end(): void;
  fail(reason: unknown): void;
}

function createTurns({ batches }: Contest): Turns {
  let next = Promise.withResolvers<number>();
  let turn = Promise.withResolvers<void>();
  let given = 0;
  return {
    dataset: {
      async *epoch() {
        const steps = await next.promise;
        next = Promise.withResolvers();
        for (let step = 0; step < steps; step++) yield batches[given++ % batches.length];
      },
    },
    take(steps) {
      turn = Promise.withResolvers();
      next.resolve(steps);
      return turn.promise;
    },
    done: () => turn.resolve(),
    end: () => next.resolve(0),
    fail: (reason) => turn.reject(reason),
  };
}
