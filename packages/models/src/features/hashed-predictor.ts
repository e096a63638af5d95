import { SoukError } from "@souk/core";
import type { Tensor } from "../artefact/tensors.ts";
import type { Predictor, SavedPredictor } from "../families/family.ts";
import type { ColumnBatch } from "../rows/batch.ts";
import { explainHashed } from "../explain/hashed.ts";
import { segmentScale } from "./corpus.ts";
import { createEncoder, type FeatureEncoder } from "./encoder.ts";
import { parseEncoderParameters } from "./encoder-parameters.ts";
import { createVocabulary, type Vocabulary } from "./vocabulary.ts";

/**
 * A model that is linear in its features: outputs = offset + scale * (sum of scaled feature rows, then through
 * `output` when there is one, plus dense numbers times their weights).
 */
export interface HashedWeights {
  readonly vocabulary: Vocabulary;
  /** Row of each feature, [features, width]. Half floats halve the file. */
  readonly table: Float32Array | Float16Array;
  /** Columns of `table`: the outputs, or the embedding when `output` is there. */
  readonly width: number;
  /** [outputs, width], or none when the table already holds outputs. */
  readonly output?: Float32Array;
  /** Weights of the standardised numbers, [denseSize, outputs]. */
  readonly dense: Float32Array;
  /** Number of labels, or 1. */
  readonly outputs: number;
  /** Undoes the standardisation of a number target; 0 and 1 for classes. */
  readonly offset: number;
  readonly scale: number;
}

/** Predicts with hashed weights; costs two table look-ups per token and makes no garbage beyond the text itself. */
export function createHashedPredictor(encoder: FeatureEncoder, weights: HashedWeights): Predictor {
  const { vocabulary, table, width, output, dense, outputs, offset, scale } = weights;
  const { segments, denseSize } = encoder;
  const sum = new Float64Array(width);
  const total = new Float64Array(width);
  const numbers = new Float32Array(denseSize);
  // A Float16Array read converts each time: once, at load, is cheaper.
  const rows = table instanceof Float32Array ? table : Float32Array.from(table);

  function gather(batch: ColumnBatch, row: number): void {
    const { hashes, ends } = encoder.encode(batch, row);
    total.fill(0);
    let at = 0;
    for (let s = 0; s < segments; s++) {
      sum.fill(0);
      let known = 0;
      for (; at < ends[s]; at++) {
        const found = vocabulary.rowOf(hashes[at]);
        if (found < 0) continue;
        known++;
        const base = found * width;
        for (let j = 0; j < width; j++) sum[j] += rows[base + j];
      }
      const factor = segmentScale(known);
      for (let j = 0; j < width; j++) total[j] += factor * sum[j];
    }
  }

  function outputOf(c: number): number {
    let value = output === undefined ? total[c] : 0;
    if (output !== undefined)
      for (let j = 0; j < width; j++) value += output[c * width + j] * total[j];
    for (let i = 0; i < denseSize; i++) value += dense[i * outputs + c] * numbers[i];
    return offset + scale * value;
  }

  return {
    scoreInto(batch, scores) {
      for (let row = 0; row < batch.length; row++) {
        gather(batch, row);
        if (denseSize > 0) encoder.denseInto(batch, row, numbers);
        for (let c = 0; c < outputs; c++) scores[row * outputs + c] = outputOf(c);
      }
    },
    explain(batch, output) {
      const weightOf = (hash: number): number | undefined => {
        const found = vocabulary.rowOf(hash);
        return found < 0 ? undefined : weightAt(weights, found, output);
      };
      const own = Float32Array.from({ length: denseSize }, (_, i) => dense[i * outputs + output]);
      return Promise.resolve(explainHashed({ encoder, weightOf, dense: own, scale }, batch));
    },
    save: () => saveHashed(encoder, weights),
  };
}

/** What one feature adds to an output before it is scaled. */
function weightAt({ table, width, output }: HashedWeights, row: number, of: number): number {
  if (output === undefined) return table[row * width + of];
  let sum = 0;
  for (let j = 0; j < width; j++) sum += output[of * width + j] * table[row * width + j];
  return sum;
}

/** @throws SoukError `MODEL_WEIGHTS` when a part is missing or has the wrong shape. */
export function restoreHashedPredictor(saved: SavedPredictor, outputs: number): Predictor {
  const encoder = createEncoder(parseEncoderParameters(saved.parameters["encoder"]));
  const keys = tensor(saved, "keys").data;
  const table = tensor(saved, "table");
  const width = table.shape[1];
  const output = saved.tensors["output"]?.data;
  const dense = tensor(saved, "dense").data;
  if (!(keys instanceof Uint32Array)) throw misfit("keys of type U32");
  if (!(table.data instanceof Float32Array || table.data instanceof Float16Array))
    throw misfit("a table of type F32 or F16");
  if (!(dense instanceof Float32Array) || dense.length !== encoder.denseSize * outputs)
    throw misfit(`dense weights [${encoder.denseSize}, ${outputs}]`);
  if (
    output !== undefined &&
    !(output instanceof Float32Array && output.length === outputs * width)
  )
    throw misfit(`an output [${outputs}, ${width}]`);
  if (table.shape[0] !== keys.length || (output === undefined && width !== outputs))
    throw misfit(`a table [${keys.length}, ${outputs}]`);
  return createHashedPredictor(encoder, {
    vocabulary: createVocabulary(keys),
    table: table.data,
    width,
    ...(output instanceof Float32Array ? { output } : {}),
    dense,
    outputs,
    offset: finite(saved.parameters["offset"], "offset"),
    scale: finite(saved.parameters["scale"], "scale"),
  });
}

function saveHashed(encoder: FeatureEncoder, weights: HashedWeights): SavedPredictor {
  const { vocabulary, table, width, output, dense, outputs, offset, scale } = weights;
  return {
    parameters: { encoder: encoder.parameters, offset, scale },
    tensors: {
      keys: { shape: [vocabulary.size], data: vocabulary.keys },
      table: { shape: [vocabulary.size, width], data: table },
      dense: { shape: [encoder.denseSize, outputs], data: dense },
      ...(output === undefined ? {} : { output: { shape: [outputs, width], data: output } }),
    },
  };
}

function tensor(saved: SavedPredictor, name: string): Tensor {
  const found = saved.tensors[name];
  if (found === undefined) throw misfit(`a tensor ${name}`);
  return found;
}

function finite(value: unknown, name: string): number {
  if (typeof value !== "number" || !Number.isFinite(value)) throw misfit(`a number ${name}`);
  return value;
}

function misfit(expected: string): SoukError {
  return new SoukError("MODEL_WEIGHTS", `weights: expected ${expected}, got something else`);
}
