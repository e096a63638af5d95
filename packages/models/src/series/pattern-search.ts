/** Steps finer than this change no forecast anyone could see. */
const FINEST = 1e-4;

/**
 * The point of [0, 1]^k near `start` at which `loss` is lowest: tries a step along each axis, both ways, moves to
 * what is better and halves the step when nothing is. Finds one valley, without derivatives; about 30 k calls.
 *
 * Source: Kolda, Lewis, Torczon, "Optimization by Direct Search", SIAM Review 45 (2003), compass search.
 */
export function searchUnitBox(
  start: readonly number[],
  loss: (point: readonly number[]) => number,
): { point: readonly number[]; loss: number } {
  let best = { point: start, loss: loss(start) };
  for (let step = 0.25; step >= FINEST;) {
    const better = neighbours(best.point, step)
      .map((point) => ({ point, loss: loss(point) }))
      .reduce((a, b) => (b.loss < a.loss ? b : a), best);
    if (better === best) step /= 2;
    else best = better;
  }
  return best;
}

function neighbours(point: readonly number[], step: number): number[][] {
  return point.flatMap((value, axis) =>
    [value - step, value + step]
      .filter((moved) => moved >= 0 && moved <= 1)
      .map((moved) => point.with(axis, moved)),
  );
}
