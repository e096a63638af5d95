/** What the gradients of a convolution y = Conv(x, w) are made of. */
import type { Value } from "../graph/graph.ts";
import type { Window } from "../shapes/convolution.ts";

/** A convolution and the gradient of its output. */
export interface Convolution {
  /** [batch, channels, ...spatial] */
  readonly x: Value;
  /** [features, channels / group, ...kernel] */
  readonly w: Value;
  /** dLoss / dy, [batch, features, ...windows] */
  readonly g: Value;
  readonly window: Window;
  readonly group: number;
}
