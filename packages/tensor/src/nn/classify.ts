/** The last layer of a classifier. */
import type { Value } from "../graph/graph.ts";
import { dense } from "../layers/dense.ts";
import { dropout } from "../layers/dropout.ts";
import { glorotUniform } from "../layers/initializers.ts";
import type { Initializer, Scope } from "../layers/scope.ts";

/** How many classes, and how the layer starts. */
export interface ClassifyOptions {
  /** 0 leaves the layer out, for a network that only describes its input. */
  readonly classes: number;
  readonly dropout?: number;
  readonly initializer?: Initializer;
}

/** `features` [batch, width] as they are and, when there are classes, `logits` [batch, classes]. */
export function classify(
  scope: Scope,
  features: Value,
  { classes, dropout: rate = 0, initializer = glorotUniform }: ClassifyOptions,
): Readonly<Record<string, Value>> {
  if (classes === 0) return { features };
  const logits = dense(scope, dropout(scope, features, rate), { features: classes, initializer });
  return { features, logits };
}
