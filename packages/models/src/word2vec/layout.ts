import { SoukError } from "@souk/core";
import { MAX_SENTENCE_WORDS } from "./corpus.ts";

// One memory holds everything the training loop touches:
//
//   0        64 KiB  static data of the SIMD kernel
//   64 KiB   input, output        f32 [words, stride]
//            keep                 u32 [words]             chance to be trained on, in units of 2^-32
//            limits, aliases      u32, i32 [words]        table of negative words
//            sigmoid, logLoss     f32 [CELLS]
//            ids                  i32 [tokens]
//            starts               i32 [sentences + 1]
//            sentence             i32 [MAX_SENTENCE_WORDS]
//            hidden, gradient     f32 [stride]
//
// Each region starts on a cache line (64 bytes).

/** What is to be laid out. */
export interface Shape {
  readonly words: number;
  /** Columns of a row, a multiple of 8; those beyond the vector's are 0 and stay it. */
  readonly stride: number;
  readonly window: number;
  readonly negatives: number;
  readonly method: "skip-gram" | "cbow";
  readonly tokens: number;
  readonly sentences: number;
}

/** Byte offset of each region, and the total. */
export interface Layout {
  readonly shape: Shape;
  readonly input: number;
  readonly output: number;
  readonly keep: number;
  readonly limits: number;
  readonly aliases: number;
  readonly sigmoid: number;
  readonly logLoss: number;
  readonly ids: number;
  readonly starts: number;
  readonly sentence: number;
  readonly hidden: number;
  readonly gradient: number;
  readonly sizeBytes: number;
}

/** Cells of the sigmoid's table over [-`REACH`, `REACH`): a step of 1/128, the error is at most 0.001. */
export const CELLS = 2048;
/** Beyond this the sigmoid is taken as its value there, 0.0003 from 0 or 1. */
export const REACH = 8;

const PAGE = 65536;
const LINE = 64;
/** Addresses are 32 bits wide. */
const MAX_BYTES = 65535 * PAGE;

/** @throws SoukError `WORD2VEC_TOO_LARGE` when weights and texts need more than 4 GiB. */
export function layOut(shape: Shape): Layout {
  let end = PAGE;
  const region = (values: number): number => {
    const start = end;
    end += Math.ceil((4 * values) / LINE) * LINE;
    return start;
  };
  const layout = {
    shape,
    input: region(shape.words * shape.stride),
    output: region(shape.words * shape.stride),
    keep: region(shape.words),
    limits: region(shape.words),
    aliases: region(shape.words),
    sigmoid: region(CELLS),
    logLoss: region(CELLS),
    ids: region(shape.tokens),
    starts: region(shape.sentences + 1),
    sentence: region(MAX_SENTENCE_WORDS),
    hidden: region(shape.stride),
    gradient: region(shape.stride),
  };
  if (end > MAX_BYTES)
    throw new SoukError(
      "WORD2VEC_TOO_LARGE",
      `vectors and texts need ${end} bytes, expected at most ${MAX_BYTES}: raise minCount, or lower dim or maxWords`,
    );
  return { ...layout, sizeBytes: Math.ceil(end / PAGE) * PAGE };
}

/** The regions of a memory as arrays. */
export interface Views {
  readonly input: Float32Array;
  readonly output: Float32Array;
  readonly keep: Uint32Array;
  readonly limits: Uint32Array;
  readonly aliases: Int32Array;
  readonly sigmoid: Float32Array;
  readonly logLoss: Float32Array;
  readonly ids: Int32Array;
  readonly starts: Int32Array;
  readonly sentence: Int32Array;
  readonly hidden: Float32Array;
  readonly gradient: Float32Array;
}

/** Arrays over `buffer`, which has `layout.sizeBytes` bytes or more. */
export function viewsOf(buffer: ArrayBufferLike, layout: Layout): Views {
  const { words, stride, tokens, sentences } = layout.shape;
  return {
    input: new Float32Array(buffer, layout.input, words * stride),
    output: new Float32Array(buffer, layout.output, words * stride),
    keep: new Uint32Array(buffer, layout.keep, words),
    limits: new Uint32Array(buffer, layout.limits, words),
    aliases: new Int32Array(buffer, layout.aliases, words),
    sigmoid: new Float32Array(buffer, layout.sigmoid, CELLS),
    logLoss: new Float32Array(buffer, layout.logLoss, CELLS),
    ids: new Int32Array(buffer, layout.ids, tokens),
    starts: new Int32Array(buffer, layout.starts, sentences + 1),
    sentence: new Int32Array(buffer, layout.sentence, MAX_SENTENCE_WORDS),
    hidden: new Float32Array(buffer, layout.hidden, stride),
    gradient: new Float32Array(buffer, layout.gradient, stride),
  };
}
