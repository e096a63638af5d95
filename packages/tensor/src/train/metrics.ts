/** Figures of a network's quality over many batches. */
import { SoukError } from "@souk/core";
import type { Tensors } from "../run/signature.ts";
import { formatShape } from "../onnx/tensor.ts";
import type { ColumnBatch } from "./dataset.ts";

/** Adds up one figure over the batches of a dataset. */
export interface Metric {
  /** Takes in what the network said of a batch. */
  add(outputs: Tensors, batch: ColumnBatch): void;
  value(): number;
}

/** Share of rows whose largest score is that of their label: scores [rows, classes], labels integers [rows]. */
export function accuracy(scores: string, labels: string): () => Metric {
  return () => {
    let right = 0;
    let rows = 0;
    return {
      add(outputs, batch) {
        const { data, shape } = outputs[scores];
        const classes = shape[shape.length - 1];
        const truth = batch[labels].data;
        checkRows(data.length, { rows: truth.length, width: classes, name: scores });
        for (let row = 0; row < truth.length; row++) {
          right += Number(
            largest(data, { from: row * classes, count: classes }) === Number(truth[row]),
          );
        }
        rows += truth.length;
      },
      value: () => right / rows,
    };
  };
}

/** Mean distance between an output and a column of the same size. */
export function meanDistance(output: string, target: string): () => Metric {
  return () => {
    let sum = 0;
    let count = 0;
    return {
      add(outputs, batch) {
        const said = outputs[output].data;
        const truth = batch[target].data;
        checkRows(said.length, { rows: truth.length, width: 1, name: output });
        for (let at = 0; at < truth.length; at++)
          sum += Math.abs(Number(said[at]) - Number(truth[at]));
        count += truth.length;
      },
      value: () => sum / count,
    };
  };
}

/** Index within the slice of its largest element, the first of equals. */
function largest(
  data: ArrayLike<number | bigint>,
  { from, count }: { from: number; count: number },
): number {
  let best = 0;
  for (let at = 1; at < count; at++) if (data[from + at] > data[from + best]) best = at;
  return best;
}

function checkRows(
  length: number,
  { rows, width, name }: { rows: number; width: number; name: string },
): void {
  if (length === rows * width) return;
  throw new SoukError(
    "TRAIN_METRIC",
    `output ${name} must hold ${formatShape([rows, width])} for ${rows} rows, got ${length} elements`,
  );
}
