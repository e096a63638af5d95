/** Arithmetic on known tensors, with broadcasting, and reductions. See evaluate.ts. */
import { type ElementType, numbersOf, sizeOf, type Tensor } from "../onnx/tensor.ts";
import { intAttribute, intsAttribute } from "./attributes.ts";
import { normalizeAxis } from "./dims.ts";
import { type Evaluation, type Evaluator, fill, toElement } from "./evaluator.ts";
import { broadcastPlaces, places, stridesOf } from "./strides.ts";

type Unary = (x: number) => number;
/** `whole` when the operands are integers. */
type Binary = (a: number, b: number, whole: boolean) => number;

function unary(compute: Unary): Evaluator {
  return ({ inputs: [x], type, shape }) =>
    x && isNumeric(x.type) ? fill(type, shape, (at) => compute(Number(x.data[at]))) : undefined;
}

function binary(compute: Binary): Evaluator {
  return ({ inputs, type, shape }) => {
    const [first, ...rest] = inputs;
    if (!first || rest.length === 0) return undefined;
    return rest.reduce<Tensor | undefined>((a, b) => pair(a, b, { compute, type, shape }), first);
  };
}

interface Pairing {
  readonly compute: Binary;
  readonly type: ElementType;
  readonly shape: readonly number[];
}

function pair(a: Tensor | undefined, b: Tensor | undefined, to: Pairing): Tensor | undefined {
  if (!a || !b || !isNumeric(a.type) || !isNumeric(b.type)) return undefined;
  const [left, right] = [broadcastPlaces(a.shape, to.shape), broadcastPlaces(b.shape, to.shape)];
  const whole = a.type !== "float32" && a.type !== "float64";
  return fill(to.type, to.shape, (at) =>
    to.compute(Number(a.data[left[at]]), Number(b.data[right[at]]), whole),
  );
}

function isNumeric(type: ElementType): boolean {
  return toElement(type, 0) !== undefined;
}

function reduction(start: number, combine: (sum: number, x: number) => number): Evaluator {
  return (evaluation) => {
    const { inputs, type, shape } = evaluation;
    const [x] = inputs;
    if (!x || !isNumeric(x.type)) return undefined;
    const sums = new Float64Array(sizeOf(shape)).fill(start);
    const into = places(x.shape, foldedStrides(evaluation, x));
    numbersOf(x).forEach((value, at) => {
      sums[into[at]] = combine(sums[into[at]], value);
    });
    return fill(type, shape, (at) => sums[at]);
  };
}

/** Strides of the result seen from the input: 0 along folded axes. */
function foldedStrides({ node, inputs }: Evaluation, { shape }: Tensor): number[] {
  const given = inputs[1] ? numbersOf(inputs[1]) : intsAttribute(node, "axes", []);
  const rank = shape.length;
  const none = given.length === 0 && intAttribute(node, "noop_with_empty_axes", 0) === 0;
  const axes = none
    ? shape.map((_, axis) => axis)
    : given.map((axis) => normalizeAxis(axis, rank, node.name));
  const kept = shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim));
  return stridesOf(kept).map((stride, axis) => (axes.includes(axis) ? 0 : stride));
}

const divide: Binary = (a, b, whole) =>
  whole ? (b === 0 ? Number.NaN : Math.trunc(a / b)) : a / b;
const modulo: Evaluator = (evaluation) => {
  const truncated = intAttribute(evaluation.node, "fmod", 0) === 1;
  return binary((a, b) => (truncated ? a % b : a - Math.floor(a / b) * b))(evaluation);
};
/** Half to even. */
const round: Unary = (x) => {
  const below = Math.floor(x);
  const rest = x - below;
  return rest < 0.5 || (rest === 0.5 && below % 2 === 0) ? below : below + 1;
};

/** Evaluators by operator. */
export const elementwise: readonly (readonly [string, Evaluator])[] = [
  ["Add", binary((a, b) => a + b)],
  ["Sub", binary((a, b) => a - b)],
  ["Mul", binary((a, b) => a * b)],
  ["Div", binary(divide)],
  ["Mod", modulo],
  ["Pow", binary((a, b) => a ** b)],
  ["Min", binary((a, b) => (Number.isNaN(a) || a < b ? a : b))],
  ["Max", binary((a, b) => (Number.isNaN(a) || a > b ? a : b))],
  ["Equal", binary((a, b) => Number(a === b))],
  ["Greater", binary((a, b) => Number(a > b))],
  ["GreaterOrEqual", binary((a, b) => Number(a >= b))],
  ["Less", binary((a, b) => Number(a < b))],
  ["LessOrEqual", binary((a, b) => Number(a <= b))],
  ["And", binary((a, b) => Number(a !== 0 && b !== 0))],
  ["Or", binary((a, b) => Number(a !== 0 || b !== 0))],
  ["Not", unary((x) => Number(x === 0))],
  ["IsNaN", unary((x) => Number(Number.isNaN(x)))],
  ["Neg", unary((x) => -x)],
  ["Abs", unary(Math.abs)],
  ["Sqrt", unary(Math.sqrt)],
  ["Exp", unary(Math.exp)],
  ["Log", unary(Math.log)],
  ["Reciprocal", unary((x) => 1 / x)],
  ["Floor", unary(Math.floor)],
  ["Ceil", unary(Math.ceil)],
  ["Round", unary(round)],
  ["ReduceSum", reduction(0, (sum, x) => sum + x)],
  ["ReduceProd", reduction(1, (product, x) => product * x)],
  ["ReduceMax", reduction(-Infinity, (most, x) => Math.max(most, x))],
  ["ReduceMin", reduction(Infinity, (least, x) => Math.min(least, x))],
];
