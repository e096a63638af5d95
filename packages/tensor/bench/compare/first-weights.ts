/** Where both sides start. */
import { createRng } from "@souk/core";
import { createGraph } from "../../src/graph/create.ts";
import type { Weights } from "../../src/graph/to-onnx.ts";
import { createScope } from "../../src/layers/scope.ts";
import type { Tensor } from "../../src/onnx/tensor.ts";
import type { Contest } from "./contest.ts";

/** First weights of a contest's network, by the layers' initializers. */
export function firstWeights({ network, batches, vary }: Contest): Weights {
  const graph = createGraph();
  const rng = createRng("bench");
  const weights = new Map<string, Tensor>();
  const inputs = Object.entries(network.inputs).map(([name, { type }]) => [
    name,
    graph.input(name, batches[0][name].shape, { type }),
  ]);
  network.build(createScope(graph, { weights, rng }), Object.fromEntries(inputs));
  for (const [name, weight] of weights) vary?.(name, weight, rng.fork(`vary ${name}`));
  return weights;
}
