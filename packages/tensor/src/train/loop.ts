/**
 * Many steps in one call: a step graph becomes the body of an ONNX Loop that carries the weights from step to step, so
 * that they cross into JavaScript once per call. Batches come stacked along a new first axis:
 *
 *   trips, stacked batches [trips · micro, …], step scalars [trips], weights ─► Loop ─► new weights, losses [trips]
 *                                                                 body: Gather batch i ─► step
 *
 * With accumulation the step holds a second Loop over `micro` batches, which sums their gradients:
 *
 *   body: Loop over batches i · micro … (i + 1) · micro − 1: Gather ─► forward, backward ─► sums; sums ─► update
 *
 * Source: Loop in the ONNX operator documentation, https://onnx.ai/onnx/operators/onnx__Loop.html
 */
import type { Value } from "../graph/graph.ts";
import { toOnnx } from "../graph/to-onnx.ts";
import {
  int,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type ValueInfo,
} from "../onnx/model.ts";
import { int64, type Tensor } from "../onnx/tensor.ts";
import type { StepGraph } from "./step-graph.ts";

/** Names of the loop's own inputs and outputs. */
export const TRIPS = "loop/trips";
export const MICRO = "loop/micro";
export const LOSSES = "loop/losses";
export const NORMS = "loop/norms";
/** The sum of all elements of the new weights: not finite when any of them is not. */
export const WEIGHTS_SUM = "loop/weights-sum";

/** The name outside the loop of a value of the step graph that comes in. */
export function outsideName(name: string): string {
  return `loop/in/${name}`;
}

/** The name outside the loop of a carried value after the last step. */
export function resultName(name: string): string {
  return `loop/out/${name}`;
}

/** The model that runs a step graph many times. */
export function loopModel(step: StepGraph): OnnxModel {
  const model = flatModel(step);
  const body =
    step.sums.length > 0 ? accumulatingBody(step, model.graph) : plainBody(step, model.graph);
  return { ...model, graph: outerGraph(step, body) };
}

/** The step as a model of its own, without a loop. */
function flatModel(step: StepGraph): OnnxModel {
  const { graph, carried, loss, gradientNorm } = step;
  if (graph.outputs.length === 0) {
    for (const { after } of carried) graph.output(after);
    graph.output(loss);
    if (gradientNorm) graph.output(gradientNorm);
    if (step.sums.length > 0)
      for (const gradient of new Set(step.gradients)) graph.output(gradient);
  }
  return toOnnx(graph);
}

/** Forward pass and gradients of one batch as a model whose outputs are all values of float32. */
export function diagnosticModel(step: StepGraph): OnnxModel {
  const model = flatModel(step);
  const nodes = nodesNeededFor([...step.gradients, step.loss], model.graph);
  const read = new Set(nodes.flatMap(outerNames));
  const floats = new Map(
    step.graph.nodes.flatMap(({ outputs }) =>
      outputs.flatMap((value) => (value.type === "float32" ? [[value.name, info(value)]] : [])),
    ),
  );
  return {
    ...model,
    graph: {
      ...model.graph,
      nodes,
      inputs: model.graph.inputs.filter(({ name }) => read.has(name)),
      outputs: nodes.flatMap(({ outputs }) => outputs.flatMap((name) => floats.get(name) ?? [])),
    },
  };
}

function outerGraph(step: StepGraph, body: OnnxGraph): OnnxGraph {
  const { carried, trained, gradientNorm } = step;
  const results = carried.map(({ before }) => resultName(before.name));
  const losses = [LOSSES, ...(gradientNorm ? [NORMS] : [])];
  const perStep = (name: string): ValueInfo => ({ name, type: "float32", shape: ["steps"] });
  return {
    name: "training",
    nodes: [
      node("Loop", [TRIPS, "", ...carried.map(({ before }) => outsideName(before.name))], {
        outputs: [...results, ...losses],
        attributes: { body: { kind: "graph", value: body } },
      }),
      ...sumOfWeights(trained.map(({ name }) => resultName(name))),
    ],
    initializers: new Map(),
    inputs: [
      { name: TRIPS, type: "int64", shape: [] },
      ...(step.sums.length > 0 ? [{ name: MICRO, type: "int64", shape: [] } as const] : []),
      ...step.batchInputs.map((value) => outside(value, ["batches"])),
      ...Object.values(step.scalars).map((value) => outside(value, ["steps"])),
      ...carried.map(({ before }) => outside(before, [])),
    ],
    outputs: [
      ...carried.map(({ before: { name, type, shape } }) => ({
        name: resultName(name),
        type,
        shape,
      })),
      ...losses.map(perStep),
      { name: WEIGHTS_SUM, type: "float32", shape: [] },
    ],
    values: [],
  };
}

function plainBody(step: StepGraph, flat: OnnxGraph): OnnxGraph {
  const { carried, loss, gradientNorm, scalars, batchInputs } = step;
  return {
    ...flat,
    nodes: [
      node("Identity", ["step/go"], { outputs: ["step/on"] }),
      ...gathers([...batchInputs, ...Object.values(scalars)], "step/index"),
      ...flat.nodes,
    ],
    inputs: loopInputs(
      "step",
      carried.map(({ before }) => before),
    ),
    outputs: [
      condition("step/on"),
      ...carried.map(({ after }) => info(after)),
      info(loss),
      ...(gradientNorm ? [info(gradientNorm)] : []),
    ],
  };
}

function accumulatingBody(step: StepGraph, flat: OnnxGraph): OnnxGraph {
  const { carried, gradientNorm, scalars, gradients, sums } = step;
  const inner = nodesNeededFor([...gradients, step.loss], flat);
  const update = flat.nodes.filter((one) => !inner.includes(one));
  const zeros = gradients.map((gradient, at) => zerosLike(gradient, at));
  const shapes = zeros.map(({ shape }) => shape);
  return {
    ...flat,
    initializers: new Map([...flat.initializers, ...shapes]),
    nodes: [
      node("Identity", ["step/go"], { outputs: ["step/on"] }),
      ...gathers(Object.values(scalars), "step/index"),
      node("Mul", ["step/index", MICRO], { outputs: ["step/first"] }),
      ...zeros.map((zero) => zero.node),
      node("Loop", [MICRO, "", ...zeros.map(({ name }) => name)], {
        outputs: [...sums.map(({ name }) => name), "step/losses"],
        attributes: { body: { kind: "graph", value: microBody(step, inner) } },
      }),
      node("ReduceMean", ["step/losses"], {
        outputs: ["step/loss"],
        attributes: { keepdims: int(0) },
      }),
      ...update,
    ],
    inputs: loopInputs(
      "step",
      carried.map(({ before }) => before),
    ),
    outputs: [
      condition("step/on"),
      ...carried.map(({ after }) => info(after)),
      { name: "step/loss", type: "float32", shape: [] },
      ...(gradientNorm ? [info(gradientNorm)] : []),
    ],
  };
}

function microBody(step: StepGraph, nodes: readonly OnnxNode[]): OnnxGraph {
  const { gradients, loss, batchInputs } = step;
  const before = gradients.map((_, at) => `micro/before/${at}`);
  const after = gradients.map((_, at) => `micro/after/${at}`);
  return {
    name: "micro",
    nodes: [
      node("Identity", ["micro/go"], { outputs: ["micro/on"] }),
      node("Add", ["step/first", "micro/index"], { outputs: ["micro/batch"] }),
      ...gathers(batchInputs, "micro/batch"),
      ...nodes,
      ...gradients.map(({ name }, at) => node("Add", [before[at], name], { outputs: [after[at]] })),
    ],
    initializers: new Map(),
    inputs: loopInputs(
      "micro",
      gradients.map((gradient, at) => ({ ...gradient, name: before[at] })),
    ),
    outputs: [
      condition("micro/on"),
      ...gradients.map((gradient, at) => ({ ...info(gradient), name: after[at] })),
      info(loss),
    ],
    values: [],
  };
}

function nodesNeededFor(values: readonly Value[], flat: OnnxGraph): readonly OnnxNode[] {
  const needed = new Set(values.map(({ name }) => name));
  const nodes = flat.nodes.toReversed().filter((one) => {
    if (!one.outputs.some((name) => needed.has(name))) return false;
    for (const name of outerNames(one)) needed.add(name);
    return true;
  });
  return nodes.toReversed();
}

/** Everything a node reads, its bodies included. */
function outerNames(one: OnnxNode): readonly string[] {
  const inBodies = Object.values(one.attributes).flatMap((attribute) =>
    attribute.kind === "graph"
      ? [
          ...attribute.value.nodes.flatMap(outerNames),
          ...attribute.value.outputs.map(({ name }) => name),
        ]
      : [],
  );
  return [...one.inputs, ...inBodies];
}

function zerosLike(
  { shape }: Value,
  at: number,
): {
  name: string;
  node: OnnxNode;
  shape: readonly [string, Tensor];
} {
  const zero = `step/zero/${at}`;
  const shapeName = `step/shape/${at}`;
  return {
    name: zero,
    node: node("ConstantOfShape", [shapeName], { outputs: [zero] }),
    shape: [shapeName, int64(shape.map(Number))],
  };
}

function gathers(values: readonly Value[], index: string): readonly OnnxNode[] {
  return values.map(({ name }) =>
    node("Gather", [outsideName(name), index], { outputs: [name], attributes: { axis: int(0) } }),
  );
}

function sumOfWeights(names: readonly string[]): readonly OnnxNode[] {
  const sums = names.map((name) => `${name}/sum`);
  return [
    ...names.map((name, at) =>
      node("ReduceSum", [name], { outputs: [sums[at]], attributes: { keepdims: int(0) } }),
    ),
    node("Sum", sums, { outputs: [WEIGHTS_SUM] }),
  ];
}

function loopInputs(prefix: string, values: readonly Value[]): readonly ValueInfo[] {
  return [
    { name: `${prefix}/index`, type: "int64", shape: [] },
    condition(`${prefix}/go`),
    ...values.map(info),
  ];
}

function condition(name: string): ValueInfo {
  return { name, type: "bool", shape: [] };
}

function info({ name, type, shape }: Value): ValueInfo {
  return { name, type, shape };
}

function outside({ name, type, shape }: Value, stacked: readonly string[]): ValueInfo {
  return { name: outsideName(name), type, shape: [...stacked, ...shape] };
}

function node(
  operator: string,
  inputs: readonly string[],
  { outputs, attributes = {} }: Pick<OnnxNode, "outputs"> & Partial<Pick<OnnxNode, "attributes">>,
): OnnxNode {
  return { operator, domain: "", name: `${outputs[0]}/node`, inputs, outputs, attributes };
}
