/** What the gradients of LSTM and GRU share: taking a node apart by direction, and putting gradients together. */
import { SoukError } from "@souk/core";
import { intAttribute, textAttribute } from "../graph/attributes.ts";
import { staticShape, type Value } from "../graph/graph.ts";
import { float32, int32 } from "../onnx/tensor.ts";
import { Add, Cast, Less, Mul, Sub } from "../operators/arithmetic.ts";
import { Concat, Reshape, Slice, Split } from "../operators/layout.ts";
import { Gemm } from "../operators/matmul.ts";
import { ReduceSum } from "../operators/reduction.ts";
import type { GradientContext } from "./rule.ts";

/** One direction of a node: S steps in the order of x, B rows, E features, H hidden, G gates. */
export interface DirectionParts {
  readonly steps: number;
  readonly batch: number;
  readonly hidden: number;
  /** Whether it reads the last step first. */
  readonly reverse: boolean;
  /** The input as a matrix [S B, E]. */
  readonly x: Value;
  /** Input weights by gate, each [H, E], and recurrent weights by gate, each [H, H]. */
  readonly w: readonly Value[];
  readonly r: readonly Value[];
  /** The same of all gates [G H, E] and [G H, H]. */
  readonly allW: Value;
  readonly allR: Value;
  /** Biases of the input side by gate, then of the recurrent side, each [H]; null when there are none. */
  readonly b: readonly Value[] | null;
  /** States before the first step [B, H]. */
  readonly initialH: Value;
  readonly initialC: Value;
  /** State before each step, a matrix [S B, H]. */
  readonly previousH: Value;
  /** Where rows have steps; null when all rows have all. */
  readonly mask: StepMask | null;
  /** dL/dY [S, B, H], zero on padding; null when the loss does not depend on Y. */
  readonly dY: Value | null;
  /** dL/dY_h and dL/dY_c [B, H]. */
  readonly dLastH: Value;
  readonly dLastC: Value;
}

/** `on` is 1 where a row has a step and 0 on its padding, [S B, 1]; `off` is 1 - `on`. */
interface StepMask {
  readonly on: Value;
  readonly off: Value;
}

/** What the backward recurrence of one direction finds. */
export interface DirectionGradients {
  /** dL/d(W x + b_w) [S B, G H]. */
  readonly dInput: Value;
  /** dL/d(R h + b_r) [S B, G H]; the same value where both are only added. */
  readonly dRecurrent: Value;
  /** dL/dR where it is not dRecurrent' h. */
  readonly dR?: Value;
  /** dL/d(first states) [B, H]. */
  readonly dInitialH: Value;
  readonly dInitialC?: Value;
}

/**
 * Gradients of the inputs of an LSTM or GRU node, from those of its preactivations a = W x + b_w and u = R h + b_r:
 *
 *   dX = dA W    dW = dA' X    dR = dU' H    db_w = Σ dA    db_r = Σ dU
 *
 * over all steps and rows at once, which leaves only what truly recurs to `backward`.
 *
 * @throws SoukError `GRADIENT_RULE` for options that change the cell: other activations, clip, peepholes, layout 1.
 */
export function recurrentGradients(
  context: GradientContext,
  backward: (parts: DirectionParts) => DirectionGradients,
): readonly (Value | null)[] {
  checkOptions(context);
  const { needs, inputs } = context;
  const directions = takeApart(context).map((parts) => ({ parts, found: backward(parts) }));
  const stack = (index: number, pick: (one: (typeof directions)[number]) => Value | undefined) => {
    const values = needs[index] ? directions.flatMap((one) => pick(one) ?? []) : [];
    return values.length === 0 ? null : Concat(values.map(stackable), 0);
  };
  let dX: Value | null = null;
  if (needs[0]) {
    for (const { parts, found } of directions) dX = Gemm(found.dInput, parts.allW, { c: dX });
  }
  return [
    dX && inputs[0] ? Reshape(dX, staticShape(inputs[0])) : null,
    stack(1, ({ parts, found }) => Gemm(found.dInput, parts.x, { transA: true })),
    stack(2, ({ parts: { previousH }, found }) => {
      return found.dR ?? Gemm(found.dRecurrent, previousH, { transA: true });
    }),
    stack(3, ({ found }) => biasGradient(found)),
    null,
    stack(5, ({ found }) => found.dInitialH),
    stack(6, ({ found }) => found.dInitialC),
  ];
}

function biasGradient({ dInput, dRecurrent }: DirectionGradients): Value {
  const input = ReduceSum(dInput, { axes: [0] });
  const recurrent = dRecurrent === dInput ? input : ReduceSum(dRecurrent, { axes: [0] });
  return Concat([input, recurrent], 0);
}

function stackable(value: Value): Value {
  return Reshape(value, [1, ...staticShape(value)]);
}

function checkOptions({ node, inputs }: GradientContext): void {
  const refused = ["activations", "activation_alpha", "activation_beta", "clip"].filter(
    (name) => name in node.attributes,
  );
  if (intAttribute(node, "layout", 0) !== 0) refused.push("layout");
  if (intAttribute(node, "input_forget", 0) !== 0) refused.push("input_forget");
  if (inputs[7]) refused.push("peepholes (P)");
  if (refused.length === 0) return;
  throw new SoukError(
    "GRADIENT_RULE",
    `no gradient rule for ${node.operator} with ${refused.join(", ")} (${node.name}), expected the defaults`,
  );
}

function takeApart(context: GradientContext): readonly DirectionParts[] {
  const { node, inputs, outputs, outputGradients } = context;
  const [x, w, r] = inputs;
  if (!x || !w || !r) throw new RangeError(`${node.operator} has at least three inputs`);
  const [steps, batch, features] = staticShape(x);
  const [directions, , hidden] = staticShape(r);
  const way = textAttribute(node, "direction", "forward");
  const mask = stepMask(inputs[4] ?? null, { steps, batch });
  const zeros = x.graph.constant(float32(new Float32Array(batch * hidden), [batch, hidden]));
  const gates = (all: Value) => Split(all, Array(Number(all.shape[0]) / hidden).fill(hidden), 0);
  return Array.from({ length: directions }, (_, at): DirectionParts => {
    const part = (value: Value | null | undefined, axis = 0) =>
      value ? pick(value, at, axis) : null;
    const reverse = way === "reverse" || at === 1;
    const [allW, allR, b] = [pick(w, at), pick(r, at), part(inputs[3])];
    const initialH = part(inputs[5]) ?? zeros;
    const y = pick(outputs[0], at, 1);
    return {
      steps,
      batch,
      hidden,
      reverse,
      mask,
      allW,
      allR,
      initialH,
      x: Reshape(x, [steps * batch, features]),
      w: gates(allW),
      r: gates(allR),
      b: b && gates(b),
      initialC: part(inputs[6]) ?? zeros,
      previousH: previousStates(initialH, mask && reverse ? pad(y, initialH, mask) : y, reverse),
      dY: maskSteps(part(outputGradients[0], 1), mask),
      dLastH: part(outputGradients[1]) ?? zeros,
      dLastC: part(outputGradients[2]) ?? zeros,
    };
  });
}

/** Direction `at` of a value that has an axis of directions. */
function pick(value: Value, at: number, axis = 0): Value {
  const shape = staticShape(value);
  const one =
    shape[axis] === 1 ? value : Slice(value, { starts: [at], ends: [at + 1], axes: [axis] });
  return Reshape(one, shape.toSpliced(axis, 1));
}

/** [S B, n] as [S, B, n]. */
export function bySteps({ steps, batch }: DirectionParts, value: Value): Value {
  return Reshape(value, [steps, batch, Number(value.shape[1])]);
}

/** [S, B, n] as [S B, n]. */
export function byRows({ steps, batch }: DirectionParts, value: Value): Value {
  return Reshape(value, [steps * batch, Number(value.shape[2])]);
}

/** σ' of s = σ(z): s - s². */
export function sigmoidSlope(s: Value): Value {
  return Sub(s, Mul(s, s));
}

/** The state before each step [S B, H], given the one after each [S, B, H]. */
export function previousStates(initial: Value, states: Value, reverse: boolean): Value {
  const [steps, batch, hidden] = staticShape(states);
  const first = Reshape(initial, [1, batch, hidden]);
  const [starts, ends] = reverse ? [[1], [steps]] : [[0], [steps - 1]];
  const rest = Slice(states, { starts, ends, axes: [0] });
  const shifted = Concat(reverse ? [rest, first] : [first, rest], 0);
  return Reshape(shifted, [steps * batch, hidden]);
}

function stepMask(
  lengths: Value | null,
  { steps, batch }: { steps: number; batch: number },
): StepMask | null {
  if (!lengths) return null;
  const { graph } = lengths;
  const numbers = graph.constant(
    int32(
      Array.from({ length: steps }, (_, step) => step),
      [steps, 1],
    ),
  );
  const on = Reshape(Cast(Less(numbers, lengths), "float32"), [steps * batch, 1]);
  return { on, off: Sub(graph.scalar(1), on) };
}

/** Y is zero on padding; a reverse recurrence has its first state there. */
function pad(y: Value, initialH: Value, { off }: StepMask): Value {
  const [steps, batch] = staticShape(y);
  return Add(y, Mul(initialH, Reshape(off, [steps, batch, 1])));
}

function maskSteps(dY: Value | null, mask: StepMask | null): Value | null {
  return dY && mask ? Mul(dY, Reshape(mask.on, [...staticShape(dY).slice(0, 2), 1])) : dY;
}
