/** What a column may be to a model. An image cell is the SHA-256 of a stored photo, or the photo's file itself. */
export const inputKinds = ["text", "number", "category", "date", "image"] as const;

/** One of `inputKinds`. */
export type InputKind = (typeof inputKinds)[number];

/** One column a model reads. */
export interface TaskInput {
  readonly column: string;
  readonly kind: InputKind;
}

/** What is learnt from a dataset, as data: a shop declares another task by writing another of these. */
export interface Task {
  readonly name: string;
  readonly title?: string;
  readonly dataset: string;
  readonly inputs: readonly TaskInput[];
  /** `ordinal`: ordered numeric classes (stars); `class`: unordered names; `number`: regression. */
  readonly target: { readonly column: string; readonly kind: "ordinal" | "class" | "number" };
  /**
   * How rows become train, validation and test. `grouped`: by the hash of column `by`, so that one group is never on
   * two sides; `random`: by the hash of the row; `time`: the latest rows by column `by` are the test part.
   * `validation` and `test` are shares of all rows; `salt` (default: the task's name) draws another split.
   */
  readonly split: {
    readonly kind: "grouped" | "random" | "time";
    readonly by?: string;
    readonly validation: number;
    readonly test: number;
    readonly salt?: string;
  };
  readonly metric: "accuracy" | "macroF1" | "mae" | "rmse";
  readonly baseline: "majority" | "mean";
  /** Columns by whose values the report is repeated. */
  readonly slices?: readonly string[];
  /** Column that names a row, for the list of worst errors. */
  readonly key?: string;
}

/** Every column a training of `task` reads, each once: inputs, target, split, slices, key. */
export function taskColumns(task: Task): string[] {
  const columns = new Set(task.inputs.map((input) => input.column));
  columns.add(task.target.column);
  if (task.split.by !== undefined) columns.add(task.split.by);
  for (const slice of task.slices ?? []) columns.add(slice);
  if (task.key !== undefined) columns.add(task.key);
  return [...columns];
}
