/** What both sides read: weights and stacked batches as safetensors files. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Weights } from "../../src/graph/to-onnx.ts";
import { bytesOf, type Tensor, tensorFromBytes } from "../../src/onnx/tensor.ts";
import { writeSafetensors } from "../../src/safetensors/write.ts";
import type { Batch } from "./contest.ts";

/** Writes both files into a folder and gives their paths. */
export async function writeStart(
  folder: string,
  { weights, batches }: { weights: Weights; batches: readonly Batch[] },
): Promise<{ weights: string; batches: string }> {
  const paths = {
    weights: join(folder, "weights.safetensors"),
    batches: join(folder, "batches.safetensors"),
  };
  await writeFile(paths.weights, writeSafetensors(weights));
  await writeFile(paths.batches, writeSafetensors(stack(batches)));
  return paths;
}

/** Each column along a new first axis: [batches, ...]. */
function stack(batches: readonly Batch[]): Map<string, Tensor> {
  return new Map(
    Object.entries(batches[0]).map(([name, { type, shape }]) => {
      const bytes = Buffer.concat(batches.map((batch) => bytesOf(batch[name])));
      return [name, tensorFromBytes(type, bytes, [batches.length, ...shape])];
    }),
  );
}
