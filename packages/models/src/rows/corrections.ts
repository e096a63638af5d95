import { SoukError } from "@souk/core";
import type { Examples, FamilyData } from "../families/family.ts";
import type { Task, TaskInput } from "../task/task.ts";
import { type Cell, type ColumnBatch, selectRows } from "./batch.ts";
import { numberOf, textOf, timeOf } from "./cells.ts";
import type { Split } from "./split.ts";
import { transformTargets } from "./transform.ts";

/** What people said the right answer is for rows a model was wrong about. */
export interface CorrectedRows {
  readonly rows: readonly {
    /** Cells by input; other members are left out. */
    readonly input: Readonly<Record<string, unknown>>;
    readonly label: string | number;
  }[];
  /** How often each stands among the training rows, 0 (not at all) to 100. Default 1. */
  readonly weight?: number;
}

/** What became of the corrections of one training. */
export interface CorrectionsReport {
  readonly given: number;
  /** Corrections that were learnt from. */
  readonly entered: number;
  /** Training rows they make: entered times weight. */
  readonly rows: number;
  /** Left out: the row is one of the validation or test part, which no training may see. */
  readonly heldOut: number;
  /** Left out: no training row has such a label. */
  readonly unknownLabel: number;
}

const MOST_WEIGHT = 100;

/**
 * The training part with corrections added; validation and test stay as they are. A correction is held out when what is
 * given of its inputs is what a row of those parts holds.
 * @throws SoukError `TRAIN_CORRECTIONS` when the weight is not a whole number in [0, 100].
 */
export function addCorrections(
  data: FamilyData,
  corrections: CorrectedRows | undefined,
  { table, split }: { table: ColumnBatch; split: Split },
): { data: FamilyData; corrections?: CorrectionsReport } {
  if (corrections === undefined || corrections.rows.length === 0) return { data };
  const { task, labels } = data;
  const { rows: given, weight = 1 } = corrections;
  if (!Number.isInteger(weight) || weight < 0 || weight > MOST_WEIGHT)
    throw new SoukError(
      "TRAIN_CORRECTIONS",
      `expected a weight of corrections in [0, ${MOST_WEIGHT}], a whole number, got ${weight}`,
    );
  const isHeldOut = heldOutRows(task, selectRows(table, [...split.validation, ...split.test]));
  const targetOf = (label: string | number): number =>
    labels === undefined
      ? numberOf(label)
      : labels.findIndex((one) => String(one) === String(label));
  const isKnown = (target: number): boolean =>
    labels === undefined ? !Number.isNaN(target) : target >= 0;
  const rows = given.map(({ input, label }) => ({
    cells: task.inputs.map(({ column }) => cellOf(input[column])),
    target: targetOf(label),
  }));
  const free = rows.filter(({ cells }) => !isHeldOut(cells));
  const known = free.filter(({ target }) => isKnown(target));
  const added = known.flatMap((row) => Array.from({ length: weight }, () => row));
  return {
    data: { ...data, train: append(task, data.train, added) },
    corrections: {
      given: given.length,
      entered: weight === 0 ? 0 : known.length,
      rows: added.length,
      heldOut: rows.length - free.length,
      unknownLabel: free.length - known.length,
    },
  };
}

function append(
  task: Task,
  { batch, targets }: Examples,
  added: readonly { cells: readonly Cell[]; target: number }[],
): Examples {
  const columns: Record<string, ArrayLike<Cell>> = {};
  for (const [name, column] of Object.entries(batch.columns)) {
    const at = task.inputs.findIndex((input) => input.column === name);
    const more = added.map(({ cells }) => (at < 0 ? null : cells[at]));
    columns[name] = [...Array.from(column), ...more];
  }
  const own = Float64Array.from(added, ({ target }) => target);
  const more = task.target.kind === "number" ? transformTargets(task, own) : own;
  return {
    batch: { length: batch.length + added.length, columns },
    targets: joined(targets, more),
  };
}

function joined(first: Float64Array, second: Float64Array): Float64Array {
  const both = new Float64Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

/**
 * Whether cells by input, in the order of the task's, are those of a row of `batch`: all that are there, and among them
 * a text or a photo; without one, every input. A prediction may have been asked for with fewer inputs than the row has.
 */
function heldOutRows(task: Task, batch: ColumnBatch): (cells: readonly Cell[]) => boolean {
  const { inputs } = task;
  const indexes = new Map<number, Map<string, number[]>>();
  function rowsWith(at: number, value: string): readonly number[] {
    const index = indexes.get(at) ?? indexOf(batch, inputs[at]);
    indexes.set(at, index);
    return index.get(value) ?? [];
  }
  return (cells) => {
    const values = cells.map((cell, at) => comparable(cell, inputs[at]));
    const there = [...values.keys()].filter((at) => values[at] !== "");
    const telling = there.filter((at) => inputs[at].kind === "text" || inputs[at].kind === "image");
    const [first] = telling.toSorted((a, b) => values[b].length - values[a].length);
    const compared = first === undefined ? [...values.keys()] : there;
    return rowsWith(first ?? 0, values[first ?? 0]).some((row) =>
      compared.every(
        (at) => comparable(batch.columns[inputs[at].column][row], inputs[at]) === values[at],
      ),
    );
  };
}

function indexOf(batch: ColumnBatch, input: TaskInput): Map<string, number[]> {
  const index = new Map<string, number[]>();
  for (let row = 0; row < batch.length; row++) {
    const value = comparable(batch.columns[input.column][row], input);
    const rows = index.get(value);
    if (rows) rows.push(row);
    else index.set(value, [row]);
  }
  return index;
}

/** Equal for cells that say the same, whatever their form; a missing one is empty. */
function comparable(cell: Cell | undefined, { kind }: TaskInput): string {
  if (kind === "number" || kind === "date") {
    const value = kind === "number" ? numberOf(cell) : timeOf(cell);
    return Number.isNaN(value) ? "" : String(value);
  }
  return cell instanceof Uint8Array ? "" : textOf(cell).trim();
}

function cellOf(value: unknown): Cell {
  if (typeof value === "string" || typeof value === "boolean") return value;
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}
