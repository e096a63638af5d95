import { type ColumnBatch, collectRows, selectRows } from "../rows/batch.ts";
import { splitRows } from "../rows/split.ts";
import { type Task, taskColumns } from "../task/task.ts";

/** All that a trial may see: the training and the validation part of a split, never the test part. */
export interface TrialRows {
  readonly train: ColumnBatch;
  readonly validation: ColumnBatch;
}

/**
 * The rows of a study's trials, drawn as a training of `task` draws them. Test rows are left out here, so that no trial
 * can look at them: what their targets are changes nothing. (Where the target itself decides the side, as in a
 * stratified split or one of rows without key and group, other targets are other sides.)
 * @throws SoukError `TRAIN_SPLIT_EMPTY`, and those of reading.
 */
export async function trialRows(
  task: Task,
  rows: AsyncIterable<ColumnBatch>,
  { signal }: { signal?: AbortSignal } = {},
): Promise<TrialRows> {
  const table = await collectRows(rows, { columns: taskColumns(task), signal });
  const { train, validation } = splitRows(task, table);
  return { train: selectRows(table, train), validation: selectRows(table, validation) };
}
