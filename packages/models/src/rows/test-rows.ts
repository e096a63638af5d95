import { type Task, taskColumns } from "../task/task.ts";
import { type ColumnBatch, collectRows, selectRows } from "./batch.ts";
import { splitRows } from "./split.ts";

/**
 * The test part of a dataset as a training of `task` draws it, so that another model can be measured on the same rows.
 * @throws SoukError `TRAIN_SPLIT_EMPTY`, and those of reading.
 */
export async function readTestRows(
  task: Task,
  rows: AsyncIterable<ColumnBatch>,
): Promise<ColumnBatch> {
  const table = await collectRows(rows, { columns: taskColumns(task) });
  return selectRows(table, splitRows(task, table).test);
}
