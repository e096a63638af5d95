import { SoukError } from "@souk/core";

// One shared memory holds everything a training thread touches:
//
//   0        64 KiB     static data of the kernel
//   64 KiB   control    i32 [16]: documents done, stop flag
//   ...      input, output, squares, soft, weights, ids, starts, scales, labels, order, scratch x threads, scores
//
// Each region starts on a cache line (64 bytes).

/** What is to be laid out. */
export interface Shape {
  /** Columns of an embedding, a multiple of 4. */
  readonly dim: number;
  /** Outputs: classes, or 1 for a number. */
  readonly classes: number;
  readonly segments: number;
  /** Weight rows. */
  readonly rows: number;
  readonly documents: number;
  /** Documents that are trained on: the first ones. */
  readonly trainDocuments: number;
  readonly features: number;
  readonly threads: number;
  /** Trains logits per feature with a step for each, instead of embeddings; then `dim` is `classes`, rounded up. */
  readonly linear: boolean;
}

/** Byte offset of each region, and the total. */
export interface Layout {
  readonly shape: Shape;
  readonly control: number;
  readonly input: number;
  readonly output: number;
  /** 0 without squares. */
  readonly squares: number;
  readonly soft: number;
  readonly weights: number;
  readonly ids: number;
  readonly starts: number;
  readonly scales: number;
  readonly labels: number;
  readonly order: number;
  readonly scratch: number;
  /** Bytes of one thread's scratch. */
  readonly scratchBytes: number;
  readonly scores: number;
  readonly sizeBytes: number;
}

const PAGE = 65536;
const LINE = 64;
/** Addresses are 32 bits wide. */
const MAX_BYTES = 65535 * PAGE;
/** Documents scored by one call. */
export const SCORE_BLOCK = 1024;

/** Index into the control words of the number of documents trained since the start of the epoch. */
export const CONTROL_DONE = 0;
/** Index into the control words of the flag that makes threads stop. */
export const CONTROL_STOP = 1;

/** @throws SoukError `NGRAM_TOO_LARGE` when weights and texts need more than 4 GiB. */
export function layOut(shape: Shape): Layout {
  let end = PAGE;
  const region = (words: number): number => {
    const start = end;
    end += Math.ceil((4 * words) / LINE) * LINE;
    return start;
  };
  const { dim, classes, documents, segments } = shape;
  const scratchWords = Math.ceil((2 * dim + classes) / 16 + 1) * 16;
  const layout = {
    shape,
    control: region(16),
    input: region(shape.rows * dim),
    output: region(shape.linear ? 0 : classes * dim),
    squares: shape.linear ? region(shape.rows * dim) : 0,
    soft: region(classes * classes),
    weights: region(classes),
    ids: region(shape.features),
    starts: region(documents * segments + 1),
    scales: region(documents * segments),
    labels: region(documents),
    order: region(shape.trainDocuments),
    scratch: region(shape.threads * scratchWords),
    scratchBytes: 4 * scratchWords,
    scores: region(SCORE_BLOCK * classes),
  };
  if (end > MAX_BYTES)
    throw new SoukError(
      "NGRAM_TOO_LARGE",
      `weights and texts need ${end} bytes, expected at most ${MAX_BYTES}: raise minCount, or lower dim or maxTokens`,
    );
  return { ...layout, sizeBytes: Math.ceil(end / PAGE) * PAGE };
}

/** The regions of a memory as arrays. */
export interface Views {
  readonly control: Int32Array;
  readonly input: Float32Array;
  /** Empty for a linear model. */
  readonly output: Float32Array;
  /** Sums of squared gradients of a linear model in the shape of `input`, else empty. */
  readonly squares: Float32Array;
  readonly soft: Float32Array;
  readonly weights: Float32Array;
  readonly ids: Int32Array;
  readonly starts: Int32Array;
  readonly scales: Float32Array;
  /** Class indexes; the same bytes as `numbers`. */
  readonly labels: Int32Array;
  readonly numbers: Float32Array;
  readonly order: Int32Array;
  readonly scores: Float32Array;
}

/** Arrays over `buffer`, which has `layout.sizeBytes` bytes or more. */
export function viewsOf(buffer: ArrayBufferLike, layout: Layout): Views {
  const { dim, classes, rows, documents, segments, features, trainDocuments, linear } =
    layout.shape;
  return {
    control: new Int32Array(buffer, layout.control, 16),
    input: new Float32Array(buffer, layout.input, rows * dim),
    output: new Float32Array(buffer, layout.output, linear ? 0 : classes * dim),
    squares: new Float32Array(buffer, layout.squares, linear ? rows * dim : 0),
    soft: new Float32Array(buffer, layout.soft, classes * classes),
    weights: new Float32Array(buffer, layout.weights, classes),
    ids: new Int32Array(buffer, layout.ids, features),
    starts: new Int32Array(buffer, layout.starts, documents * segments + 1),
    scales: new Float32Array(buffer, layout.scales, documents * segments),
    labels: new Int32Array(buffer, layout.labels, documents),
    numbers: new Float32Array(buffer, layout.labels, documents),
    order: new Int32Array(buffer, layout.order, trainDocuments),
    scores: new Float32Array(buffer, layout.scores, SCORE_BLOCK * classes),
  };
}
