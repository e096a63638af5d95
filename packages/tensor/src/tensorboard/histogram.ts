/** Counts the values of a tensor for TensorBoard. */
import { SoukError } from "@souk/core";
import type { Histogram } from "./event.ts";

/**
 * Counts in `buckets` of equal width between the smallest and the largest value. Values that are not finite are left out.
 *
 * @throws SoukError `EVENT_VALUE` when no value is finite.
 */
export function countValues(values: ArrayLike<number>, { buckets = 30 } = {}): Histogram {
  let [minimum, maximum, count, sum, sumOfSquares] = [Infinity, -Infinity, 0, 0, 0];
  for (let at = 0; at < values.length; at++) {
    const value = values[at];
    if (!Number.isFinite(value)) continue;
    minimum = Math.min(minimum, value);
    maximum = Math.max(maximum, value);
    count++;
    sum += value;
    sumOfSquares += value * value;
  }
  if (count === 0) {
    throw new SoukError("EVENT_VALUE", `expected a finite value among ${values.length}, got none`);
  }
  const range = maximum - minimum || 1;
  const width = range / buckets;
  const counts = Array.from({ length: buckets }, () => 0);
  for (let at = 0; at < values.length; at++) {
    if (!Number.isFinite(values[at])) continue;
    counts[Math.min(Math.floor((values[at] - minimum) / width), buckets - 1)]++;
  }
  const limits = counts.map((_, at) =>
    at === buckets - 1 ? minimum + range : minimum + width * (at + 1),
  );
  return { minimum, maximum, count, sum, sumOfSquares, limits, counts };
}
