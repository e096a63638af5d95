/** An image network from an ONNX file as the body of a new one: frozen, or trainable from some node on. */
import { SoukError } from "@souk/core";
import { fromOnnx } from "../graph/from-onnx.ts";
import type { Value } from "../graph/graph.ts";
import type { Weights } from "../graph/to-onnx.ts";
import { globalMeanPool } from "../layers/pooling.ts";
import type { Network, Scope } from "../layers/scope.ts";
import { classifyImage } from "../nn/image-net.ts";
import type { Dim, OnnxModel, OnnxNode } from "../onnx/model.ts";
import { formatShape, type Tensor } from "../onnx/tensor.ts";

/** What to take from the file, and what to add. */
export interface ImageBackboneOptions {
  /** The value that describes an image: [batch, width], or [batch, width, height, width] whose mean is taken. */
  readonly featureOutput: string;
  /**
   * A node, or the value it computes: its weights and those of all nodes that follow from it are trained. The name of
   * the file's input trains everything; left out, nothing of the file is.
   */
  readonly trainableFrom?: string;
  /** Classes of a new dense layer `classifier`; 0 leaves it out. */
  readonly classes?: number;
  /** Before that layer, in training. */
  readonly dropout?: number;
  readonly batch?: Dim;
}

/** A network over the weights of a file. */
export interface ImageBackbone {
  /** `image` float32 [batch, channels, height, width] to `features` [batch, width] and, with classes, `logits`. */
  readonly network: Network;
  /** The file's weights that are trainable; the others are constants of the network. */
  readonly weights: Weights;
}

/**
 * The part of an ONNX model with one image input that computes `featureOutput`. The image must be prepared as the file
 * wants it (for example red, green, blue by 127.5 minus 1).
 *
 * @throws SoukError `NETWORK_BACKBONE` when the model has several inputs, or no value or node of a name that was given;
 * what `fromOnnx` throws.
 */
export function imageBackbone(model: OnnxModel, options: ImageBackboneOptions): ImageBackbone {
  const { featureOutput, trainableFrom, batch = "batch" } = options;
  const part = partThatComputes(model, featureOutput);
  const trained =
    trainableFrom === undefined
      ? new Set<string>()
      : namesUsedFrom(part.graph.nodes, trainableFrom);
  const weights = new Map(
    [...part.graph.initializers].filter(
      ([name, { type, shape }]) => trained.has(name) && type === "float32" && shape.length > 0,
    ),
  );
  const { name: input, shape } = imageInputOf(part);
  const network: Network = {
    inputs: { image: { type: "float32", shape: [batch, ...shape.slice(1)] } },
    build(scope, { image }) {
      const features = importPart(scope, part, { image, input, weights, featureOutput });
      return classifyImage(scope.within("classifier"), features, { classes: 0, ...options });
    },
  };
  return { network, weights };
}

interface Importing {
  readonly image: Value;
  readonly input: string;
  readonly weights: Weights;
  readonly featureOutput: string;
}

function importPart(
  scope: Scope,
  part: OnnxModel,
  { image, input, weights, featureOutput }: Importing,
): Value {
  const { outputs } = fromOnnx(part, {
    graph: scope.graph,
    inputs: { [input]: image },
    trainable: (name) => weights.has(name),
    declare: (name, content) => scope.parameter(name, content.shape, () => valuesOf(content)),
  });
  const features = outputs[featureOutput];
  return features.shape.length > 2 ? globalMeanPool(features) : features;
}

/** A copy, because a trained weight is written to. */
function valuesOf({ data }: Tensor): Float32Array {
  return Float32Array.from(data, Number);
}

/** The model with `wanted` as its only output, and without the nodes that it does not need. */
function partThatComputes(model: OnnxModel, wanted: string): OnnxModel {
  const { graph } = model;
  const needed = new Set([wanted]);
  const nodes: OnnxNode[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((name) => needed.has(name))) continue;
    for (const name of node.inputs) needed.add(name);
    nodes.unshift(node);
  }
  if (nodes.length === 0) {
    throw new SoukError("NETWORK_BACKBONE", `the model computes no value named "${wanted}"`);
  }
  const initializers = new Map([...graph.initializers].filter(([name]) => needed.has(name)));
  const outputs = [{ name: wanted, type: "float32" } as const];
  return { ...model, graph: { ...graph, nodes, initializers, outputs } };
}

/** Names of all values that node `from` and the nodes after it, which depend on it, use. */
function namesUsedFrom(nodes: readonly OnnxNode[], from: string): ReadonlySet<string> {
  const dependent = new Set([from]);
  const used = new Set<string>();
  for (const node of nodes) {
    const reached =
      node.name === from ||
      node.outputs.includes(from) ||
      node.inputs.some((name) => dependent.has(name));
    if (!reached) continue;
    for (const name of node.outputs) dependent.add(name);
    for (const name of node.inputs) used.add(name);
  }
  if (used.size > 0) return used;
  throw new SoukError("NETWORK_BACKBONE", `the model has no node or value named "${from}"`);
}

function imageInputOf({ graph }: OnnxModel): { name: string; shape: readonly Dim[] } {
  const inputs = graph.inputs.filter(({ name }) => !graph.initializers.has(name));
  const [input] = inputs;
  if (inputs.length === 1 && input.shape?.length === 4) {
    const [, ...sizes] = input.shape;
    if (sizes.every((size) => typeof size === "number"))
      return { name: input.name, shape: input.shape };
  }
  const got = inputs.map(({ name, shape }) => `${name} ${formatShape(shape ?? [])}`).join(", ");
  throw new SoukError(
    "NETWORK_BACKBONE",
    `expected one input [batch, channels, height, width] of known sizes, got ${got}`,
  );
}
