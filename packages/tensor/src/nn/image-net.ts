/** What the ImageNet networks share: their input and their last layer. */
import type { Value } from "../graph/graph.ts";
import { dense } from "../layers/dense.ts";
import { dropout } from "../layers/dropout.ts";
import { normal } from "../layers/initializers.ts";
import type { InputSpec, Scope } from "../layers/scope.ts";
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
  { classes = 1000, dropout: rate = 0 }: ImageNetSettings,
): Readonly<Record<string, Value>> {
  if (classes === 0) return { features };
  const initializer = normal(0.01);
  const logits = dense(scope, dropout(scope, features, rate), { features: classes, initializer });
  return { features, logits };
}
