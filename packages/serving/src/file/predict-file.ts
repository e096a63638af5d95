import { errorCode, errorMessage, SoukError } from "@souk/core";
import type { ColumnBatch, ModelCard } from "@souk/models";
import type { PlainPrediction } from "../inference/encoding.ts";
import { batchOfRows, checkInputs } from "../inputs.ts";
import { namesFile } from "../photo-cell.ts";
import { type FileRecord, readRecords, type RowFormat } from "./records.ts";

/** How far a file has come. */
export interface FileCounts {
  /** Records read, blank lines left out. */
  lines: number;
  predicted: number;
  /** Records answered with an error. */
  failed: number;
}

/** Predicts one batch of checked rows, all by the same version. */
export type PredictRows = (
  batch: ColumnBatch,
) => Promise<{ ids: readonly string[]; predictions: readonly PlainPrediction[] }>;

/** How a file is read and cut. */
export interface FileOptions {
  readonly format: RowFormat;
  readonly signature: ModelCard["signature"];
  /** Rows per batch. */
  readonly batchRows: number;
  /** Batches under way at once: what is held in memory at any time. */
  readonly window: number;
  readonly onProgress?: (counts: Readonly<FileCounts>) => void;
  /** The photo that a text in a photo input names which is neither hash nor `data:` URI. Absent: none. */
  readonly readPhoto?: (name: string) => Promise<Uint8Array>;
}

/** Characters of records that travel together: what a file holds in memory is a few times this. */
const GROUP_CHARS = 4_000_000;

/** Rows that travel together when their photos are read from files. */
const PHOTO_ROWS = 2;

type ReadLine = { readonly line: number } & (
  | { readonly row: Readonly<Record<string, unknown>> }
  | { readonly error: SoukError }
);

/**
 * A file of rows in, JSON Lines out: one line per record, in the same order, `{"line", "id", "label", …}` or
 * `{"line", "error": {"code", "message"}}`. Reads on only as the answers are taken.
 *
 * @returns the counts, as the generator's return value.
 */
export async function* predictRecords(
  source: AsyncIterable<Uint8Array>,
  predict: PredictRows,
  options: FileOptions,
): AsyncGenerator<Uint8Array, FileCounts> {
  const counts: FileCounts = { lines: 0, predicted: 0, failed: 0 };
  const underWay: Promise<Uint8Array>[] = [];
  const read = readRecords(source, options.format);
  // Photos that are read here are held until they are predicted.
  const holdsPhotos =
    options.readPhoto && options.signature.inputs.some(({ kind }) => kind === "image");
  const most = holdsPhotos ? Math.min(PHOTO_ROWS, options.batchRows) : options.batchRows;
  for await (const records of inGroups(read, { most, mostChars: GROUP_CHARS })) {
    const answer = answerRecords(records, predict, { options, counts });
    answer.catch(() => undefined);
    underWay.push(answer);
    if (underWay.length < options.window) continue;
    yield await underWay.shift()!;
    options.onProgress?.({ ...counts });
  }
  for (const answer of underWay) yield await answer;
  options.onProgress?.({ ...counts });
  return counts;
}

/** Records in groups of at most `most`, ended earlier by `mostChars`: photos as text are long. */
async function* inGroups(
  records: AsyncIterable<FileRecord>,
  { most, mostChars }: { most: number; mostChars: number },
): AsyncGenerator<FileRecord[]> {
  let group: FileRecord[] = [];
  let chars = 0;
  for await (const record of records) {
    group.push(record);
    chars += record.chars;
    if (group.length < most && chars < mostChars) continue;
    yield group;
    group = [];
    chars = 0;
  }
  if (group.length > 0) yield group;
}

async function answerRecords(
  records: readonly FileRecord[],
  predict: PredictRows,
  { options, counts }: { options: FileOptions; counts: FileCounts },
): Promise<Uint8Array> {
  const lines: ReadLine[] = [];
  for (const record of records) lines.push(await readRecord(record, options));
  const rows = lines.flatMap((line) => ("row" in line ? [line.row] : []));
  const answers = rows.length > 0 ? await answerRows(rows, predict, options) : [];
  let next = 0;
  const texts = lines.map((line) => {
    counts.lines++;
    const answer = "row" in line ? answers[next++]! : errorMember(line.error);
    if ("error" in answer) counts.failed++;
    else counts.predicted++;
    return `${JSON.stringify({ line: line.line, ...answer })}\n`;
  });
  return Buffer.from(texts.join(""));
}

/** Predictions of the rows; when the model refuses the batch, of each row by itself. */
async function answerRows(
  rows: readonly Readonly<Record<string, unknown>>[],
  predict: PredictRows,
  options: FileOptions,
): Promise<Record<string, unknown>[]> {
  try {
    const { ids, predictions } = await predict(batchOfRows(rows, options.signature));
    return predictions.map((prediction, i) => ({ id: ids[i], ...prediction }));
  } catch (error) {
    if (!isOfTheRow(error)) throw error;
    if (rows.length === 1) return [errorMember(error)];
    const answers: Record<string, unknown>[] = [];
    for (const row of rows) answers.push(...(await answerRows([row], predict, options)));
    return answers;
  }
}

/** Whether one row is to blame, by what the model refused or by its photo, and the others may be fine. */
function isOfTheRow(error: unknown): boolean {
  return /^(SERVING_PREDICT_FAILED|IMAGE_(FORMAT|LIMIT|BROKEN|HASH|MISSING))$/.test(
    errorCode(error) ?? "",
  );
}

async function readRecord(record: FileRecord, options: FileOptions): Promise<ReadLine> {
  const { line, members, error } = record;
  if (!members) {
    return { line, error: error ?? new SoukError("SERVING_FILE_LINE", "expected a record") };
  }
  const { format, signature } = options;
  try {
    const cells = format === "jsonl" ? members : readCells(members, signature);
    const row = options.readPhoto ? await withPhotos(cells, signature, options.readPhoto) : cells;
    checkInputs({ length: 1, columns: asColumns(row, signature) }, signature);
    return { line, row };
  } catch (cause) {
    if (cause instanceof SoukError) return { line, error: cause };
    throw cause;
  }
}

/** The row with the photos that its photo inputs name. */
async function withPhotos(
  row: Readonly<Record<string, unknown>>,
  signature: ModelCard["signature"],
  readPhoto: (name: string) => Promise<Uint8Array>,
): Promise<Record<string, unknown>> {
  const read: Record<string, unknown> = { ...row };
  for (const { name, kind } of signature.inputs) {
    const cell = kind === "image" && Object.hasOwn(row, name) ? row[name] : undefined;
    if (typeof cell === "string" && namesFile(cell)) read[name] = await readPhoto(cell);
  }
  return read;
}

/** A table knows only text: numbers are read, an empty cell is null. */
function readCells(
  members: Readonly<Record<string, unknown>>,
  signature: ModelCard["signature"],
): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (const { name, kind } of signature.inputs) {
    const text = Object.hasOwn(members, name) ? members[name] : undefined;
    if (text === undefined) continue;
    if (text === "") row[name] = null;
    else row[name] = kind === "number" ? Number(text) : text;
  }
  return row;
}

function asColumns(
  row: Readonly<Record<string, unknown>>,
  signature: ModelCard["signature"],
): ColumnBatch["columns"] {
  const present = signature.inputs.filter((input) => Object.hasOwn(row, input.name));
  return batchOfRows([row], { ...signature, inputs: present }).columns;
}

function errorMember(error: unknown): { error: { code: string; message: string } } {
  return {
    error: { code: errorCode(error) ?? "SERVING_PREDICT_FAILED", message: errorMessage(error) },
  };
}
