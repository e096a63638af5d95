/** A way to train over a laid-out memory. */
export interface Kernel {
  /**
   * Trains on sentences [from, to) at rate `lr`; chance is fixed by `seed` (32 bits).
   * @returns the sum of the pairs' losses, in nats.
   */
  train(from: number, to: number, lr: number, seed: number): number;
  /** Pairs trained since the kernel was made: a true word against its negatives. */
  pairs(): number;
}
