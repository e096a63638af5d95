/**
 * At most `most` points of a curve, in their order: of neighbours, the least and the greatest stay, so that no peak is lost,
 * and so do the first and the last point.
 */
export function thinnedPoints<P extends { readonly value: number }>(
  points: readonly P[],
  most: number,
): readonly P[] {
  if (points.length <= most) return points;
  const size = Math.ceil((2 * (points.length - 2)) / Math.max(1, most - 2));
  const kept = points.slice(0, 1);
  for (let start = 1; start < points.length - 1; start += size)
    kept.push(...extremes(points.slice(start, Math.min(start + size, points.length - 1))));
  return [...kept, ...points.slice(-1)];
}

function extremes<P extends { readonly value: number }>(points: readonly P[]): P[] {
  const known = points.filter(({ value }) => !Number.isNaN(value));
  const [first, ...others] = known.length === 0 ? points : known;
  if (!first) return [];
  let low = first;
  let high = first;
  for (const point of others) {
    if (point.value < low.value) low = point;
    if (point.value > high.value) high = point;
  }
  if (low === high) return [low];
  return points.indexOf(low) < points.indexOf(high) ? [low, high] : [high, low];
}
