/**
 * Chance that one occurrence of a word is trained on: `sqrt(t / f) + t / f`, at most 1, where `f` is the word's share
 * of all words and `t` is `sample`. 1 when `sample` is 0.
 * Source: word2vec.c (T. Mikolov, 2013); the paper (Mikolov et al., NIPS 2013, equation 5) has only the root.
 */
export function keepProbability(
  count: number,
  { total, sample }: { total: number; sample: number },
): number {
  if (sample === 0) return 1;
  const ratio = (sample * total) / count;
  return Math.min(1, Math.sqrt(ratio) + ratio);
}

/** Draws an index in constant time: index `i` where the rest of the draw is below `limits[i]`, else `aliases[i]`. */
export interface AliasTable {
  /** Thresholds in units of 2^-32, [n]. */
  readonly limits: Uint32Array;
  readonly aliases: Int32Array;
}

/**
 * The table that draws `i` in proportion to `counts[i] ** power`. Word2Vec's negative words are drawn with power 3/4.
 * Source: A. Walker, "An Efficient Method for Generating Discrete Random Variables", ACM TOMS 3 (1977), built as in
 * M. Vose, IEEE TSE 17 (1991). Unlike word2vec.c's table of 10^8 cells it is exact and stays in the cache.
 */
export function createAliasTable(counts: ArrayLike<number>, power: number): AliasTable {
  const n = counts.length;
  const shares = Float64Array.from(counts, (count) => count ** power);
  const total = shares.reduce((sum, share) => sum + share, 0);
  const aliases = Int32Array.from(shares, (_, i) => i);
  const limits = new Uint32Array(n).fill(0xffffffff);
  const small: number[] = [];
  const large: number[] = [];
  for (let i = 0; i < n; i++) {
    shares[i] *= n / total;
    (shares[i] < 1 ? small : large).push(i);
  }
  for (;;) {
    const giver = large.at(-1);
    const taker = giver === undefined ? undefined : small.pop();
    if (giver === undefined || taker === undefined) return { limits, aliases };
    limits[taker] = Math.min(0xffffffff, Math.round(shares[taker] * 2 ** 32));
    aliases[taker] = giver;
    shares[giver] -= 1 - shares[taker];
    if (shares[giver] < 1) {
      large.pop();
      small.push(giver);
    }
  }
}

/** The index a draw of 32 bits gives. Exact in a double for tables of up to 2^20 entries. */
export function drawAlias(table: AliasTable, draw: number): number {
  const product = draw * table.limits.length;
  const index = Math.floor(product / 2 ** 32);
  return product - index * 2 ** 32 < table.limits[index] ? index : table.aliases[index];
}
