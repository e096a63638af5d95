import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRng } from "@souk/core";
import {
  conv2d,
  createGraph,
  createScope,
  dense,
  globalMeanPool,
  type Network,
  op,
  type OnnxModel,
  type Tensor,
  toOnnx,
  writeOnnx,
} from "@souk/tensor";

/** Height and width of its photos. */
const TINY_SIZE = 16;
/** Numbers of its features. */
export const TINY_WIDTH = 12;

/** Convolutions with a sum between them, as a residual network has, and a last layer of five classes. */
const network: Network = {
  inputs: { input: { type: "float32", shape: ["batch", 3, TINY_SIZE, TINY_SIZE] } },
  build(scope, { input }) {
    const conv = (name: string, x: typeof input, features: number): typeof input =>
      conv2d(scope.within(name), x, { features, kernel: 3, activation: "relu" });
    const first = op.MaxPool(conv("a", input, 6), [2, 2]);
    const sum = op.Add(first, conv("b", first, 6));
    const embedding = globalMeanPool(conv("d", conv("c", sum, 8), TINY_WIDTH));
    return { logits: dense(scope.within("last"), embedding, { features: 5 }) };
  },
};

/** A network with weights drawn from a seed, as a file would hold it. */
export function tinyBackbone(): OnnxModel {
  const graph = createGraph("tiny");
  const weights = new Map<string, Tensor>();
  const scope = createScope(graph, { weights, rng: createRng("tiny backbone") });
  const [name] = Object.keys(network.inputs);
  const { shape } = network.inputs[name];
  const outputs = network.build(scope, { [name]: graph.input(name, shape) });
  graph.output(outputs["logits"], "logits");
  return toOnnx(graph, { weights });
}

/** A folder with that network's file. */
export async function tinyBackboneFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "souk-backbone-"));
  await writeFile(join(folder, "tiny.onnx"), writeOnnx(tinyBackbone()));
  return folder;
}
