/**
 * Recurrences: the fused LSTM and GRU, and the general Scan and Loop, whose bodies are written as functions.
 * Names and meaning are ONNX's; the source is each operator's page under https://onnx.ai/onnx/operators/.
 */
import { SoukError } from "@souk/core";
import { type Graph, graphOf, type Value } from "../graph/graph.ts";
import { type Dim, int, ints, text } from "../onnx/model.ts";
import { type Tensor, tensor } from "../onnx/tensor.ts";

/** Which way a recurrence reads the steps. */
export type Direction = "forward" | "reverse" | "bidirectional";

/** Weights and options that LSTM and GRU share: D directions, G gates (4 or 3), H hidden, E features, B rows. */
export interface RecurrentNodeOptions {
  /** Input weights [D, G H, E]. */
  readonly w: Value;
  /** Recurrent weights [D, G H, H]. */
  readonly r: Value;
  /** Biases of both [D, 2 G H]; zero when left out. */
  readonly b?: Value | null;
  /** Steps of each row, int32 [B]; all steps when left out. Outputs after them are zero. */
  readonly lengths?: Value | null;
  /** State before the first step [D, B, H]; zero when left out. */
  readonly initialH?: Value | null;
  readonly direction?: Direction;
}

/** Every state y [S, D, B, H] and the last one yH [D, B, H]. */
export interface GruOutputs {
  readonly y: Value;
  readonly yH: Value;
}

/** What GRU gives, and the last cell yC [D, B, H]. */
export interface LstmOutputs extends GruOutputs {
  readonly yC: Value;
}

/** Long short-term memory over x [S, B, E]; gates in the order input, output, forget, cell. */
export function LSTM(
  x: Value,
  options: RecurrentNodeOptions & { readonly initialC?: Value | null },
): LstmOutputs {
  const { w, r, b = null, lengths = null, initialH = null, initialC = null } = options;
  const inputs = [x, w, r, b, lengths, initialH, initialC];
  const [y, yH, yC] = graphOf(inputs).node("LSTM", inputs, {
    attributes: sharedAttributes(options),
    outputs: 3,
  });
  return { y, yH, yC };
}

/**
 * Gated recurrent unit over x [S, B, E]; gates in the order update, reset, hidden. With `linearBeforeReset` the reset
 * gate scales R h + b instead of h (PyTorch's and cuDNN's form).
 */
export function GRU(
  x: Value,
  options: RecurrentNodeOptions & { readonly linearBeforeReset?: boolean },
): GruOutputs {
  const { w, r, b = null, lengths = null, initialH = null, linearBeforeReset = false } = options;
  const inputs = [x, w, r, b, lengths, initialH];
  const [y, yH] = graphOf(inputs).node("GRU", inputs, {
    attributes: {
      ...sharedAttributes(options),
      linear_before_reset: int(Number(linearBeforeReset)),
    },
    outputs: 2,
  });
  return { y, yH };
}

function sharedAttributes({ r, direction = "forward" }: RecurrentNodeOptions) {
  return { hidden_size: int(Number(r.shape[2])), direction: text(direction) };
}

/** What one step of a Scan computes: the next states, and what is stacked. */
export interface ScanStep {
  readonly states: readonly Value[];
  readonly outputs?: readonly Value[];
}

/** What a Scan works on. */
export interface ScanOptions {
  /** States before the first step. */
  readonly states: readonly Value[];
  /** Values of which every step sees one slice of the first axis. */
  readonly inputs: readonly Value[];
  /** Inputs read from the last slice to the first: all, or by place. */
  readonly reverseInputs?: boolean | readonly boolean[];
  /** Outputs stacked from the last place to the first: all, or by place. */
  readonly reverseOutputs?: boolean | readonly boolean[];
}

/**
 * Carries `states` through a step for each slice of `inputs`. The body may use any value of the enclosing graphs.
 *
 * @returns the last states, and the outputs of all steps stacked along a new first axis.
 * @throws SoukError `GRAPH_BODY` when the step gives another number or another shape of states.
 */
export function Scan(
  { states, inputs, reverseInputs = false, reverseOutputs = false }: ScanOptions,
  step: (states: readonly Value[], inputs: readonly Value[], body: Graph) => ScanStep,
): { readonly states: readonly Value[]; readonly outputs: readonly Value[] } {
  const graph = graphOf([...states, ...inputs]);
  const body = graph.body(graph.uniqueName("scan"));
  const carried = states.map((value) => bodyInput(body, value, value.shape));
  const slices = inputs.map((value) => bodyInput(body, value, value.shape.slice(1)));
  const { states: next, outputs = [] } = step(carried, slices, body);
  checkCarried(body, states, next);
  for (const value of [...next, ...outputs]) bodyOutput(body, value);
  const results = graph.node("Scan", [...states, ...inputs], {
    attributes: {
      body: { kind: "graph", value: body },
      num_scan_inputs: int(inputs.length),
      scan_input_directions: ints(flags(reverseInputs, inputs.length)),
      scan_output_directions: ints(flags(reverseOutputs, outputs.length)),
    },
    outputs: next.length + outputs.length,
  });
  return { states: results.slice(0, next.length), outputs: results.slice(next.length) };
}

/** What one round of a Loop computes; `proceed` is a bool scalar, true when left out. */
export interface LoopStep extends ScanStep {
  readonly proceed?: Value;
}

/**
 * Carries `states` through at most `trips` (int64 scalar) rounds, until `proceed` is false. The body may use any value
 * of the enclosing graphs.
 *
 * @returns the last states, and the outputs of all rounds stacked along a new first axis.
 * @throws SoukError `GRAPH_BODY` when a round gives another number or another shape of states.
 */
export function Loop(
  trips: Value,
  states: readonly Value[],
  round: (index: Value, states: readonly Value[], body: Graph) => LoopStep,
): { readonly states: readonly Value[]; readonly outputs: readonly Value[] } {
  const { graph } = trips;
  const body = graph.body(graph.uniqueName("loop"));
  const index = body.input(`${body.name}.round`, [], { type: "int64" });
  const condition = body.input(`${body.name}.condition`, [], { type: "bool" });
  const carried = states.map((value) => bodyInput(body, value, value.shape));
  const { states: next, outputs = [], proceed = condition } = round(index, carried, body);
  checkCarried(body, states, next);
  for (const value of [proceed, ...next, ...outputs]) bodyOutput(body, value);
  const yes: Tensor = tensor("bool", Uint8Array.of(1), []);
  const results = graph.node("Loop", [trips, graph.constant(yes), ...states], {
    attributes: { body: { kind: "graph", value: body } },
    outputs: next.length + outputs.length,
  });
  return { states: results.slice(0, next.length), outputs: results.slice(next.length) };
}

function bodyInput(body: Graph, { type }: Value, shape: readonly Dim[]): Value {
  return body.input(`${body.name}.in${body.inputs.length}`, shape, { type });
}

/** ONNX wants every output of a body to be made in it and to have a name of its own. */
function bodyOutput(body: Graph, value: Value): void {
  const taken = body.outputs.some((output) => output.name === value.name);
  const made = body.producerOf(value) !== undefined;
  body.output(value, made && !taken ? value.name : `${body.name}.out${body.outputs.length}`);
}

function checkCarried(body: Graph, before: readonly Value[], after: readonly Value[]): void {
  const describe = (values: readonly Value[]) =>
    values.map(({ type, shape }) => `${type}[${shape.join(", ")}]`).join(" ");
  if (describe(before) === describe(after)) return;
  throw new SoukError(
    "GRAPH_BODY",
    `${body.name}: expected the step to give states ${describe(before)}, got ${describe(after)}`,
  );
}

function flags(value: boolean | readonly boolean[], count: number): readonly number[] {
  return typeof value === "boolean" ? Array(count).fill(Number(value)) : value.map(Number);
}
