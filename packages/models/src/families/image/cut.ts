/** Where an image network can be cut in two, so that its first part runs once a photo and its end is trained. */
import type { OnnxModel, OnnxNode } from "@souk/tensor";

/** A network whose end is trained. */
export interface CutNetwork {
  /** The value between the two. */
  readonly cut: string;
  /** Nodes after the cut, and those that need no photo. */
  readonly upper: readonly OnnxNode[];
}

/** More than this is not trained: a step would take seconds. */
const MAX_TRAINED = 20_000_000;
const WEIGHTED = new Set(["Conv", "Gemm", "MatMul"]);
const JOINING = new Set(["Add", "Sum", "Concat", "MaxPool"]);

/**
 * Cuts before the last `blocks` blocks that compute `featureOutput`: at a value that everything after it needs and nothing
 * else, where a block ends (a sum, a pooling, or a convolution that another one follows). `undefined` when there is none
 * with at most 20 million weights behind it.
 */
export function cutNetwork(
  { graph }: OnnxModel,
  { input, featureOutput, blocks }: { input: string; featureOutput: string; blocks: number },
): CutNetwork | undefined {
  const nodes = nodesFor(graph.nodes, featureOutput);
  const fromPhoto = dependentOn(nodes, input);
  const chain = nodes.filter((node) => fromPhoto.has(node.outputs[0] ?? ""));
  let found: CutNetwork | undefined;
  let left = blocks;
  let weighted = 0;
  let trained = 0;
  const needed = new Set([featureOutput]);
  for (let at = chain.length - 1; at > 0 && left > 0; at--) {
    const node = chain[at];
    for (const output of node.outputs) needed.delete(output);
    for (const name of node.inputs) if (fromPhoto.has(name)) needed.add(name);
    weighted += Number(WEIGHTED.has(node.operator));
    trained += weightsOf(node, graph.initializers);
    if (trained > MAX_TRAINED) break;
    const [cut] = needed;
    if (needed.size !== 1 || cut === undefined || cut === input) continue;
    if (weighted < 2 || !endsBlock(cut, chain)) continue;
    const lower = new Set(chain.slice(0, at));
    found = { cut, upper: nodes.filter((one) => !lower.has(one)) };
    weighted = 0;
    left--;
  }
  return found;
}

/** The nodes that compute a value, in order. */
export function nodesFor(nodes: readonly OnnxNode[], wanted: string): readonly OnnxNode[] {
  const needed = new Set([wanted]);
  const kept: OnnxNode[] = [];
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((name) => needed.has(name))) continue;
    for (const name of node.inputs) needed.add(name);
    kept.unshift(node);
  }
  return kept;
}

function dependentOn(nodes: readonly OnnxNode[], input: string): ReadonlySet<string> {
  const found = new Set([input]);
  for (const node of nodes)
    if (node.inputs.some((name) => found.has(name)))
      for (const name of node.outputs) found.add(name);
  return found;
}

function endsBlock(value: string, chain: readonly OnnxNode[]): boolean {
  const maker = chain.find((node) => node.outputs.includes(value));
  if (maker === undefined) return false;
  if (JOINING.has(maker.operator)) return true;
  const users = chain.filter((node) => node.inputs.includes(value));
  if (maker.operator === "Conv") return users.every(({ operator }) => !isActivation(operator));
  const before = chain.find((node) => node.outputs.includes(maker.inputs[0] ?? ""));
  return isActivation(maker.operator) && before?.operator === "Add";
}

function isActivation(operator: string): boolean {
  return operator === "Relu" || operator === "Clip" || operator === "BatchNormalization";
}

function weightsOf({ inputs }: OnnxNode, initializers: OnnxModel["graph"]["initializers"]): number {
  return inputs.reduce((sum, name) => sum + (initializers.get(name)?.data.length ?? 0), 0);
}
