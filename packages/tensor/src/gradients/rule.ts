/** What a gradient rule is: how a node turns the gradients of its outputs into gradients of its inputs. */
import { ReduceSum } from "../operators/reduction.ts";
import { Reshape } from "../operators/layout.ts";
import { type Graph, type Node, staticShape, type Value } from "../graph/graph.ts";

/** What a rule sees of one node. Gradients have the shape of the value they belong to. */
export interface GradientContext {
  readonly node: Node;
  /** The graph of the node, where the rule adds its own nodes. */
  readonly graph: Graph;
  readonly inputs: readonly (Value | null)[];
  readonly outputs: readonly Value[];
  /** dLoss / dOutput; null where the loss does not depend on an output. At least one is there. */
  readonly outputGradients: readonly (Value | null)[];
  /** Whether dLoss / dInput is wanted; rules skip the work for the others. */
  readonly needs: readonly boolean[];
}

/** dLoss / dInput by input; null, or a shorter list, where there is none. */
export type GradientRule = (context: GradientContext) => readonly (Value | null)[];

/** Rules by operator; operators of other domains as "domain.Operator". */
export type GradientRules = Readonly<Record<string, GradientRule>>;

/** Sums a gradient over the axes along which an operand of `shape` was broadcast. */
export function sumToShape(gradient: Value, shape: readonly number[]): Value {
  const from = staticShape(gradient);
  const extra = from.length - shape.length;
  const axes = from.flatMap((dim, axis) =>
    axis < extra || (shape[axis - extra] === 1 && dim !== 1) ? [axis] : [],
  );
  if (axes.length === 0) return gradient;
  return Reshape(ReduceSum(gradient, { axes, keepdims: true }), shape);
}
