/** Image CNN: 32, 64 and 128 filters of 3 x 3 with max pooling, global mean, 128 hidden; 32 images of 64 x 64. */
import { imageCnn } from "../../src/nn/image-cnn.ts";
import { type Contest, drawBatches, drawLabels, drawPixels } from "../compare/contest.ts";

const [rows, size, classes] = [32, 64, 13];

/** The contest. */
export const imageCnnContest = (): Contest => ({
  model: "image-cnn",
  goal: 1,
  network: imageCnn({ classes, size }),
  batches: drawBatches(30, (rng) => ({
    image: drawPixels(rng, [rows, 3, size, size]),
    labels: drawLabels(rng, classes, rows),
  })),
  variants: ["eager", "fused", "fused channels-last", "fused channels-last compiled"],
  steps: 20,
});
