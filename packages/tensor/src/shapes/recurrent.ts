/** LSTM, GRU and the general recurrences Loop and Scan. */
import { graphAttribute, intAttribute, intsAttribute, textAttribute } from "../graph/attributes.ts";
import { differ, normalizeAxis } from "../graph/dims.ts";
import type { Graph, Value } from "../graph/graph.ts";
import { formatShape } from "../onnx/tensor.ts";
import { failShape, type ShapeContext, type ShapeRule } from "./rule.ts";

const gates: Readonly<Record<string, number>> = { LSTM: 4, GRU: 3, RNN: 1 };

/** Outputs: all states [steps, directions, batch, hidden], the last one [directions, batch, hidden], for LSTM its cell. */
const recurrent: ShapeRule = ({ node, input }) => {
  const [{ type, shape }, w, r] = [input(0), input(1), input(2)];
  if (intAttribute(node, "layout", 0) !== 0) failShape(node, "expected layout 0, steps first");
  if ([shape, w.shape, r.shape].some((one) => one.length !== 3))
    failShape(node, "expected an input and weights of three axes");
  const [steps, batch, features] = shape;
  const directions = textAttribute(node, "direction", "forward") === "bidirectional" ? 2 : 1;
  const hidden = intAttribute(node, "hidden_size", Number(r.shape[2]));
  const rows = gates[node.operator] * hidden;
  const wanted = [features, hidden].map((columns) => [directions, rows, columns]);
  if ([w, r].some((one, at) => one.shape.some((dim, axis) => differ(dim, wanted[at][axis]))))
    failShape(node, `expected weights ${wanted.map(formatShape).join(" and ")}`);
  const last = { type, shape: [directions, batch, hidden] };
  const outputs = [{ type, shape: [steps, directions, batch, hidden] }, last];
  return node.operator === "LSTM" ? [...outputs, last] : outputs;
};

/** Outputs: the last states, then what every step gives, stacked along the scan axis. */
const scan: ShapeRule = (context) => {
  const { node, input } = context;
  const body = bodyOf(context);
  const states = node.inputs.length - intAttribute(node, "num_scan_inputs", 0);
  if (states < 0 || states >= node.inputs.length)
    failShape(node, `expected 1 to ${node.inputs.length} scanned inputs`);
  const axes = intsAttribute(node, "scan_input_axes", undefined);
  const first = input(states).shape;
  const steps = first[normalizeAxis(axes?.[0] ?? 0, first.length, node.name)];
  const outAxes = intsAttribute(node, "scan_output_axes", undefined);
  return body.outputs.map(({ value: { type, shape } }, at) => {
    if (at < states) return { type, shape };
    const axis = normalizeAxis(outAxes?.[at - states] ?? 0, shape.length + 1, node.name);
    return { type, shape: shape.toSpliced(axis, 0, steps) };
  });
};

/**
 * Outputs: the last carried values, then what every round gives, stacked along a new first axis. How many rounds there are
 * is known when the number is a constant and the body hands its condition on.
 */
const loop: ShapeRule = (context) => {
  const { node, constant } = context;
  const body = bodyOf(context);
  const carried = node.inputs.length - 2;
  const proceed = body.outputs[0]?.value;
  const handed = (proceed && identityInput(body, proceed)) ?? proceed;
  const whole = handed !== undefined && handed.name === body.inputs[1]?.value.name;
  const trips = whole ? constant(0) : undefined;
  const steps = trips ? Number(trips.data[0]) : `${node.name}.steps`;
  return body.outputs.slice(1).map(({ value }, at) => ({
    type: value.type,
    shape: at < carried ? value.shape : [steps, ...value.shape],
  }));
};

/** Lengths in which the two branches differ are known only at run time. */
const branch: ShapeRule = ({ node }) => {
  const [yes, no] = ["then_branch", "else_branch"].map(
    (name) => graphAttribute(node, name) ?? failShape(node, `expected a ${name}`),
  );
  if (yes.outputs.length !== no.outputs.length)
    failShape(node, "expected branches with as many outputs");
  return yes.outputs.map(({ value: { type, shape } }, at) => {
    const other = no.outputs[at].value;
    if (other.type !== type || other.shape.length !== shape.length)
      failShape(node, `expected branches of one type and rank at output ${at}`);
    const lengths = shape.map((dim, axis) =>
      dim === other.shape[axis] ? dim : `${node.name}.${at}.${axis}`,
    );
    return { type, shape: lengths };
  });
};

/** What a value is a copy of. */
function identityInput(body: Graph, value: Value): Value | undefined {
  const node = body.producerOf(value);
  return node?.operator === "Identity" ? (node.inputs[0] ?? undefined) : undefined;
}

function bodyOf({ node }: ShapeContext): Graph {
  return graphAttribute(node, "body") ?? failShape(node, "expected a body");
}

/** Shape rules by operator. */
export const recurrentShapes: Readonly<Record<string, ShapeRule>> = {
  LSTM: recurrent,
  GRU: recurrent,
  RNN: recurrent,
  Scan: scan,
  Loop: loop,
  If: branch,
};
