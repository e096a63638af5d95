/** A convolutional text classifier. Source: Kim, "Convolutional Neural Networks for Sentence Classification", EMNLP 2014. */
import type { Value } from "../graph/graph.ts";
import { conv1d } from "../layers/convolution.ts";
import { dense } from "../layers/dense.ts";
import { dropout } from "../layers/dropout.ts";
import { embedding } from "../layers/embedding.ts";
import { heNormal } from "../layers/initializers.ts";
import { maxPool, meanPool, poolSteps } from "../layers/pooling.ts";
import type { Network, Scope } from "../layers/scope.ts";
import type { Dim } from "../onnx/model.ts";
import { op } from "../operators/operators.ts";
import { classify } from "./classify.ts";

/** A configuration; JSON. */
export interface TextCnnSettings {
  readonly vocabulary: number;
  /** 0 leaves the last layer out. */
  readonly classes: number;
  readonly width?: number;
  /** Filters of each convolution; after each comes a pooling of two steps into one. */
  readonly filters?: readonly number[];
  readonly kernel?: number;
  readonly pooling?: "max" | "mean";
  /** How the steps become one vector; `flatten` keeps all and wants a `length` that is a number. */
  readonly summary?: "max" | "mean" | "flatten";
  readonly hidden?: number;
  readonly dropout?: number;
  readonly batch?: Dim;
  readonly length?: Dim;
}

type Settings = Required<TextCnnSettings>;

const defaults = {
  width: 300,
  filters: [48, 24],
  kernel: 3,
  pooling: "max",
  summary: "max",
  hidden: 256,
  dropout: 0,
  batch: "batch",
  length: "length",
} as const;

/** Token numbers `ids` int64 [batch, length] to `logits` [batch, classes] and `features` [batch, hidden]. */
export function textCnn(given: TextCnnSettings): Network {
  const settings: Settings = { ...defaults, ...given };
  return {
    inputs: { ids: { type: "int64", shape: [settings.batch, settings.length] } },
    build: (scope, { ids }) => build(scope, ids, settings),
  };
}

function build(
  scope: Scope,
  ids: Value,
  {
    vocabulary,
    width,
    filters,
    kernel,
    pooling,
    summary,
    hidden,
    classes,
    dropout: rate,
  }: Settings,
): Readonly<Record<string, Value>> {
  let x = embedding(scope.within("embedding"), ids, { rows: vocabulary, width });
  filters.forEach((features, layer) => {
    x = conv1d(scope.within(`conv.${layer}`), x, { features, kernel, initializer: heNormal });
    x = poolSteps(x, pooling);
  });
  const summarize = { max: maxPool, mean: meanPool, flatten: (y: Value) => op.Flatten(y) }[summary];
  const features = dense(scope.within("hidden"), dropout(scope, summarize(x), rate), {
    features: hidden,
    activation: "relu",
    initializer: heNormal,
  });
  return classify(scope.within("classifier"), features, { classes, dropout: rate });
}
