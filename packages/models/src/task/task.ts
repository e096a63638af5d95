import type { SettingValue } from "../families/settings.ts";
import type { TaskMetric } from "./metrics.ts";

/** What a column may be to a model. An image cell is the SHA-256 of a stored photo, or the photo's file itself. */
export const inputKinds = ["text", "number", "category", "date", "image"] as const;

/** One of `inputKinds`. */
export type InputKind = (typeof inputKinds)[number];

/** One column a model reads. */
export interface TaskInput {
  readonly column: string;
  readonly kind: InputKind;
}

/** How a target that is no column of the dataset comes out of its columns. */
export type DerivedTarget =
  /** The sum of number columns; missing where one of them is. */
  | { readonly kind: "sum"; readonly columns: readonly string[] }
  /** The class whose list holds the column's value, compared as text; missing where none does. */
  | {
      readonly kind: "groups";
      readonly column: string;
      readonly groups: Readonly<Record<string, readonly (string | number)[]>>;
    }
  /** The outer levels of a category path: 2 of "Home / Garden / Tools / Rake" are "Home / Garden". */
  | { readonly kind: "path"; readonly column: string; readonly levels: number };

/** What is learnt from a dataset, as data: a shop declares another task by writing another of these. */
export interface Task {
  readonly name: string;
  readonly title?: string;
  readonly dataset: string;
  readonly inputs: readonly TaskInput[];
  /**
   * `ordinal`: ordered numeric classes (stars); `class`: unordered names; `number`: regression. `column` is a column
   * of the dataset or, with `derive`, the name of what is derived from others.
   */
  readonly target: {
    readonly column: string;
    readonly kind: "ordinal" | "class" | "number";
    readonly derive?: DerivedTarget;
  };
  /**
   * How rows become train, validation and test. `grouped`: by the hash of column `by`, so that one group is never on
   * two sides; `random`: by the hash of the row; `time`: the latest rows by column `by` are the test part.
   * `validation` and `test` are shares of all rows; `salt` (default: the task's name) draws another split.
   * `given`: column `by` says `train`, `validation` (or `val`) or `test`; the shares are 0.
   * `stratify` (random splits of classes): the shares hold within each class, to the nearest row.
   */
  readonly split: {
    readonly kind: "grouped" | "random" | "time" | "given";
    readonly by?: string;
    readonly validation: number;
    readonly test: number;
    readonly salt?: string;
    readonly stratify?: true;
  };
  readonly metric: TaskMetric;
  readonly baseline: "majority" | "mean" | "median";
  /** For numbers of at least 0 with a heavy tail: ln(1 + target) is learnt; all that is given back is in the target's unit. */
  readonly transform?: "log1p";
  /** For numbers: each prediction carries bounds that hold the actual number with this probability, in [0.5, 0.99]. */
  readonly interval?: number;
  /**
   * Whose photos the rows show: a training fills the column `photo` with the hash of the first photo that dataset
   * `dataset` has of the value of the row's column `by`.
   */
  readonly photos?: { readonly dataset: string; readonly by: string };
  /** For numbers: the artefact keeps the training rows so that a prediction comes with like ones; `title` is the column shown of each. */
  readonly comparables?: { readonly title: string };
  /** The family that learns it when nobody names one. */
  readonly family?: string;
  /** Settings of that family that are not its defaults. */
  readonly settings?: Readonly<Record<string, SettingValue>>;
  /** Columns by whose values the report is repeated. */
  readonly slices?: readonly string[];
  /** Column that names a row, for the list of worst errors. */
  readonly key?: string;
}

/** The columns of the dataset the target is read from. */
export function targetColumns({ target }: Task): readonly string[] {
  if (target.derive === undefined) return [target.column];
  return target.derive.kind === "sum" ? target.derive.columns : [target.derive.column];
}

/** The column of a row's photo in a task with `photos`. */
export const PHOTO_COLUMN = "photo";

/** Every column a training of `task` reads, each once: inputs, target, split, slices, key, photo. */
export function taskColumns(task: Task): string[] {
  const columns = new Set(task.inputs.map((input) => input.column));
  if (task.photos !== undefined) columns.add(task.photos.by);
  for (const column of targetColumns(task)) columns.add(column);
  if (task.split.by !== undefined) columns.add(task.split.by);
  for (const slice of task.slices ?? []) columns.add(slice);
  if (task.key !== undefined) columns.add(task.key);
  if (task.comparables !== undefined) columns.add(task.comparables.title);
  return [...columns];
}
