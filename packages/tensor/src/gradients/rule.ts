/** What a gradient rule is: how a node turns the gradients of its outputs into gradients of its inputs. */
import { SoukError } from "@souk/core";
import { type Graph, type Node, staticShape, type Value } from "../graph/graph.ts";
import { float32, sizeOf, type Tensor } from "../onnx/tensor.ts";
import { ConstantOfShape, Reshape } from "../operators/layout.ts";
import { MatMul } from "../operators/matmul.ts";
import { ReduceSum } from "../operators/reduction.ts";
import { knownLengths } from "../shapes/known-lengths.ts";
import { failShape, type ShapeContext } from "../shapes/rule.ts";

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

/** y = f(x) as a rule sees it. */
export interface Unary {
  /** dLoss / dy. */
  readonly g: Value;
  readonly x: Value;
  readonly y: Value;
  readonly node: Node;
  readonly context: GradientContext;
}

/** The rule of an operator y = f(x) whose other inputs are settings: `dx` from g, x and y; null for a zero gradient. */
export function unaryRule(dx: (of: Unary) => Value | null): GradientRule {
  return (context) => {
    if (!context.needs[0]) return [];
    const { node, outputs } = context;
    return [dx({ g: gradientOf(context), x: inputOf(context, 0), y: outputs[0], node, context })];
  };
}

/** y = f(a, b) with broadcasting, as a rule sees it. */
export interface Binary {
  /** dLoss / dy. */
  readonly g: Value;
  readonly a: Value;
  readonly b: Value;
  readonly y: Value;
  readonly context: GradientContext;
}

/** The rule of an operator y = f(a, b): `da` and `db` in the shape of y, which are summed to the operands' shapes. */
export function binaryRule(da: (of: Binary) => Value, db: (of: Binary) => Value): GradientRule {
  return (context) => {
    const [a, b] = [inputOf(context, 0), inputOf(context, 1)];
    const of = { g: gradientOf(context), a, b, y: context.outputs[0], context };
    return [
      context.needs[0] ? sumToShape(da(of), staticShape(a)) : null,
      context.needs[1] ? sumToShape(db(of), staticShape(b)) : null,
    ];
  };
}

/**
 * dLoss / dOutput of the first output, for rules that know no other.
 *
 * @throws SoukError `GRADIENT_RULE` when the loss depends on another output.
 */
export function gradientOf({ node, outputGradients: [g, ...others] }: GradientContext): Value {
  if (g && !others.some(Boolean)) return g;
  throw new SoukError(
    "GRADIENT_RULE",
    `${node.operator} ${node.name}: expected the loss to depend on the first output only`,
  );
}

/** Input `index` of the node, which its operator requires. */
export function inputOf({ node, inputs }: GradientContext, index: number): Value {
  return inputs[index] ?? failShape(node, `expected an input number ${index}`);
}

/** The content of input `index` when it is a constant. */
export function constantInput(context: GradientContext, index: number): Tensor | undefined {
  const value = context.inputs[index];
  return value ? context.graph.constantOf(value) : undefined;
}

/** The node as shape rules see it, to read axes, pads and the like as they do. */
export function shapeContextOf(context: GradientContext): ShapeContext {
  return {
    node: context.node,
    outputs: context.outputs.length,
    input: (index) => inputOf(context, index),
    optional: (index) => context.inputs[index] ?? undefined,
    constant: (index) => constantInput(context, index),
    lengths: (index) => {
      const value = context.inputs[index];
      return value ? knownLengths(value) : undefined;
    },
  };
}

/** Sums a gradient over the axes along which an operand of `shape` was broadcast. */
export function sumToShape(gradient: Value, shape: readonly number[]): Value {
  const from = staticShape(gradient);
  const extra = from.length - shape.length;
  const axes = from.flatMap((dim, axis) =>
    axis < extra || (shape[axis - extra] === 1 && dim !== 1) ? [axis] : [],
  );
  if (axes.length === 0) return gradient;
  const first = axes.every((axis, at) => axis === at);
  const columns = sizeOf(shape);
  if (first && columns > 1 && gradient.type === "float32") {
    return Reshape(sumRows(Reshape(gradient, [sizeOf(from) / columns, columns])), shape);
  }
  return Reshape(ReduceSum(gradient, { axes, keepdims: true }), shape);
}

/** The sum of the rows of a matrix, [1, columns]: a product with ones takes half the time of ReduceSum. */
function sumRows(matrix: Value): Value {
  const [rows] = staticShape(matrix);
  const ones = ConstantOfShape(matrix, { shape: [1, rows], content: float32([1]) });
  return MatMul(ones, matrix);
}

/** Zeros in the shape of a value, made at run time when large. */
export function zerosLike(value: Value): Value {
  return zeros(value.graph, staticShape(value));
}

/** Float32 zeros of `shape`, made at run time when large. */
export function zeros(graph: Graph, shape: readonly number[]): Value {
  const size = sizeOf(shape);
  if (size > 64) return ConstantOfShape({ graph }, { shape });
  return graph.constant({ type: "float32", shape, data: new Float32Array(size) });
}
