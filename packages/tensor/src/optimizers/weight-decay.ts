/** Which weights decay, and how strongly. */

/** Weights whose names match decay by `decay`. */
export interface DecayGroup {
  readonly match: RegExp | ((name: string, shape: readonly number[]) => boolean);
  readonly decay: number;
}

/** One strength for all matrices, or groups of which the first that matches counts; weights in no group do not decay. */
export type WeightDecay = number | readonly DecayGroup[];

/** The decay of a weight. A plain number spares biases, normalisation and every vector, as is usual. */
export function decayOf(
  weightDecay: WeightDecay,
  { name, shape }: { name: string; shape: readonly number[] },
): number {
  const groups = typeof weightDecay === "number" ? matrices(weightDecay) : weightDecay;
  const group = groups.find(({ match }) =>
    match instanceof RegExp ? match.test(name) : match(name, shape),
  );
  return group?.decay ?? 0;
}

/** The group of all weights but biases and vectors, which the scales of normalisation are. */
export function matrices(decay: number): readonly DecayGroup[] {
  return [{ match: (name, shape) => shape.length > 1 && !SPARED.test(name), decay }];
}

const SPARED = /(^|[._])(b|bias)($|[._])/i;
