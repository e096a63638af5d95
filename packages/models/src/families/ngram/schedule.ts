/** What a thread needs to know of an epoch. */
export interface EpochOrder {
  readonly epoch: number;
  readonly epochs: number;
  /** Highest learning rate. */
  readonly lr: number;
  /** Share of the whole training over which the rate rises from 0. */
  readonly warmUp: number;
  /** After the warm-up: a line down to 0 at the end, or no change. */
  readonly decay: "linear" | "constant";
}

/** The rate at `share` in [0, 1] of the epoch: rises over the warm-up, then falls in a line or stays. */
export function learningRate(order: EpochOrder, share: number): number {
  const progress = Math.min(1, (order.epoch + share) / order.epochs);
  if (progress < order.warmUp) return (order.lr * progress) / order.warmUp;
  if (order.decay === "constant") return order.lr;
  return (order.lr * (1 - progress)) / (1 - order.warmUp);
}
