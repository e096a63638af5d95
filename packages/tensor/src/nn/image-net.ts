/** What the ImageNet networks share: their input and their last layer. */
import type { Value } from "../graph/graph.ts";
import { normal } from "../layers/initializers.ts";
import type { InputSpec, Scope } from "../layers/scope.ts";
import { classify } from "./classify.ts";
import type { Dim } from "../onnx/model.ts";

/** A configuration; JSON. */
export interface ImageNetSettings {
  /** Classes of the last layer; 0 leaves it out. */
  readonly classes?: number;
  /** Height and width. */
  readonly size?: number;
  /** Before the last layer, in training. */
  readonly dropout?: number;
  readonly batch?: Dim;
}

/** The one input, `image`. */
export function imageInput({
  size = 224,
  batch = "batch",
}: ImageNetSettings): Readonly<Record<string, InputSpec>> {
  return { image: { type: "float32", shape: [batch, 3, size, size] } };
}

/** `features` [batch, width] and, when there are classes, `logits` [batch, classes]. */
export function classifyImage(
  scope: Scope,
  features: Value,
  { classes = 1000, dropout = 0 }: ImageNetSettings,
): Readonly<Record<string, Value>> {
  return classify(scope, features, { classes, dropout, initializer: normal(0.01) });
}
