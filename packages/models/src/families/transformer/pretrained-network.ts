import {
  dense,
  dropout,
  float32,
  int64,
  maskedMeanPool,
  type Network,
  normalizeRows,
  op,
  type Scope,
  transformerEncoder,
  type TransformerSettings,
  type Value,
  zeros,
} from "@souk/tensor";

/** A published encoder, and how many texts a row has. */
export interface EncoderShape {
  readonly settings: TransformerSettings;
  /** Pieces of the vocabulary file: at most the rows of the table. */
  readonly pieces: number;
  readonly texts: number;
}

/** Units of the layer between the features and the logits, and the share of them left out in training. */
export interface HeadShape {
  readonly outputs: number;
  readonly hidden: number;
  readonly dropout: number;
}

/** Length of what the head reads: the mean of each text's pieces, one after another. */
export function pooledWidth({ settings, texts }: EncoderShape): number {
  return settings.width * texts;
}

/**
 * `ids` int64 [batch, length] as `createPieceEncoder` numbers them, to `pooled` [batch, texts * width], the mean over
 * each text's pieces, and `features` [batch, width], the mean over all pieces with length 1.
 */
export function pooledEncoder(shape: EncoderShape): Network {
  return {
    inputs: { ids: { type: "int64", shape: ["batch", "length"] } },
    build: (scope, { ids }) => pooled(scope, ids, shape),
  };
}

/** The head alone: `pooled` float32 [batch, width] to `logits` [batch, outputs]. */
export function pooledHead(width: number, head: HeadShape): Network {
  return {
    inputs: { pooled: { type: "float32", shape: ["batch", width] } },
    build: (scope, inputs) => ({ logits: classify(scope, inputs.pooled, { width, ...head }) }),
  };
}

/** The encoder with its head: `ids` to `logits` and `features`. */
export function pretrainedClassifier(shape: EncoderShape, head: HeadShape): Network {
  return {
    inputs: pooledEncoder(shape).inputs,
    build(scope, { ids }) {
      const found = pooled(scope, ids, shape);
      const width = pooledWidth(shape);
      return {
        features: found.features,
        logits: classify(scope, found.pooled, { width, ...head }),
      };
    },
  };
}

function pooled(
  scope: Scope,
  ids: Value,
  { settings, pieces, texts }: EncoderShape,
): { pooled: Value; features: Value } {
  const number = (value: number): Value => ids.graph.constant(int64(value));
  const mask = op.Cast(op.Greater(ids, number(0)), "int64");
  const piece = op.Max(op.Sub(ids, number(1)), number(0));
  const text = op.Div(piece, number(pieces));
  const inputs = {
    input_ids: op.Mod(piece, number(pieces)),
    attention_mask: mask,
    token_type_ids: op.Mul(mask, op.Min(text, number(Math.max(0, (settings.tokenTypes ?? 2) - 1)))),
  };
  const encoder = transformerEncoder({ ...settings, head: { kind: "features" } });
  const { features } = encoder.build(scope, inputs);
  const ofText = Array.from({ length: texts }, (_, at) =>
    maskedMeanPool(features, op.Mul(mask, op.Cast(op.Equal(text, number(at)), "int64"))),
  );
  return {
    pooled: texts === 1 ? ofText[0] : op.Concat(ofText, 1),
    features: normalizeRows(maskedMeanPool(features, mask)),
  };
}

/** Features brought to mean 0 and deviation 1 of the training rows, a layer if there is one, the logits. */
function classify(
  scope: Scope,
  x: Value,
  { width, outputs, hidden, dropout: rate }: HeadShape & { width: number },
): Value {
  const place = scope.within("classifier");
  const shift = place.statistic("shift", [width], (shape) => new Float32Array(shape[0]));
  const scale = place.statistic("scale", [width], (shape) => new Float32Array(shape[0]).fill(1));
  let y = dropout(place, op.Mul(op.Add(x, shift), scale), rate);
  if (hidden > 0) {
    y = dense(place.within("hidden"), y, { features: hidden, activation: "gelu" });
    y = dropout(place.within("hidden"), y, rate);
  }
  // From zero, so that a training that stops early is no worse than the mean.
  return dense(place, y, { features: outputs, initializer: zeros });
}

/** Weights `shift` and `scale` of the head from the pooled features of training rows, [rows, width]. */
export function standardisation(rows: Float32Array, width: number) {
  const count = rows.length / width;
  const mean = new Float64Array(width);
  const square = new Float64Array(width);
  rows.forEach((value, at) => {
    mean[at % width] += value / count;
    square[at % width] += (value * value) / count;
  });
  const deviation = square.map((value, j) => Math.sqrt(Math.max(0, value - mean[j] ** 2)));
  return new Map([
    [
      "classifier.shift",
      float32(
        Float32Array.from(mean, (value) => -value),
        [width],
      ),
    ],
    [
      "classifier.scale",
      float32(
        Float32Array.from(deviation, (value) => (value > 1e-6 ? 1 / value : 0)),
        [width],
      ),
    ],
  ]);
}
