/** What an optimizer is: the numbers it needs for a step, and the nodes that turn a gradient into a new weight. */
import type { Value } from "../graph/graph.ts";

/** What an optimizer sees of one weight. All values have the weight's shape, scalars have shape []. */
export interface UpdateParts {
  readonly parameter: Value;
  /** dLoss / dParameter, clipped. */
  readonly gradient: Value;
  /** What is remembered between steps, by the names in `Optimizer.state`; zeros before the first step. */
  readonly state: Readonly<Record<string, Value>>;
  /** The numbers of this step, by the names that `Optimizer.scalars` gives. */
  readonly scalars: Readonly<Record<string, Value>>;
  /** Strength of this weight's decay; 0 for none. */
  readonly weightDecay: number;
}

/** A rule for improving weights. */
export interface Optimizer {
  readonly name: string;
  readonly settings: Readonly<Record<string, number>>;
  /** Names of what is remembered for each weight. */
  readonly state: readonly string[];
  /** The numbers of step `step`, counted from 1. */
  scalars(step: number, learningRate: number): Readonly<Record<string, number>>;
  /** Adds the nodes of one weight's update to its graph. */
  update(parts: UpdateParts): {
    readonly parameter: Value;
    readonly state: Readonly<Record<string, Value>>;
  };
}
