/** Convolution layers: over images [batch, channels, height, width] and over sequences [batch, length, channels]. */
import type { Value } from "../graph/graph.ts";
import { op } from "../operators/operators.ts";
import { activate, type Activation } from "./activation.ts";
import { knownLength } from "./dense.ts";
import { glorotUniform, heNormal, zeros } from "./initializers.ts";
import type { Initializer, Scope } from "./scope.ts";

/** Filters and their geometry. */
export interface Conv2dOptions {
  readonly features: number;
  readonly kernel: number;
  readonly stride?: number;
  /** Zeros around the image; by default so many that stride 1 keeps height and width. */
  readonly padding?: number;
  readonly groups?: number;
  readonly bias?: boolean;
  readonly activation?: Activation;
  readonly initializer?: Initializer;
}

/**
 * Slides `features` filters over `x` [batch, channels, height, width].
 * Weights `weight` [features, channels / groups, kernel, kernel] and `bias` [features].
 */
export function conv2d(scope: Scope, x: Value, options: Conv2dOptions): Value {
  const { features, kernel, stride = 1, padding = (kernel - 1) >> 1, groups = 1 } = options;
  const { bias = true, activation = "linear", initializer = heNormal } = options;
  const shape = [features, knownLength(x, 1) / groups, kernel, kernel];
  const y = op.Conv(x, scope.parameter("weight", shape, initializer), {
    b: bias ? scope.parameter("bias", [features], zeros) : null,
    group: groups,
    strides: [stride, stride],
    pads: [padding, padding, padding, padding],
  });
  return activate(y, activation);
}

/** Filters over a sequence. */
export interface Conv1dOptions {
  readonly features: number;
  readonly kernel: number;
  readonly activation?: Activation;
  readonly initializer?: Initializer;
}

/**
 * Slides `features` filters over `x` [batch, length, channels], no padding: [batch, length - kernel + 1, features].
 * Weights `weight` [channels, kernel * features], all features of a window's first step first, and `bias` [features].
 * Computed as one matrix product whose parts for the steps of a window are added, each moved by its place in it. For
 * text, where channels outnumber features, that moves less memory than laying windows side by side, and it spares the
 * two transposes that ONNX's channel-first Conv would need.
 */
export function conv1d(
  scope: Scope,
  x: Value,
  { features, kernel, activation = "relu", initializer = glorotUniform }: Conv1dOptions,
): Value {
  const channels = knownLength(x, -1);
  const weight = scope.parameter("weight", [channels, kernel * features], (_, rng) =>
    initializer([features, channels, kernel], rng),
  );
  const bias = scope.parameter("bias", [features], zeros);
  const products = op.MatMul(x, weight);
  const parts = kernel === 1 ? [products] : splitSteps(products, { features, kernel });
  return activate(
    op.Add(
      parts.reduce((sum, part) => op.Add(sum, part)),
      bias,
    ),
    activation,
  );
}

/** Part k is what step k of a window gives, begun at step k of the sequence so that the parts of a window line up. */
function splitSteps(
  products: Value,
  { features, kernel }: { features: number; kernel: number },
): readonly Value[] {
  const sizes = Array.from({ length: kernel }, () => features);
  return op.Split(products, sizes, 2).map((part, step) => {
    const left = kernel - 1 - step;
    const end = left === 0 ? Number.MAX_SAFE_INTEGER : -left;
    return op.Slice(part, { starts: [step], ends: [end], axes: [1] });
  });
}
