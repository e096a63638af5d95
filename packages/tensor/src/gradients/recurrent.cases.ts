/** Rows for LSTM and GRU: every direction, padded rows, each output alone and all, without and with biases and states. */
import type { Graph, Value } from "../graph/graph.ts";
import { int32 } from "../onnx/tensor.ts";
import { Mul } from "../operators/arithmetic.ts";
import { type Direction, GRU, LSTM } from "../operators/recurrent.ts";
import type { GradientCase } from "./cases.ts";

interface Sizes {
  readonly steps: number;
  readonly batch: number;
  readonly features: number;
  readonly hidden: number;
}

const small: Sizes = { steps: 4, batch: 3, features: 2, hidden: 3 };
const large: Sizes = { steps: 24, batch: 16, features: 48, hidden: 64 };

/** x, w, r, b, first h (and first c) for so many gates. */
function shapesOf(gates: number, direction: Direction, sizes: Sizes): readonly number[][] {
  const { steps, batch, features, hidden } = sizes;
  const directions = direction === "bidirectional" ? 2 : 1;
  const state = [directions, batch, hidden];
  return [
    [steps, batch, features],
    [directions, gates * hidden, features],
    [directions, gates * hidden, hidden],
    [directions, 2 * gates * hidden],
    state,
    ...(gates === 4 ? [state] : []),
  ];
}

/** Rows of 1 to all steps, different ones. */
function someLengths(graph: Graph, x: Value): Value {
  const [steps, batch] = x.shape.map(Number);
  return graph.constant(int32(Array.from({ length: batch }, (_, row) => steps - (row % steps))));
}

/** Weights of deviation 1 / √hidden, as networks start with: large ones make a recurrence chaotic. */
function calm(weights: Value): Value {
  return Mul(weights, weights.graph.scalar(1 / Math.sqrt(Number(weights.shape[1]) / 4)));
}

const options = { tolerance: 5e-3 };

const lstmRows = (["forward", "reverse", "bidirectional"] as const).flatMap((direction) =>
  [false, true].map((padded): GradientCase => ({
    operator: "LSTM",
    about: `${direction}${padded ? ", padded rows" : ""}`,
    build: (graph, [x, w, r, b, initialH, initialC]) => {
      const lengths = padded ? someLengths(graph, x) : null;
      const found = LSTM(x, { w: calm(w), r: calm(r), b, lengths, initialH, initialC, direction });
      return [found.y, found.yH, found.yC];
    },
    shapes: shapesOf(4, direction, small),
    ...(padded && direction === "bidirectional" ? { large: shapesOf(4, direction, large) } : {}),
    options,
  })),
);

const lstmOutputs = (["y", "yH", "yC"] as const).map((output): GradientCase => ({
  operator: "LSTM",
  about: `only ${output}, neither biases nor first states`,
  build: (_, [x, w, r]) => LSTM(x, { w, r, direction: "bidirectional" })[output],
  shapes: shapesOf(4, "bidirectional", small).slice(0, 3),
  options,
}));

const gruRows = (["forward", "reverse", "bidirectional"] as const).flatMap((direction) =>
  [false, true].flatMap((linearBeforeReset) =>
    [false, true].map((padded): GradientCase => ({
      operator: "GRU",
      about: `${direction}, linear_before_reset ${linearBeforeReset}${padded ? ", padded rows" : ""}`,
      build: (graph, [x, w, r, b, initialH]) => {
        const lengths = padded ? someLengths(graph, x) : null;
        const found = GRU(x, {
          w: calm(w),
          r: calm(r),
          b,
          lengths,
          initialH,
          direction,
          linearBeforeReset,
        });
        return [found.y, found.yH];
      },
      shapes: shapesOf(3, direction, small),
      ...(padded && direction === "bidirectional" ? { large: shapesOf(3, direction, large) } : {}),
      options,
    })),
  ),
);

const gruOutputs = [false, true].flatMap((linearBeforeReset) =>
  (["y", "yH"] as const).map((output): GradientCase => ({
    operator: "GRU",
    about: `only ${output}, linear_before_reset ${linearBeforeReset}, neither biases nor a first state`,
    build: (_, [x, w, r]) =>
      GRU(x, { w, r, direction: "bidirectional", linearBeforeReset })[output],
    shapes: shapesOf(3, "bidirectional", small).slice(0, 3),
    options,
  })),
);

/** Rows of LSTM and GRU. */
export const recurrentCases: readonly GradientCase[] = [
  ...lstmRows,
  ...lstmOutputs,
  ...gruRows,
  ...gruOutputs,
];
