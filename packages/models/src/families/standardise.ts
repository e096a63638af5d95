import { SoukError } from "@souk/core";

/**
 * Mean and deviation (1 when there is no spread) of a number target, so that learning rates mean the same for any unit.
 * @throws SoukError `TRAIN_DIVERGED` when the deviation is not finite, as of numbers beyond 1e150.
 */
export function standardiser(values: Float64Array): { offset: number; scale: number } {
  let offset = 0;
  for (const value of values) offset += value / values.length;
  let variance = 0;
  for (const value of values) variance += (value - offset) ** 2 / values.length;
  if (!Number.isFinite(variance))
    throw new SoukError(
      "TRAIN_DIVERGED",
      `expected target numbers whose spread is finite, got ${variance}: leave out absurd ones`,
    );
  return { offset, scale: Math.sqrt(variance) || 1 };
}
