/**
 * The encoder of BERT, DistilBERT and MiniLM. Weights have the names of HuggingFace's files, so that a published
 * model.safetensors fits without a table; only the layout of dense weights differs (see pretrained/torch-layout.ts).
 * Source: Devlin et al., "BERT", NAACL 2019; Sanh et al., "DistilBERT", 2019.
 */
import type { Value } from "../graph/graph.ts";
import type { Activation } from "../layers/activation.ts";
import { attentionBias, selfAttention } from "../layers/attention.ts";
import { dense } from "../layers/dense.ts";
import { dropout } from "../layers/dropout.ts";
import { embedding } from "../layers/embedding.ts";
import { truncatedNormal } from "../layers/initializers.ts";
import { layerNorm } from "../layers/normalization.ts";
import { maskedMeanPool, normalizeRows } from "../layers/pooling.ts";
import type { Network, Scope } from "../layers/scope.ts";
import type { Dim } from "../onnx/model.ts";
import { op } from "../operators/operators.ts";
import { firstSteps } from "./positions.ts";

/** What the network gives, beside `features`, the last layer's [batch, length, width]. */
export type TransformerHead =
  /** Only `features`. */
  | { readonly kind: "features" }
  /** `embedding` [batch, width]: the mean over the tokens of the mask, of length 1 unless `normalize` is false. */
  | { readonly kind: "sentence"; readonly normalize?: boolean }
  /** `logits` [batch, classes] from the first token (through BERT's pooler) or from the mean. */
  | {
      readonly kind: "classification";
      readonly classes: number;
      readonly pooling?: "first" | "mean";
    };

/** A configuration; JSON. */
export interface TransformerSettings {
  /** Which family's names and details: `distilbert` has no token types and no pooler. */
  readonly family?: "bert" | "distilbert";
  readonly vocabulary: number;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly hidden: number;
  /** Longest sequence. */
  readonly positions?: number;
  readonly tokenTypes?: number;
  readonly activation?: Activation;
  readonly epsilon?: number;
  /** After the embeddings and each sub-layer, in training. */
  readonly dropout?: number;
  /** On attention weights, in training. */
  readonly attentionDropout?: number;
  readonly head?: TransformerHead;
  /** Lengths of the inputs; named by default. */
  readonly batch?: Dim;
  readonly length?: Dim;
}

type Settings = Required<TransformerSettings>;

const defaults = {
  family: "bert",
  positions: 512,
  tokenTypes: 2,
  activation: "gelu",
  epsilon: 1e-12,
  dropout: 0.1,
  attentionDropout: 0.1,
  head: { kind: "features" },
  batch: "batch",
  length: "length",
} as const;

const initializer = truncatedNormal(0.02);

/**
 * A transformer encoder. Inputs, all int64 [batch, length]: `input_ids`, `attention_mask` (1 for tokens, 0 for padding)
 * and, for BERT, `token_type_ids`.
 */
export function transformerEncoder(given: TransformerSettings): Network {
  const settings: Settings = { ...defaults, ...given };
  const ids = { type: "int64", shape: [settings.batch, settings.length] } as const;
  const common = { input_ids: ids, attention_mask: ids };
  return {
    inputs: settings.family === "bert" ? { ...common, token_type_ids: ids } : common,
    build: (scope, inputs) => build(scope, inputs, settings),
  };
}

function build(
  scope: Scope,
  inputs: Readonly<Record<string, Value>>,
  settings: Settings,
): Readonly<Record<string, Value>> {
  const names = layerNames[settings.family];
  const bias = attentionBias(inputs.attention_mask);
  let x = embed(scope.within("embeddings"), inputs, settings);
  for (let layer = 0; layer < settings.layers; layer++) {
    x = encode(scope.within(`${names.layers}.${layer}`), x, { bias, settings });
  }
  return { features: x, ...head(scope, x, { mask: inputs.attention_mask, settings }) };
}

function embed(
  scope: Scope,
  inputs: Readonly<Record<string, Value>>,
  { family, vocabulary, width, positions, tokenTypes, epsilon, dropout: rate }: Settings,
): Value {
  const rows = { width, initializer };
  const ids = inputs.input_ids;
  const words = embedding(scope.within("word_embeddings"), ids, { rows: vocabulary, ...rows });
  const table = scope
    .within("position_embeddings")
    .parameter("weight", [positions, width], initializer);
  let x = op.Add(firstSteps(table, ids), words);
  if (family === "bert") {
    const types = inputs.token_type_ids;
    const kinds = embedding(scope.within("token_type_embeddings"), types, {
      rows: tokenTypes,
      ...rows,
    });
    x = op.Add(x, kinds);
  }
  return dropout(scope, layerNorm(scope.within("LayerNorm"), x, { epsilon }), rate);
}

const layerNames = {
  bert: {
    layers: "encoder.layer",
    attention: "attention.self",
    projections: { query: "query", key: "key", value: "value" },
    attentionOutput: "attention.output.dense",
    attentionNorm: "attention.output.LayerNorm",
    hidden: "intermediate.dense",
    output: "output.dense",
    outputNorm: "output.LayerNorm",
  },
  distilbert: {
    layers: "transformer.layer",
    attention: "attention",
    projections: { query: "q_lin", key: "k_lin", value: "v_lin" },
    attentionOutput: "attention.out_lin",
    attentionNorm: "sa_layer_norm",
    hidden: "ffn.lin1",
    output: "ffn.lin2",
    outputNorm: "output_layer_norm",
  },
} as const;

/** x = norm(x + attention(x)), then norm(x + mlp(x)), each dropped out before the sum. */
function encode(
  scope: Scope,
  x: Value,
  { bias, settings }: { bias: Value; settings: Settings },
): Value {
  const { width, heads, hidden, activation, epsilon, attentionDropout, family } = settings;
  const names = layerNames[family];
  const sum = (norm: string, residual: Value, y: Value) =>
    layerNorm(scope.within(norm), op.Add(dropout(scope, y, settings.dropout), residual), {
      epsilon,
    });
  const mixed = selfAttention(scope.within(names.attention), x, {
    heads,
    bias,
    dropoutRate: attentionDropout,
    initializer,
    names: names.projections,
  });
  const back = { features: width, initializer };
  const attended = sum(
    names.attentionNorm,
    x,
    dense(scope.within(names.attentionOutput), mixed, back),
  );
  const inner = dense(scope.within(names.hidden), attended, {
    features: hidden,
    activation,
    initializer,
  });
  return sum(names.outputNorm, attended, dense(scope.within(names.output), inner, back));
}

function head(
  scope: Scope,
  x: Value,
  { mask, settings }: { mask: Value; settings: Settings },
): Readonly<Record<string, Value>> {
  const { head: wanted, dropout: rate } = settings;
  if (wanted.kind === "features") return {};
  if (wanted.kind === "sentence") {
    const mean = maskedMeanPool(x, mask);
    return { embedding: wanted.normalize === false ? mean : normalizeRows(mean) };
  }
  const pooled =
    wanted.pooling === "mean" ? maskedMeanPool(x, mask) : firstToken(scope, x, settings);
  const classes = { features: wanted.classes, initializer };
  return { logits: dense(scope.within("classifier"), dropout(scope, pooled, rate), classes) };
}

/** BERT's pooler is tanh(dense(first token)), DistilBERT's `pre_classifier` relu(dense(first token)). */
function firstToken(scope: Scope, x: Value, { family, width }: Settings): Value {
  const first = op.Squeeze(op.Slice(x, { starts: [0], ends: [1], axes: [1] }), [1]);
  const [name, activation] =
    family === "bert" ? (["pooler.dense", "tanh"] as const) : (["pre_classifier", "relu"] as const);
  return dense(scope.within(name), first, { features: width, activation, initializer });
}
