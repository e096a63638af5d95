/**
 * Reverse-mode differentiation: walks the nodes from the loss backwards and adds, for each, the nodes its rule asks for.
 * Source: Griewank and Walther, "Evaluating Derivatives", 2nd edition, SIAM 2008, chapter 3.
 */
import { SoukError } from "@souk/core";
import { type Graph, type Node, staticShape, type Value } from "../graph/graph.ts";
import { formatShape } from "../onnx/tensor.ts";
import { Add } from "../operators/arithmetic.ts";
import { type GradientRules, zeros } from "./rule.ts";
import { gradientRules } from "./rules.ts";

/**
 * dLoss / dValue for each of `values`, added to the graph of the loss. A value that reaches the loss only through whole
 * numbers or steps (ArgMax, Round) has gradient 0.
 *
 * @param loss a float32 scalar.
 * @param values float32 inputs or intermediate values of static shape; the result has the same order and shapes.
 * @throws SoukError `GRADIENT_LOSS` if the loss is not a scalar, `GRADIENT_RULE` if an operator on the way has no rule
 * (the message names operator and node) or a body captures what should be differentiated, `GRADIENT_SHAPE` if a rule
 * gives a wrong shape, `GRADIENT_UNREACHED` if the loss does not depend on a value.
 */
export function differentiate(
  loss: Value,
  values: readonly Value[],
  { rules = gradientRules }: { rules?: GradientRules } = {},
): readonly Value[] {
  const { graph } = loss;
  if (loss.type !== "float32" || loss.shape.some((dim) => dim !== 1)) {
    throw new SoukError(
      "GRADIENT_LOSS",
      `a loss is one float32, got ${loss.type} ${formatShape(loss.shape)} (${loss.name})`,
    );
  }
  const gradients = new Map<string, Value>([[loss.name, ones(loss)]]);
  const dependent = namesAfter(graph, values);
  const contributing = namesBefore(graph, loss);
  for (const node of graph.nodes.toReversed()) accumulate(node, { gradients, dependent, rules });
  return values.map((value) => {
    const gradient = gradients.get(value.name);
    if (gradient) return gradient;
    if (contributing.has(value.name)) return zeros(graph, staticShape(value));
    throw new SoukError("GRADIENT_UNREACHED", `the loss does not depend on ${value.name}`);
  });
}

/** Adds one more rule to a table, or replaces one: `differentiate(loss, values, { rules: defineGrad(…) })`. */
export function defineGrad(
  operator: string,
  rule: GradientRules[string],
  rules: GradientRules = gradientRules,
): GradientRules {
  return { ...rules, [operator]: rule };
}

interface Walk {
  readonly gradients: Map<string, Value>;
  readonly dependent: ReadonlySet<string>;
  readonly rules: GradientRules;
}

function accumulate(node: Node, { gradients, dependent, rules }: Walk): void {
  const outputGradients = node.outputs.map((value) => gradients.get(value.name) ?? null);
  if (!outputGradients.some(Boolean)) return;
  const needs = node.inputs.map(
    (value) => value !== null && isReal(value) && dependent.has(value.name),
  );
  checkCaptures(node, dependent);
  if (!needs.some(Boolean)) return;
  const rule = ruleOf(node, rules);
  const { inputs, outputs } = node;
  const graph = outputs[0].graph;
  const found = rule({ node, graph, inputs, outputs: [...outputs], outputGradients, needs });
  inputs.forEach((input, index) => {
    const gradient = found[index];
    if (!input || !gradient || !needs[index]) return;
    checkShape(node, input, gradient);
    const sum = gradients.get(input.name);
    gradients.set(input.name, sum ? Add(sum, gradient) : gradient);
  });
}

function ruleOf(node: Node, rules: GradientRules): GradientRules[string] {
  const key = node.domain === "" ? node.operator : `${node.domain}.${node.operator}`;
  const rule = rules[key];
  if (rule) return rule;
  throw new SoukError(
    "GRADIENT_RULE",
    `no gradient rule for operator ${key} at node ${node.name}; add one with defineGrad`,
  );
}

function checkShape(node: Node, input: Value, gradient: Value): void {
  if (formatShape(gradient.shape) === formatShape(input.shape)) return;
  throw new SoukError(
    "GRADIENT_SHAPE",
    `rule of ${node.operator} (${node.name}): gradient of ${input.name} must be ${formatShape(input.shape)}, ` +
      `got ${formatShape(gradient.shape)}`,
  );
}

/** A body may read values around it, which are no inputs of its node: no rule could give their gradients. */
function checkCaptures(node: Node, dependent: ReadonlySet<string>): void {
  const captured = capturedNames(node).find((name) => dependent.has(name));
  if (captured === undefined) return;
  throw new SoukError(
    "GRADIENT_RULE",
    `${node.operator} ${node.name}: its body captures ${captured}, expected it as an input of the node`,
  );
}

/** Names of `values` and of all that is computed from them. */
function namesAfter(graph: Graph, values: readonly Value[]): ReadonlySet<string> {
  const names = new Set(values.map((value) => value.name));
  for (const node of graph.nodes) {
    const used = [...node.inputs.map((input) => input?.name ?? ""), ...capturedNames(node)];
    if (used.some((name) => names.has(name))) {
      for (const output of node.outputs) names.add(output.name);
    }
  }
  return names;
}

/** Names of the loss and of all that it is computed from. */
function namesBefore(graph: Graph, loss: Value): ReadonlySet<string> {
  const names = new Set([loss.name]);
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((output) => names.has(output.name))) continue;
    for (const input of node.inputs) if (input) names.add(input.name);
    for (const name of capturedNames(node)) names.add(name);
  }
  return names;
}

/** Names that the bodies of a node use; those of their own are among them. */
function capturedNames(node: Node): readonly string[] {
  return Object.values(node.attributes).flatMap((attribute) => {
    if (attribute.kind !== "graph") return [];
    const { nodes, outputs } = attribute.value;
    return [
      ...outputs.map(({ value }) => value.name),
      ...nodes.flatMap((inner) => [
        ...inner.inputs.map((input) => input?.name ?? ""),
        ...capturedNames(inner),
      ]),
    ];
  });
}

function isReal({ type }: Value): boolean {
  return type === "float32" || type === "float64" || type === "float16";
}

function ones(loss: Value): Value {
  return loss.graph.constant({
    type: "float32",
    shape: loss.shape.map(Number),
    data: Float32Array.of(1),
  });
}
