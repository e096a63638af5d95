/**
 * Values at which gradients are checked. All are multiples of 2^-12 of modest size, so that a step of 2^-7 or 2^-8 away
 * from them is exact in float32; those for operators with kinks keep a distance from the kinks that the step never bridges.
 */
import type { Rng } from "@souk/core";
import { sizeOf, type Tensor } from "../onnx/tensor.ts";

/**
 * `normal`: mean 0, deviation 1. `positive`: in [0.5, 2.5]. `away`: normal, but at least 1/8 from 0, in both directions.
 * `distinct`: elements that differ by 1/4, and by 1/16 from those of other inputs, at least 1/32 away from every
 * multiple of 1/4, in a random order that repeats after 1,021 elements: no window of neighbours holds two alike.
 */
export type Sample = "normal" | "positive" | "away" | "distinct";

const LEVELS = 1021;

/** A float32 tensor of `shape` drawn as `sample` says, for input number `input`. */
export function drawSample(
  shape: readonly number[],
  { sample, rng, input = 0 }: { sample: Sample; rng: Rng; input?: number },
): Tensor {
  const data = new Float32Array(sizeOf(shape));
  const draw = samplers[sample](rng, { size: data.length, input });
  for (let i = 0; i < data.length; i++) data[i] = Math.round(draw(i) * 4096) / 4096;
  return { type: "float32", shape, data };
}

const samplers: Readonly<
  Record<Sample, (rng: Rng, of: { size: number; input: number }) => (index: number) => number>
> = {
  normal: (rng) => () => rng.normal(),
  positive: (rng) => () => 0.5 + 2 * rng.next(),
  away: (rng) => () => {
    const value = rng.normal();
    return value + (value < 0 ? -0.125 : 0.125);
  },
  distinct: (rng, { size, input }) => {
    const levels = Array.from({ length: Math.min(size, LEVELS) }, (_, level) => level);
    rng.shuffle(levels);
    return (i) =>
      (levels[i % LEVELS] - Math.floor(levels.length / 2)) / 4 + (1 + 2 * (input % 4)) / 32;
  },
};
