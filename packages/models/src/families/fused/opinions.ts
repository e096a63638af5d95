/** Probabilities (numbers for a number target) of both parts. */
export interface Opinions {
  readonly rows: number;
  readonly outputs: number;
  /** [rows, outputs]: logarithms of probabilities, or numbers. */
  readonly text: Float64Array;
  readonly image: Float64Array;
}
