/** One thread's way to train and score over a laid-out memory. */
export interface Kernel {
  /** One pass over documents order[from..to) at learning rate `lr`; returns the sum of their losses. */
  train(from: number, to: number, lr: number): number;
  /** Writes the raw outputs of documents [from, to), at most `SCORE_BLOCK`, to the scores region. */
  score(from: number, to: number): void;
}
