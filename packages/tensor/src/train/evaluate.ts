/** What weights are worth on a dataset, and what they say of its rows. */
import { SoukError } from "@souk/core";
import type { Weights } from "../graph/to-onnx.ts";
import type { Network } from "../layers/scope.ts";
import type { Dataset } from "./dataset.ts";
import { openEngine } from "./engine-thread.ts";
import { type Answered, ForwardPass } from "./forward.ts";
import type { Learning } from "./job.ts";
import type { Metric } from "./metrics.ts";

/** How to run a network without training it. */
export interface EvaluateOptions {
  readonly weights: Weights;
  readonly data: Dataset;
  /** Threads of one operator, 0 for one per core. */
  readonly threads?: number;
  readonly signal?: AbortSignal;
}

/** Makers of metrics by name. */
export type Metrics = Readonly<Record<string, () => Metric>>;

/**
 * The mean loss per row as "loss", and metrics by name.
 *
 * @throws SoukError `TRAIN_BATCH` when a batch does not fit, `TRAIN_EMPTY` when there is none, `TRAIN_WEIGHTS` when one is missing.
 */
export async function evaluate(
  learning: Learning,
  { metrics = {}, ...options }: EvaluateOptions & { metrics?: Metrics },
): Promise<Readonly<Record<string, number>>> {
  return measure(forwardOver({ network: learning.network, learning, ...options }), metrics);
}

/**
 * What a network says of every batch, in the order of the dataset's first epoch with seed 0.
 *
 * @throws SoukError `TRAIN_BATCH` when a batch does not fit, `TRAIN_WEIGHTS` when a weight is missing.
 */
export function predict(network: Network, options: EvaluateOptions): AsyncIterable<Answered> {
  return forwardOver({ network, ...options });
}

/** Adds up the loss and metrics of answers. */
export async function measure(
  answers: AsyncIterable<Answered>,
  metrics: Metrics,
): Promise<Readonly<Record<string, number>>> {
  const counters = Object.entries(metrics).map(([name, create]) => [name, create()] as const);
  let sum = 0;
  let rows = 0;
  for await (const answer of answers) {
    for (const [, counter] of counters) counter.add(answer.outputs, answer.batch);
    sum += (answer.loss ?? 0) * answer.rows;
    rows += answer.rows;
  }
  if (rows === 0) throw new SoukError("TRAIN_EMPTY", "expected at least one batch, got none");
  return {
    loss: sum / rows,
    ...Object.fromEntries(counters.map(([name, counter]) => [name, counter.value()])),
  };
}

async function* forwardOver({
  network,
  learning,
  weights,
  data,
  threads = 0,
  signal,
}: EvaluateOptions & { network: Network; learning?: Learning }): AsyncGenerator<Answered> {
  const engine = openEngine({ threads });
  try {
    // Weights that cannot change are constants: ONNX Runtime packs those of convolutions, which is three times as fast.
    const freeze = () => true;
    const pass = new ForwardPass({ network, learning, engine, weights: new Map(weights), freeze });
    yield* pass.over(data, { signal });
  } finally {
    await engine.close();
  }
}
