/** How far the outputs of a changed model are from those of the original. */
import { SoukError } from "@souk/core";
import type { OnnxModel } from "../onnx/model.ts";
import { formatShape, type Tensor } from "../onnx/tensor.ts";
import { writeOnnx } from "../onnx/write.ts";
import { openPool, type Pool } from "./pool.ts";
import type { Tensors } from "./signature.ts";

/** The difference in one output, over all batches. */
export interface OutputDifference {
  readonly output: string;
  /** Largest and mean absolute difference of an element. */
  readonly maximum: number;
  readonly mean: number;
  /** Mean absolute element of the original, to measure the differences by. */
  readonly magnitude: number;
  /** Mean cosine between rows (along the last axis) of both. */
  readonly cosine: number;
  /** Share of rows whose largest element stands at the same place: the share of equal decisions of a classifier. */
  readonly argmaxAgreement: number;
  readonly rows: number;
}

/**
 * Runs both models on the same batches, in worker threads, and measures each output they share.
 *
 * @param batches named inputs; at least one.
 * @throws SoukError `COMPARE_MODELS` when there is no batch or no common output, or an output has another shape.
 */
export async function compareModels(
  original: OnnxModel | Uint8Array,
  changed: OnnxModel | Uint8Array,
  batches: readonly Tensors[],
): Promise<readonly OutputDifference[]> {
  const first = await openPool(bytesOf(original), { workers: 1, threads: 0 });
  try {
    const second = await openPool(bytesOf(changed), { workers: 1, threads: 0 });
    try {
      return await compare(first, second, batches);
    } finally {
      await second.close();
    }
  } finally {
    await first.close();
  }
}

async function compare(
  first: Pool,
  second: Pool,
  batches: readonly Tensors[],
): Promise<readonly OutputDifference[]> {
  const shared = first.outputs.filter(({ name }) =>
    second.outputs.some((one) => one.name === name),
  );
  const wanted = shared.map(({ name }) => name);
  if (batches.length === 0 || wanted.length === 0) {
    throw new SoukError(
      "COMPARE_MODELS",
      `expected batches and common outputs, got ${batches.length} and ${wanted.length}`,
    );
  }
  const sums = new Map(wanted.map((name) => [name, new Sums(name)]));
  for (const batch of batches) {
    const before = await first.run(batch, { wanted });
    const after = await second.run(batch, { wanted });
    for (const [name, sum] of sums) sum.add(before[name], after[name]);
  }
  return [...sums.values()].map((sum) => sum.result());
}

class Sums {
  readonly #output: string;
  #maximum = 0;
  #difference = 0;
  #magnitude = 0;
  #elements = 0;
  #cosine = 0;
  #agreeing = 0;
  #rows = 0;

  constructor(output: string) {
    this.#output = output;
  }

  add(before: Tensor, after: Tensor): void {
    if (before.shape.join() !== after.shape.join()) {
      throw new SoukError(
        "COMPARE_MODELS",
        `output ${this.#output}: expected ${formatShape(before.shape)} from both, got ${formatShape(after.shape)}`,
      );
    }
    const width = before.shape.at(-1) ?? 1;
    const [a, b] = [before, after].map(({ data }) => Float64Array.from(data, Number));
    for (let at = 0; at < a.length; at += width) {
      this.#addRow(a.subarray(at, at + width), b.subarray(at, at + width));
    }
  }

  #addRow(a: Float64Array, b: Float64Array): void {
    let [dot, aa, bb] = [0, 0, 0];
    for (let at = 0; at < a.length; at++) {
      const difference = Math.abs(a[at] - b[at]);
      this.#maximum = Math.max(this.#maximum, difference);
      this.#difference += difference;
      this.#magnitude += Math.abs(a[at]);
      dot += a[at] * b[at];
      aa += a[at] ** 2;
      bb += b[at] ** 2;
    }
    this.#elements += a.length;
    this.#cosine += aa === 0 && bb === 0 ? 1 : dot / Math.sqrt(aa * bb || 1);
    this.#agreeing += argmax(a) === argmax(b) ? 1 : 0;
    this.#rows++;
  }

  result(): OutputDifference {
    const elements = Math.max(this.#elements, 1);
    const rows = Math.max(this.#rows, 1);
    return {
      output: this.#output,
      maximum: this.#maximum,
      mean: this.#difference / elements,
      magnitude: this.#magnitude / elements,
      cosine: this.#cosine / rows,
      argmaxAgreement: this.#agreeing / rows,
      rows: this.#rows,
    };
  }
}

function argmax(row: Float64Array): number {
  let best = 0;
  for (let at = 1; at < row.length; at++) if (row[at] > row[best]) best = at;
  return best;
}

function bytesOf(model: OnnxModel | Uint8Array): Uint8Array {
  return model instanceof Uint8Array ? model : writeOnnx(model);
}
