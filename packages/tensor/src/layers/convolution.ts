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
 * Weights `weight` [kernel * channels, features], the channels of the first step first, and `bias` [features].
 * Computed as one matrix product over the windows laid side by side, which spares the two transposes that ONNX's
 * channel-first Conv would need.
 */
export function conv1d(
  scope: Scope,
  x: Value,
  { features, kernel, activation = "relu", initializer = glorotUniform }: Conv1dOptions,
): Value {
  const shape = [kernel * knownLength(x, -1), features];
  const weight = scope.parameter("weight", shape, initializer);
  const bias = scope.parameter("bias", [features], zeros);
  return activate(op.Add(op.MatMul(windows(x, kernel), weight), bias), activation);
}

/** Every window of `kernel` neighbouring steps as one row: [batch, length - kernel + 1, kernel * channels]. */
function windows(x: Value, kernel: number): Value {
  const end = (step: number) => (step === kernel - 1 ? Number.MAX_SAFE_INTEGER : step - kernel + 1);
  const shifted = Array.from({ length: kernel }, (_, step) =>
    step === 0 && kernel === 1 ? x : op.Slice(x, { starts: [step], ends: [end(step)], axes: [1] }),
  );
  return op.Concat(shifted, 2);
}
