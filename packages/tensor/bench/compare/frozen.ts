/** Contests of a frozen ImageNet network with a head that learns. */
import type { Rng } from "@souk/core";
import type { Network } from "../../src/layers/scope.ts";
import type { Tensor } from "../../src/onnx/tensor.ts";
import { type Contest, drawBatches, drawLabels, drawPixels } from "./contest.ts";

const [rows, size, classes] = [8, 224, 13];

/** What differs between the networks; `head` begins the names of the weights that learn. */
export interface FrozenNetwork {
  readonly model: string;
  readonly network: (classes: number) => Network;
  readonly head: string;
}

/** A contest over 224 x 224 images. */
export function frozenContest({ model, network, head }: FrozenNetwork): Contest {
  return {
    model,
    goal: 2,
    network: network(classes),
    freeze: (name) => !name.startsWith(head),
    vary: drawStatistics,
    batches: drawBatches(10, (rng) => ({
      image: drawPixels(rng, [rows, 3, size, size]),
      labels: drawLabels(rng, classes, rows),
    })),
    variants: ["eager", "fused channels-last", "fused channels-last compiled"],
    steps: 4,
  };
}

/** Norms as after a training: fresh ones (0, 1, 1, 0) would leave out half of what they compute. */
function drawStatistics(name: string, { shape, data }: Tensor, rng: Rng): void {
  if (shape.length > 1) return;
  const scale = name.endsWith(".weight");
  const variance = name.endsWith(".running_var");
  for (let at = 0; at < data.length; at++) {
    data[at] = scale || variance ? 0.5 + rng.next() / (scale ? 2 : 1) : rng.normal(0, 0.1);
  }
}
