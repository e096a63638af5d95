/**
 * Follows axis lengths through the integer arithmetic with which exported graphs work out shapes, so that
 * `Reshape(x, Concat(Gather(Shape(x), 0), 12, 64))` has the shape [batch, 12, 64] before any batch is known.
 */
import { tensorAttribute } from "../graph/attributes.ts";
import { addDims, divideDims, multiplyDims } from "../graph/dims.ts";
import type { Node, Value } from "../graph/graph.ts";
import type { Dim } from "../onnx/model.ts";
import { numbersOf, sizeOf, type Tensor } from "../onnx/tensor.ts";
import { shapePart } from "./layout.ts";

/** Shapes have few axes; a longer vector is data. */
const LONGEST = 64;
/** Values are mostly asked for soon after they are made, so that a chain is followed once; a longer one is given up. */
const DEEPEST = 100;

const known = new WeakMap<Value, readonly Dim[] | null>();

/** The elements of an integer or boolean scalar or vector, as lengths; undefined when they depend on data. */
export function knownLengths(value: Value, depth = 0): readonly Dim[] | undefined {
  if (depth > DEEPEST || value.shape.length > 1) return undefined;
  const before = known.get(value);
  if (before !== undefined) return before ?? undefined;
  const content = value.graph.constantOf(value);
  const node = content ? undefined : value.graph.producerOf(value);
  const rule = node && node.domain === "" ? rules.get(node.operator) : undefined;
  const found = content ? contentOf(content) : node && rule?.(reach(node, depth));
  const lengths = found && found.length <= LONGEST ? found : undefined;
  if (depth === 0 || lengths) known.set(value, lengths ?? null);
  return lengths;
}

function contentOf(content: Tensor): readonly Dim[] | undefined {
  const whole = content.type === "int64" || content.type === "int32" || content.type === "bool";
  return whole && sizeOf(content.shape) <= LONGEST ? numbersOf(content) : undefined;
}

interface Reach {
  readonly node: Node;
  /** Lengths of input `index`. */
  readonly of: (index: number) => readonly Dim[] | undefined;
  /** The same when all are numbers. */
  readonly numbers: (index: number) => readonly number[] | undefined;
}

type LengthRule = (reach: Reach) => readonly Dim[] | undefined;

function reach(node: Node, depth: number): Reach {
  const of = (index: number) => {
    const value = node.inputs[index];
    return value ? knownLengths(value, depth + 1) : undefined;
  };
  const numbers = (index: number) => {
    const lengths = of(index);
    return lengths?.every((length) => typeof length === "number") ? lengths : undefined;
  };
  return { node, of, numbers };
}

const same: LengthRule = ({ of }) => of(0);

const shape: LengthRule = ({ node }) =>
  node.inputs[0] ? shapePart(node, node.inputs[0].shape) : undefined;

const gather: LengthRule = ({ of, numbers }) => {
  const [data, indices] = [of(0), numbers(1)];
  return data && collect(indices, (index) => data.at(index));
};

const slice: LengthRule = ({ node, of, numbers }) => {
  const [data, start, end] = [of(0), numbers(1)?.[0], numbers(2)?.[0]];
  const step = node.inputs[4] ? numbers(4)?.[0] : 1;
  return step === 1 && start !== undefined ? data?.slice(start, end) : undefined;
};

const concat: LengthRule = ({ node, of }) => {
  const parts = node.inputs.map((_, index) => of(index));
  return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
};

const where: LengthRule = ({ of, numbers }) => {
  const [conditions, yes, no] = [numbers(0), of(1), of(2)];
  if (!conditions || !yes || !no) return undefined;
  const count = Math.max(conditions.length, yes.length, no.length);
  return collect(upTo(count), (at) =>
    spread(conditions, at) === 0 ? spread(no, at) : spread(yes, at),
  );
};

const constantOfShape: LengthRule = ({ node, numbers }) => {
  const count = numbers(0);
  const value = tensorAttribute(node, "value");
  if (!count || !value || sizeOf(count) > LONGEST) return undefined;
  const content = contentOf(value);
  return content && Array.from({ length: sizeOf(count) }, () => content[0]);
};

function pairwise(combine: (a: Dim, b: Dim) => Dim | undefined): LengthRule {
  return ({ of }) => {
    const [a, b] = [of(0), of(1)];
    if (!a || !b) return undefined;
    const count = a.length === 0 || b.length === 0 ? 0 : Math.max(a.length, b.length);
    return collect(upTo(count), (at) => combine(spread(a, at), spread(b, at)));
  };
}

function subtract(a: Dim, b: Dim): Dim | undefined {
  if (typeof b === "number") return addDims([a, -b]);
  return a === b ? 0 : undefined;
}

function divide(a: Dim, b: Dim): Dim | undefined {
  if (typeof a === "number" && typeof b === "number")
    return b === 0 ? undefined : Math.trunc(a / b);
  return divideDims(a, b);
}

/** A length is never negative, so that a named one is not -1. */
function equal(a: Dim, b: Dim): Dim | undefined {
  if (a === b) return 1;
  const open = [a, b].some((length) => typeof length === "string");
  const negative = [a, b].some((length) => typeof length === "number" && length < 0);
  return open && !negative ? undefined : 0;
}

const rules: ReadonlyMap<string, LengthRule> = new Map<string, LengthRule>([
  ["Shape", shape],
  ["Gather", gather],
  ["Slice", slice],
  ["Concat", concat],
  ["Where", where],
  ["ConstantOfShape", constantOfShape],
  ["Mul", pairwise((a, b) => multiplyDims([a, b]))],
  ["Add", pairwise((a, b) => addDims([a, b]))],
  ["Sub", pairwise(subtract)],
  ["Div", pairwise(divide)],
  ["Equal", pairwise(equal)],
  ["Size", ({ node }) => (node.inputs[0] ? [multiplyDims(node.inputs[0].shape)] : undefined)],
  ["ReduceProd", ({ of }) => ((all) => all && [multiplyDims(all)])(of(0))],
  ["Identity", same],
  ["Cast", same],
  ["Reshape", same],
  ["Squeeze", same],
  ["Unsqueeze", same],
]);

function spread(lengths: readonly Dim[], at: number): Dim {
  return lengths[lengths.length === 1 ? 0 : at];
}

function collect<T>(
  items: readonly T[] | undefined,
  take: (item: T) => Dim | undefined,
): readonly Dim[] | undefined {
  const taken = items?.map(take);
  return taken?.every((length) => length !== undefined) ? taken : undefined;
}

function upTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, at) => at);
}
