/**
 * The candidate closest to what was typed, if it is close enough to be a slip of the fingers: a third of its letters, or
 * a beginning of at least two letters.
 */
export function closest(typed: string, candidates: readonly string[]): string | undefined {
  const word = typed.toLowerCase();
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const candidate of candidates) {
    const other = candidate.toLowerCase();
    const isBeginning = word.length >= 2 && other.startsWith(word);
    const distance = isBeginning ? 0.5 : editDistance(word, other);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return bestDistance <= Math.max(1, Math.floor(word.length / 3)) ? best : undefined;
}

/** `; did you mean X?`, or nothing. */
export function didYouMean(typed: string, candidates: readonly string[]): string {
  const candidate = closest(typed, candidates);
  return candidate === undefined ? "" : `; did you mean ${candidate}?`;
}

/**
 * Fewest insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`. O(|a| |b|).
 * Source: optimal string alignment, after F. J. Damerau, CACM 7 (1964).
 */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = Number(a[i - 1] !== b[j - 1]);
      let best = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, beforeLast[j - 2]! + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}
