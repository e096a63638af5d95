/** A small convolutional image classifier to train from zero. */
import type { Value } from "../graph/graph.ts";
import { conv2d } from "../layers/convolution.ts";
import { dense } from "../layers/dense.ts";
import { heNormal } from "../layers/initializers.ts";
import { globalMeanPool } from "../layers/pooling.ts";
import type { Network, Scope } from "../layers/scope.ts";
import type { Dim } from "../onnx/model.ts";
import { op } from "../operators/operators.ts";
import { classify } from "./classify.ts";

/** A configuration; JSON. */
export interface ImageCnnSettings {
  /** 0 leaves the last layer out. */
  readonly classes: number;
  /** Height and width. */
  readonly size?: number;
  readonly channels?: number;
  /** Filters of each 3 × 3 convolution; after each the image is halved by max pooling. */
  readonly filters?: readonly number[];
  readonly hidden?: number;
  readonly dropout?: number;
  readonly batch?: Dim;
}

type Settings = Required<ImageCnnSettings>;

const defaults = {
  size: 64,
  channels: 3,
  filters: [32, 64, 128],
  hidden: 128,
  dropout: 0,
  batch: "batch",
} as const;

/** `image` float32 [batch, channels, size, size] to `logits` [batch, classes] and `features` [batch, hidden]. */
export function imageCnn(given: ImageCnnSettings): Network {
  const settings: Settings = { ...defaults, ...given };
  const { batch, channels, size } = settings;
  return {
    inputs: { image: { type: "float32", shape: [batch, channels, size, size] } },
    build: (scope, { image }) => build(scope, image, settings),
  };
}

function build(
  scope: Scope,
  image: Value,
  { filters, hidden, classes, dropout: rate }: Settings,
): Readonly<Record<string, Value>> {
  let x = image;
  filters.forEach((features, layer) => {
    x = conv2d(scope.within(`conv.${layer}`), x, { features, kernel: 3, activation: "relu" });
    x = op.MaxPool(x, [2, 2]);
  });
  const features = dense(scope.within("hidden"), globalMeanPool(x), {
    features: hidden,
    activation: "relu",
    initializer: heNormal,
  });
  return classify(scope.within("classifier"), features, { classes, dropout: rate });
}
