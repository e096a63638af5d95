/** What two sides are asked to do alike: one architecture, one start, one list of batches, Adam. */
import { createRng, type Rng } from "@souk/core";
import type { Network } from "../../src/layers/scope.ts";
import { float32, int32, int64, sizeOf, type Tensor } from "../../src/onnx/tensor.ts";

/** Columns of one batch; `labels` are class numbers, the others inputs of the network. */
export type Batch = Readonly<Record<string, Tensor>>;

/** One training to compare. */
export interface Contest {
  /** Name of the model on both sides. */
  readonly model: string;
  /** How many times faster than the peer we want to be. */
  readonly goal: number;
  readonly network: Network;
  /** Names of weights that do not learn. */
  readonly freeze?: (name: string) => boolean;
  /** Changes a first weight in place, when the initializers' are too tame. */
  readonly vary?: (name: string, weight: Tensor, rng: Rng) => void;
  /** The batches both sides go round. */
  readonly batches: readonly Batch[];
  /** The peer's ways of doing it, of which the fastest counts. */
  readonly variants: readonly string[];
  /** Steps of one timed round. */
  readonly steps: number;
}

/** A side: starts afresh from the same weights, then goes round the batches. */
export interface Side {
  /** The loss of each of the next steps, before its update. */
  losses(steps: number): Promise<readonly number[]>;
  /** Milliseconds that the next steps take together. */
  time(steps: number): Promise<number>;
  close(): Promise<void>;
}

/** `count` batches, each drawn with chance of its own. */
export function drawBatches(count: number, draw: (rng: Rng) => Batch): Batch[] {
  const rng = createRng("bench batches");
  return Array.from({ length: count }, (_, index) => draw(rng.fork(String(index))));
}

/** Word numbers below `vocabulary`, frequent ones small, as in texts: int64 `shape`. */
export function drawWords(rng: Rng, vocabulary: number, shape: readonly number[]): Tensor {
  const draw = () => BigInt(Math.floor(vocabulary ** rng.next()) - 1);
  return int64(new BigInt64Array(sizeOf(shape)).map(draw), shape);
}

/** Pixels of mean 0 and deviation 1: float32 `shape`. */
export function drawPixels(rng: Rng, shape: readonly number[]): Tensor {
  return float32(
    new Float32Array(sizeOf(shape)).map(() => rng.normal()),
    shape,
  );
}

/** Class numbers: int32 [count]. */
export function drawLabels(rng: Rng, classes: number, count: number): Tensor {
  return int32(new Int32Array(count).map(() => rng.integer(classes)));
}
