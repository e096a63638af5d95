/** The graph of one training step: forward pass, loss, gradients, clipping, new weights. */
import { createRng } from "@souk/core";
import { createGraph } from "../graph/create.ts";
import { type Graph, staticShape, type Value } from "../graph/graph.ts";
import { differentiate } from "../gradients/differentiate.ts";
import { createScope, type Network, type Scope } from "../layers/scope.ts";
import type { Tensor } from "../onnx/tensor.ts";
import { Mul } from "../operators/arithmetic.ts";
import { clipByNorm, clipByValue } from "../optimizers/clipping.ts";
import { decayOf } from "../optimizers/weight-decay.ts";
import type { Bucket } from "./bucket.ts";
import type { Learning, TrainingJob, Values } from "./job.ts";

/** A value that a step reads and leaves changed: a weight, or what the optimizer remembers of one. */
interface Carried {
  readonly before: Value;
  readonly after: Value;
}

/** One step as a flat graph. */
export interface StepGraph {
  readonly graph: Graph;
  readonly loss: Value;
  readonly carried: readonly Carried[];
  /** Weights in the order of `gradients`. */
  readonly trained: readonly Value[];
  readonly gradients: readonly Value[];
  /** With accumulation: where the update reads the gradients' sums, in the order of `gradients`. */
  readonly sums: readonly Value[];
  readonly gradientNorm: Value | undefined;
  /** Inputs that change with every batch: columns, then random numbers. */
  readonly batchInputs: readonly Value[];
  readonly randomInputs: readonly Value[];
  /** Inputs that change with every step, by the optimizer's names. */
  readonly scalars: Values;
}

/** Factor of a batch's loss when several make one step: one divided by their number. */
export const SHARE = "share";

/** What makes a step graph beside the bucket. */
export interface StepOptions {
  readonly job: TrainingJob;
  /** Weights by name; the network adds those that are missing. */
  readonly weights: Map<string, Tensor>;
}

/** Builds the step of a bucket. */
export function buildStep(bucket: Bucket, { job, weights }: StepOptions): StepGraph {
  const graph = createGraph("step");
  const { loss, columns } = buildLoss(graph, {
    learning: job,
    bucket,
    weights,
    freeze: job.freeze,
    seed: job.seed,
  });
  const randomInputs = inputsOf(graph, "random");
  const trained = reachedParameters(graph, loss);
  const accumulates = (job.accumulate ?? 1) > 1;
  const scalars: Record<string, Value> = {};
  const scalar = (name: string) =>
    (scalars[name] ??= graph.input(`step:${name}`, [], { role: "step" }));
  const objective = accumulates ? Mul(loss, scalar(SHARE)) : loss;
  const gradients = differentiate(objective, trained, { rules: job.rules });
  const sums = accumulates
    ? trained.map(({ name, shape }) => graph.input(`gradient:${name}`, shape))
    : [];
  const clipped = clip(accumulates ? sums : gradients, job);
  for (const name of Object.keys(job.optimizer.scalars(1, 1))) scalar(name);
  const carried = trained.flatMap((parameter, index) =>
    update(job, { parameter, gradient: clipped.gradients[index], scalars }),
  );
  return {
    graph,
    loss,
    carried,
    trained,
    gradients,
    sums,
    gradientNorm: clipped.norm,
    batchInputs: [...Object.values(columns), ...randomInputs],
    randomInputs,
    scalars,
  };
}

/** Where a forward pass is built. */
export interface ForwardPlace {
  readonly bucket: Bucket;
  /** Weights by name; the network adds those that are missing. */
  readonly weights: Map<string, Tensor>;
  readonly freeze?: (name: string) => boolean;
  /** The seed of new weights; given in training, when dropout works. */
  readonly seed?: number;
}

/** The forward pass over inputs of a bucket's shapes. */
export function buildForward(
  graph: Graph,
  { network, bucket, weights, freeze, seed }: ForwardPlace & { network: Network },
): { scope: Scope; outputs: Values; columns: Values } {
  const columns = Object.fromEntries(
    Object.entries(bucket.columns).map(([name, { type, shape }]) => [
      name,
      graph.input(name, shape, { type }),
    ]),
  );
  const rng = createRng(seed ?? 0);
  const scope = createScope(graph, { weights, rng, freeze, training: seed !== undefined });
  return { scope, columns, outputs: network.build(scope, pick(columns, network.inputs)) };
}

/** The forward pass and the loss. */
export function buildLoss(
  graph: Graph,
  { learning, ...place }: ForwardPlace & { learning: Learning },
): { loss: Value; outputs: Values; columns: Values } {
  const { network, targets } = learning;
  const { scope, outputs, columns } = buildForward(graph, { ...place, network });
  return { outputs, columns, loss: learning.loss(outputs, pick(columns, targets), scope) };
}

function pick(values: Values, names: object): Values {
  return Object.fromEntries(Object.keys(names).map((name) => [name, values[name]]));
}

/** Inputs of a role, in the order they were declared. */
export function inputsOf(graph: Graph, role: "parameter" | "random"): readonly Value[] {
  return graph.inputs.filter((input) => input.role === role).map(({ value }) => value);
}

/** Parameters on which the loss depends. A weight that no loss reaches cannot be trained and stays as it is. */
function reachedParameters(graph: Graph, loss: Value): readonly Value[] {
  const reached = new Set([loss.name]);
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some(({ name }) => reached.has(name))) continue;
    for (const input of node.inputs) if (input) reached.add(input.name);
    for (const name of namesInBodies(node)) reached.add(name);
  }
  return inputsOf(graph, "parameter").filter(({ name }) => reached.has(name));
}

function namesInBodies(node: Graph["nodes"][number]): readonly string[] {
  return Object.values(node.attributes).flatMap((attribute) =>
    attribute.kind !== "graph"
      ? []
      : [
          ...attribute.value.outputs.map(({ value }) => value.name),
          ...attribute.value.nodes.flatMap((inner) => [
            ...inner.inputs.flatMap((input) => input?.name ?? []),
            ...namesInBodies(inner),
          ]),
        ],
  );
}

function clip(
  gradients: readonly Value[],
  { clipValue, clipNorm }: TrainingJob,
): { gradients: readonly Value[]; norm?: Value } {
  const limited = clipValue === undefined ? gradients : clipByValue(gradients, clipValue);
  return clipNorm === undefined ? { gradients: limited } : clipByNorm(limited, clipNorm);
}

function update(
  { optimizer, weightDecay = 0 }: TrainingJob,
  { parameter, gradient, scalars }: { parameter: Value; gradient: Value; scalars: Values },
): readonly Carried[] {
  const { graph, name } = parameter;
  const shape = staticShape(parameter);
  const state = Object.fromEntries(
    optimizer.state.map((slot) => [slot, graph.input(stateName(name, slot), shape)]),
  );
  const after = optimizer.update({
    parameter,
    gradient,
    state,
    scalars,
    weightDecay: decayOf(weightDecay, { name, shape }),
  });
  return [
    { before: parameter, after: after.parameter },
    ...optimizer.state.map((slot) => ({ before: state[slot], after: after.state[slot] })),
  ];
}

/** The name of what an optimizer remembers of a weight. */
export function stateName(parameter: string, slot: string): string {
  return `${STATE}${slot}:${parameter}`;
}

/** Whether a name is one that `stateName` gives. */
export function isState(name: string): boolean {
  return name.startsWith(STATE);
}

const STATE = "state:";
