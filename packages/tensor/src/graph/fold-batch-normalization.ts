/** Merges BatchNormalization into the convolution before it, for inference. */
import type { OnnxGraph, OnnxModel, OnnxNode } from "../onnx/model.ts";
import { float32, numbersOf, sizeOf, type Tensor } from "../onnx/tensor.ts";

/**
 * The model with every BatchNormalization that reads only a Conv, which nobody else reads, merged into that Conv.
 * With the factor f = scale / sqrt(variance + epsilon) per output channel:
 *
 *   f (W x + b - mean) + bias = (f W) x + (f (b - mean) + bias)
 *
 * Weights and statistics must be float32 initializers; other nodes stay as they are. The model itself is not changed.
 * Outputs differ by rounding, about 1e-6 of their size.
 */
export function foldBatchNormalization(model: OnnxModel): OnnxModel {
  const { graph } = model;
  const readers = countReaders(graph);
  const producers = new Map(
    graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node])),
  );
  const initializers = new Map(graph.initializers);
  const replaced = new Map<OnnxNode, readonly OnnxNode[]>();
  for (const node of graph.nodes) {
    const conv = producers.get(node.inputs[0]);
    if (!conv || !isPair(conv, node) || readers.get(node.inputs[0]) !== 1) continue;
    const known = knownParts(conv, node, initializers);
    if (!known) continue;
    const isTaken = (name: string) => initializers.has(name) || producers.has(name);
    const [weight, bias] = ["weight", "bias"].map((part) =>
      freeName(`${node.outputs[0]}.${part}`, isTaken),
    );
    const merged = merge(known);
    initializers.set(weight, merged.weight).set(bias, merged.bias);
    replaced.set(conv, []);
    replaced.set(node, [
      { ...conv, inputs: [conv.inputs[0], weight, bias], outputs: [node.outputs[0]] },
    ]);
  }
  const nodes = graph.nodes.flatMap((node) => replaced.get(node) ?? [node]);
  return { ...model, graph: withoutUnread({ ...graph, nodes, initializers }) };
}

/** Whether this is a Conv and a BatchNormalization at inference, of which only the first output is used. */
function isPair(conv: OnnxNode, { operator, domain, outputs, attributes }: OnnxNode): boolean {
  const { training_mode: training } = attributes;
  if (conv.operator !== "Conv" || operator !== "BatchNormalization") return false;
  if (conv.domain !== "" || domain !== "" || outputs.slice(1).some((name) => name !== ""))
    return false;
  return training?.kind !== "int" || training.value === 0;
}

/** How many nodes and outputs read each name, bodies included. */
function countReaders(graph: OnnxGraph, readers = new Map<string, number>()): Map<string, number> {
  const add = (name: string) => readers.set(name, (readers.get(name) ?? 0) + 1);
  for (const { name } of graph.outputs) add(name);
  for (const node of graph.nodes) {
    for (const name of node.inputs) add(name);
    for (const attribute of Object.values(node.attributes))
      if (attribute.kind === "graph") countReaders(attribute.value, readers);
  }
  return readers;
}

interface Parts {
  /** [out, in / group, ...kernel]; the others [out]. */
  readonly weight: Tensor;
  readonly bias: Tensor;
  readonly scale: Tensor;
  readonly shift: Tensor;
  readonly mean: Tensor;
  readonly variance: Tensor;
  readonly epsilon: number;
}

/** What is needed to merge the two; undefined when one of it is not a float32 initializer. */
function knownParts(
  conv: OnnxNode,
  { inputs, attributes }: OnnxNode,
  initializers: ReadonlyMap<string, Tensor>,
): Parts | undefined {
  const channels = initializers.get(conv.inputs[1])?.shape[0] ?? 0;
  const bias = conv.inputs[2]
    ? initializers.get(conv.inputs[2])
    : float32(new Float32Array(channels));
  const [weight, scale, shift, mean, variance] = [conv.inputs[1], ...inputs.slice(1, 5)].map(
    (name) => initializers.get(name),
  );
  if (!weight || !bias || !scale || !shift || !mean || !variance) return undefined;
  const perChannel = [bias, scale, shift, mean, variance];
  if ([weight, ...perChannel].some(({ type }) => type !== "float32")) return undefined;
  if (perChannel.some(({ shape }) => sizeOf(shape) !== channels)) return undefined;
  const { epsilon } = attributes;
  const offset = epsilon?.kind === "float" ? epsilon.value : 1e-5;
  return { weight, bias, scale, shift, mean, variance, epsilon: offset };
}

function merge(parts: Parts): { weight: Tensor; bias: Tensor } {
  const perOutput = [parts.bias, parts.scale, parts.shift, parts.mean, parts.variance];
  const [bias, scale, shift, mean, variance] = perOutput.map(numbersOf);
  const weight = numbersOf(parts.weight);
  const factor = scale.map((one, at) => one / Math.sqrt(variance[at] + parts.epsilon));
  const perChannel = weight.length / factor.length;
  return {
    weight: float32(
      weight.map((one, at) => one * factor[Math.floor(at / perChannel)]),
      parts.weight.shape,
    ),
    bias: float32(factor.map((one, at) => one * (bias[at] - mean[at]) + shift[at])),
  };
}

function freeName(wanted: string, isTaken: (name: string) => boolean): string {
  return isTaken(wanted) ? freeName(`${wanted}_`, isTaken) : wanted;
}

function withoutUnread(graph: OnnxGraph): OnnxGraph {
  const readers = countReaders(graph);
  const kept = [...graph.initializers].filter(([name]) => readers.has(name));
  return { ...graph, initializers: new Map(kept) };
}
