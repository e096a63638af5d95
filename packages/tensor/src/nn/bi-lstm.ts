/**
 * A text classifier that reads in both directions.
 * Source: Graves and Schmidhuber, "Framewise Phoneme Classification with Bidirectional LSTM", Neural Networks 18, 2005.
 */
import type { Value } from "../graph/graph.ts";
import { dropout } from "../layers/dropout.ts";
import { embedding } from "../layers/embedding.ts";
import { maskedMeanPool } from "../layers/pooling.ts";
import { lengthsOf, lstm } from "../layers/recurrent.ts";
import type { Network, Scope } from "../layers/scope.ts";
import type { Dim } from "../onnx/model.ts";
import { int64 } from "../onnx/tensor.ts";
import { op } from "../operators/operators.ts";
import { classify } from "./classify.ts";

/** A configuration; JSON. */
export interface BiLstmSettings {
  readonly vocabulary: number;
  /** 0 leaves the last layer out. */
  readonly classes: number;
  readonly width?: number;
  /** Features of one direction. */
  readonly features?: number;
  readonly layers?: number;
  /** `last` joins the last state of each direction, `mean` takes the mean over the steps. */
  readonly summary?: "last" | "mean";
  /** The number that fills rows up at their end and is not read; null when rows have no filling. */
  readonly padding?: number | null;
  readonly dropout?: number;
  readonly batch?: Dim;
  readonly length?: Dim;
}

type Settings = Required<BiLstmSettings>;

const defaults = {
  width: 128,
  features: 128,
  layers: 1,
  summary: "last",
  padding: 0,
  dropout: 0,
  batch: "batch",
  length: "length",
} as const;

/** Token numbers `ids` int64 [batch, length] to `logits` [batch, classes] and `features` [batch, 2 features]. */
export function biLstm(given: BiLstmSettings): Network {
  const settings: Settings = { ...defaults, ...given };
  return {
    inputs: { ids: { type: "int64", shape: [settings.batch, settings.length] } },
    build: (scope, { ids }) => build(scope, ids, settings),
  };
}

function build(
  scope: Scope,
  ids: Value,
  { vocabulary, width, layers, summary, padding, classes, dropout: rate, ...rest }: Settings,
): Readonly<Record<string, Value>> {
  const mask = padding === null ? null : maskOf(ids, padding);
  const common = {
    features: rest.features,
    bidirectional: true,
    lengths: mask && lengthsOf(mask),
  };
  let x = embedding(scope.within("embedding"), ids, { rows: vocabulary, width });
  for (let layer = 0; layer < layers; layer++) {
    const last = layer === layers - 1 && summary === "last";
    const place = scope.within(`lstm.${layer}`);
    x = lstm(place, dropout(scope, x, rate), { ...common, output: last ? "last" : "sequence" });
  }
  if (summary === "mean") x = mask ? maskedMeanPool(x, mask) : op.ReduceMean(x, { axes: [1] });
  return classify(scope.within("classifier"), x, { classes, dropout: rate });
}

/** 1 where `ids` is not the padding. */
function maskOf(ids: Value, padding: number): Value {
  const filling = op.Equal(ids, ids.graph.constant(int64(padding)));
  return op.Cast(op.Not(filling), "int32");
}
