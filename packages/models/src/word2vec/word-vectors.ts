/** Words with a vector each, commonest first. */
export interface WordVectors {
  readonly words: readonly string[];
  /** How often each word was seen, [words]; 0 where it is not known. */
  readonly counts: Float64Array;
  readonly dim: number;
  /** Row-major, [words, dim]. */
  readonly vectors: Float32Array;
}
