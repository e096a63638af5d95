/** Listings like a given one, with their numbers: kept beside the weights for tasks that ask for them. */
import { SoukError } from "@souk/core";
import { hasTarget, targetCells } from "../rows/target.ts";
import { type ColumnBatch, selectRows } from "../rows/batch.ts";
import { numberOf, textOf } from "../rows/cells.ts";
import { distinctRows } from "../similar/distinct-rows.ts";
import { createPostings, type Postings, similarRows } from "../similar/similar-rows.ts";
import { createTextSpace, fitTextSpace, type TextSpace } from "../similar/text-space.ts";
import type { Task } from "../task/task.ts";
import { decodeTensors, encodeTensors, type Tensor } from "./tensors.ts";

/** A training row like the one asked about. */
export interface Comparable {
  /** Value of the task's key column. */
  readonly key?: string;
  readonly title: string;
  /** Its number, in the target's unit. */
  readonly value: number;
  /** 1: the same words, letters and categories; 0: nothing shared. */
  readonly similarity: number;
}

/** What is needed to find them. */
export interface ComparableIndex {
  /** The most similar different rows, best first. */
  find(batch: ColumnBatch, row: number, most: number): Comparable[];
}

/** Rows kept: each costs about 3 KB and a microsecond of each answer. */
const MAX_ROWS = 20_000;
const MAX_TITLE = 200;
const MAX_COLUMNS_BYTES = 64 << 20;

/** The index of these training rows as a file. */
export function encodeComparables(task: Task, batch: ColumnBatch): Uint8Array | undefined {
  if (task.comparables === undefined) return undefined;
  const { title } = task.comparables;
  const target = targetCells(task, batch);
  const usable = Array.from({ length: batch.length }, (_, row) => row).filter((row) =>
    hasTarget(task, target[row]),
  );
  const known = selectRows(batch, usable);
  const values = Float64Array.from(targetCells(task, known), (cell) => numberOf(cell));
  const columns = [title, ...spaceInputs(task).map(({ column }) => column)];
  const { rows } = distinctRows(known, { columns, value: values, most: MAX_ROWS });
  const space = fitTextSpace(known, { inputs: task.inputs, rows });
  const points = Array.from(rows, (row) => space.rowOf(known, row));
  const cells = (column: string | undefined): string[] =>
    column === undefined
      ? []
      : Array.from(rows, (row) => textOf(known.columns[column]?.[row]).slice(0, MAX_TITLE));
  const { starts, rows: posted, weights } = createPostings(points, space.size);
  const tensors = {
    keys: space.parameters.keys,
    rarity: space.parameters.rarity,
    starts,
    rows: posted,
    weights,
    values: Float64Array.from(rows, (row) => values[row]),
    titles: textBytes(cells(title)),
    names: textBytes(cells(task.key)),
  };
  return encodeTensors(
    Object.fromEntries(
      Object.entries(tensors).map(([name, data]): [string, Tensor] => [
        name,
        { shape: [data.length], data },
      ]),
    ),
  );
}

/**
 * The index of a file, which is not trusted.
 * @throws SoukError `MODEL_WEIGHTS` when its parts do not fit together.
 */
export function decodeComparables(bytes: Uint8Array, task: Task): ComparableIndex {
  const { tensors } = decodeTensors(bytes);
  const space = createTextSpace({
    inputs: spaceInputs(task),
    keys: part(tensors, "keys", Uint32Array),
    rarity: part(tensors, "rarity", Float32Array),
  });
  const postings: Postings = {
    starts: part(tensors, "starts", Uint32Array),
    rows: part(tensors, "rows", Uint32Array),
    weights: part(tensors, "weights", Float32Array),
  };
  const values = part(tensors, "values", Float64Array);
  const titles = textsOf(part(tensors, "titles", Uint8Array));
  const names = textsOf(part(tensors, "names", Uint8Array));
  checkFit(space, postings, values.length);
  if (titles.length !== values.length || (names.length > 0 && names.length !== values.length))
    throw misfit("a title of each row");
  return {
    find(batch, row, most) {
      const near = similarRows(postings, space.rowOf(batch, row), { count: values.length, most });
      return near.map(({ row: at, product }) => ({
        ...(names[at] === undefined ? {} : { key: names[at] }),
        title: titles[at],
        value: values[at],
        similarity: Math.min(1, product / space.most),
      }));
    },
  };
}

function spaceInputs({ inputs }: Task): Task["inputs"] {
  return inputs.filter(({ kind }) => kind === "text" || kind === "category");
}

function checkFit(space: TextSpace, { starts, rows, weights }: Postings, count: number): void {
  const fits =
    space.parameters.rarity.length === space.size &&
    starts.length === space.size + 1 &&
    starts.every((start, i) => i === 0 || start >= starts[i - 1]) &&
    starts[space.size] === rows.length &&
    weights.length === rows.length &&
    rows.every((row) => row < count);
  if (!fits) throw misfit("lists that fit together");
}

/** Texts without line ends, one per line. */
function textBytes(texts: readonly string[]): Uint8Array {
  if (texts.length === 0) return new Uint8Array(0);
  return Uint8Array.from(
    Buffer.from(texts.map((text) => text.replaceAll("\n", " ").toWellFormed()).join("\n")),
  );
}

function textsOf(bytes: Uint8Array): string[] {
  if (bytes.length > MAX_COLUMNS_BYTES)
    throw misfit(`at most ${MAX_COLUMNS_BYTES} bytes of titles`);
  return bytes.length === 0 ? [] : Buffer.from(bytes).toString("utf8").split("\n");
}

function part<T extends Tensor["data"]>(
  tensors: Readonly<Record<string, Tensor>>,
  name: string,
  kind: new (length: number) => T,
): T {
  const data = tensors[name]?.data;
  if (data instanceof kind) return data;
  throw misfit(`${name} as ${kind.name}`);
}

function misfit(expected: string): SoukError {
  return new SoukError(
    "MODEL_WEIGHTS",
    `comparables.bin: expected ${expected}, got something else`,
  );
}
