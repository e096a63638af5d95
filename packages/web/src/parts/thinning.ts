/** A stretch of neighbouring places, joined by so many into two. */
export interface Stretch {
  readonly from: number;
  /** The first place after it. */
  readonly to: number;
  /** Places joined, 1 or more; up to two stay as they are. */
  readonly size: number;
}

/** Where the joined places of a stretch lie: at their first and their last x. */
export function thinXsInto(
  xs: readonly number[],
  { from, to, size }: Stretch,
  kept: number[],
): void {
  for (let start = from; start < to; start += size) {
    const end = Math.min(start + size, to);
    kept.push(xs[start] ?? 0);
    if (end - start > 1) kept.push(xs[end - 1] ?? 0);
  }
}

/**
 * What a series has there: of the joined places the least and the greatest value, in the order they came. A value that is
 * alone stays in its half. NaN in `column`, or nothing, is no value: `none` in what is kept.
 */
export function thinColumnInto<None>(
  column: readonly number[],
  { from, to, size, none }: Stretch & { readonly none: None },
  kept: (number | None)[],
): void {
  for (let start = from; start < to; start += size) {
    const end = Math.min(start + size, to);
    const [first, second] = extremesOf(column, start, end);
    const isLate = first === second && first - start >= (end - start) / 2;
    const isTwo = end - start > 1;
    kept.push(first < 0 || (isTwo && isLate) ? none : (column[first] ?? none));
    if (isTwo)
      kept.push(second < 0 || (first === second && !isLate) ? none : (column[second] ?? none));
  }
}

/** Places of the least and the greatest value from `start` to before `end`, the earlier first; -1 for none. */
function extremesOf(
  column: readonly number[],
  start: number,
  end: number,
): readonly [first: number, second: number] {
  let low = -1;
  let high = -1;
  for (let place = start; place < end; place += 1) {
    const y = column[place] ?? Number.NaN;
    if (Number.isNaN(y)) continue;
    if (low < 0 || y < (column[low] ?? 0)) low = place;
    if (high < 0 || y > (column[high] ?? 0)) high = place;
  }
  return low < high ? [low, high] : [high, low];
}
