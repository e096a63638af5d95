/**
 * Reverse-mode differentiation: walks the nodes from the loss backwards and adds, for each, the nodes its rule asks for.
 * Source: Griewank and Walther, "Evaluating Derivatives", 2nd edition, SIAM 2008, chapter 3.
 */
import { SoukError } from "@souk/core";
import { graphAttribute } from "../graph/attributes.ts";
import type { Graph, Node, Value } from "../graph/graph.ts";
import { formatShape } from "../onnx/tensor.ts";
import { Add } from "../operators/arithmetic.ts";
import type { GradientRules } from "./rule.ts";
import { gradientRules } from "./rules.ts";

/**
 * dLoss / dValue for each of `values`, added to the graph of the loss.
 *
 * @param loss a float32 scalar.
 * @param values float32 inputs or intermediate values of static shape; the result has the same order and shapes.
 * @throws SoukError `GRADIENT_LOSS` if the loss is not a scalar, `GRADIENT_RULE` if an operator on the way has no rule
 * (the message names operator and node), `GRADIENT_UNREACHED` if the loss does not depend on a value.
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
  const dependent = dependentNames(graph, values);
  for (const node of graph.nodes.toReversed()) accumulate(node, { gradients, dependent, rules });
  return values.map((value) => {
    const gradient = gradients.get(value.name);
    if (gradient) return gradient;
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
  const needs = node.inputs.map(
    (value) => value !== null && value.type === "float32" && dependent.has(value.name),
  );
  if (!outputGradients.some(Boolean) || !needs.some(Boolean)) return;
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

/** Names of values computed from any of `values`, bodies of Loop and Scan included. */
function dependentNames(graph: Graph, values: readonly Value[]): ReadonlySet<string> {
  const names = new Set(values.map((value) => value.name));
  for (const node of graph.nodes) {
    if (usesAny(node, names)) for (const output of node.outputs) names.add(output.name);
  }
  return names;
}

function usesAny(node: Node, names: ReadonlySet<string>): boolean {
  if (node.inputs.some((input) => input && names.has(input.name))) return true;
  const bodies = ["body", "then_branch", "else_branch"].flatMap(
    (name) => graphAttribute(node, name) ?? [],
  );
  return bodies.some((body) => body.nodes.some((inner) => usesAny(inner, names)));
}

function ones(loss: Value): Value {
  return loss.graph.constant({
    type: "float32",
    shape: loss.shape.map(Number),
    data: Float32Array.of(1),
  });
}
