/** A network and its weights as one ONNX model, ready to run. */
import { createRng, SoukError } from "@souk/core";
import { createGraph } from "../graph/create.ts";
import { toOnnx, type Weights } from "../graph/to-onnx.ts";
import { addInputs, parametersOf } from "../layers/parameters.ts";
import { createScope, type Network } from "../layers/scope.ts";
import type { OnnxModel } from "../onnx/model.ts";

/** What of a network to write. */
export interface NetworkModelOptions {
  /** Outputs to keep, with their own names; all when left out. */
  readonly outputs?: readonly string[];
  readonly name?: string;
  readonly metadata?: Record<string, string>;
}

/**
 * The forward pass of a network without dropout, its weights inside.
 *
 * @throws SoukError `NETWORK_WEIGHTS` when a weight is missing, `NETWORK_OUTPUT` when an output is wanted that the network
 * does not give.
 */
export function networkModel(
  network: Network,
  weights: Weights,
  { outputs: wanted, name = "network", metadata = {} }: NetworkModelOptions = {},
): OnnxModel {
  const missing = [...parametersOf(network).keys()].filter((one) => !weights.has(one));
  if (missing.length > 0) {
    throw new SoukError(
      "NETWORK_WEIGHTS",
      `expected every weight, missing ${missing.slice(0, 5).join(", ")} (${missing.length} in all)`,
    );
  }
  const graph = createGraph(name);
  const scope = createScope(graph, { weights: new Map(weights), rng: createRng(0) });
  const outputs = network.build(scope, addInputs(graph, network));
  for (const output of wanted ?? Object.keys(outputs)) {
    if (!Object.hasOwn(outputs, output)) {
      throw new SoukError(
        "NETWORK_OUTPUT",
        `expected one of ${Object.keys(outputs).join(", ")}, got "${output}"`,
      );
    }
    graph.output(outputs[output], output);
  }
  return toOnnx(graph, { weights, metadata });
}
