/** LSTM, GRU and the general recurrences Loop and Scan. */
import { graphAttribute, intAttribute, intsAttribute, textAttribute } from "../graph/attributes.ts";
import { differ, normalizeAxis } from "../graph/dims.ts";
import type { Graph } from "../graph/graph.ts";
import { failShape, type ShapeContext, type ShapeRule } from "./rule.ts";

/** Outputs: all states [steps, directions, batch, hidden], the last one [directions, batch, hidden], for LSTM its cell. */
const recurrent: ShapeRule = ({ node, input }) => {
  const { type, shape } = input(0);
  const [steps, batch] = shape;
  const directions = textAttribute(node, "direction", "forward") === "bidirectional" ? 2 : 1;
  const hidden = intAttribute(node, "hidden_size", Number(input(2).shape[2]));
  if (input(1).shape[0] !== directions) failShape(node, `expected ${directions} direction(s)`);
  if (differ(input(1).shape[2], shape[2]))
    failShape(node, `expected input weights for ${shape[2]} features`);
  const last = { type, shape: [directions, batch, hidden] };
  return [{ type, shape: [steps, directions, batch, hidden] }, last, last];
};

/** Outputs: the last states, then what every step gives, stacked along the scan axis. */
const scan: ShapeRule = (context) => {
  const { node, input } = context;
  const body = bodyOf(context);
  const scanned = intAttribute(node, "num_scan_inputs", 0);
  const states = node.inputs.length - scanned;
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

/** Outputs: the last carried values, then what every step gives, stacked along a new first axis. */
const loop: ShapeRule = (context) => {
  const { node, constant } = context;
  const carried = node.inputs.length - 2;
  const trips = constant(0);
  const steps = trips ? Number(trips.data[0]) : `${node.name}.steps`;
  return bodyOf(context)
    .outputs.slice(1)
    .map(({ value }, at) => ({
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
