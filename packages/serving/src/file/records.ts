import { StringDecoder } from "node:string_decoder";
import { errorMessage, SoukError } from "@souk/core";

/** Formats a file of rows can have: JSON Lines of objects; CSV (RFC 4180) or TSV (no quotes) with a header. */
export type RowFormat = "jsonl" | "csv" | "tsv";

/** One record of a file: its members, or why it cannot be read. */
export interface FileRecord {
  /** Line it begins on, from 1. */
  readonly line: number;
  readonly members: Readonly<Record<string, unknown>> | undefined;
  readonly error: SoukError | undefined;
  /** Its length, UTF-16 units. */
  readonly chars: number;
}

/** Longest record, UTF-16 units: a file without line breaks must not fill the memory. */
const MAX_RECORD_CHARS = 4_000_000;

interface RawRecord {
  readonly line: number;
  readonly text: string;
}

/**
 * Records of a stream of bytes, in order, one at a time; blank lines are left out. A record that cannot be read is given
 * with its error and does not end the file.
 *
 * @throws SoukError `SERVING_FILE` for a record above four million characters, or a table without header.
 */
export async function* readRecords(
  source: AsyncIterable<Uint8Array>,
  format: RowFormat,
): AsyncGenerator<FileRecord> {
  if (format === "jsonl") {
    for await (const raw of splitRecords(source, { quotes: false })) yield parseJsonLine(raw);
    return;
  }
  let header: string[] | undefined;
  const split = format === "csv" ? splitCsv : splitTsv;
  for await (const raw of splitRecords(source, { quotes: format === "csv" })) {
    if (header) yield parseTableLine(raw, split(raw.text), header);
    else header = parseHeader(raw, split(raw.text));
  }
  if (!header) throw new SoukError("SERVING_FILE", "expected a header, got an empty file");
}

/** Splits at line breaks; with `quotes`, not at those between double quotes. */
async function* splitRecords(
  source: AsyncIterable<Uint8Array>,
  { quotes }: { quotes: boolean },
): AsyncGenerator<RawRecord> {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  let line = 1;
  for await (const bytes of source) {
    const { records, left, nextLine } = cut(rest + decoder.write(Buffer.from(bytes)), line, quotes);
    yield* records;
    rest = left;
    line = nextLine;
    if (rest.length > MAX_RECORD_CHARS) {
      const message = `expected records of at most ${MAX_RECORD_CHARS} characters, got more from line ${line}`;
      throw new SoukError("SERVING_FILE", message);
    }
  }
  yield* cut(`${rest}${decoder.end()}\n`, line, quotes, { isEnd: true }).records;
}

function cut(
  text: string,
  firstLine: number,
  quotes: boolean,
  { isEnd = false } = {},
): { records: RawRecord[]; left: string; nextLine: number } {
  const records: RawRecord[] = [];
  let start = 0;
  let line = firstLine;
  let breaks = 0;
  let isQuoted = false;
  let lastClose = -2;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (quotes && unit === 0x22) {
      if (isQuoted) lastClose = i;
      isQuoted = !isQuoted && (opensCell(text, i, start) || lastClose === i - 1);
    }
    if (unit !== 0x0a) continue;
    breaks++;
    if (isQuoted && !(isEnd && i === text.length - 1)) continue;
    pushRecord(records, { line, text: text.slice(start, i) });
    start = i + 1;
    line += breaks;
    breaks = 0;
  }
  return { records, left: text.slice(start), nextLine: line };
}

/** Only a quote at the start of a cell opens it: `5" screen` is plain text. */
function opensCell(text: string, at: number, start: number): boolean {
  return at === start || text[at - 1] === ",";
}

function pushRecord(records: RawRecord[], { line, text }: RawRecord): void {
  const from = line === 1 && text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const to = text.endsWith("\r") ? text.length - 1 : text.length;
  const clean = text.slice(from, to);
  if (clean.trim() !== "") records.push({ line, text: clean });
}

function parseJsonLine({ line, text }: RawRecord): FileRecord {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      const members = Object.fromEntries(Object.entries(value));
      return { line, members, error: undefined, chars: text.length };
    }
    return bad(line, "expected a JSON object, got another value");
  } catch (cause) {
    return bad(line, `expected a JSON object: ${errorMessage(cause)}`);
  }
}

function parseHeader({ line }: RawRecord, names: string[] | undefined): string[] {
  if (names && new Set(names).size === names.length) return names;
  throw new SoukError("SERVING_FILE", `expected a header of distinct names on line ${line}`);
}

function parseTableLine(
  { line, text }: RawRecord,
  cells: string[] | undefined,
  header: readonly string[],
): FileRecord {
  if (!cells) return bad(line, "expected closed quotes around a cell, got an open one");
  if (cells.length !== header.length) {
    return bad(line, `expected ${header.length} cells, got ${cells.length}`);
  }
  return {
    line,
    members: Object.fromEntries(header.map((name, i) => [name, cells[i]])),
    error: undefined,
    chars: text.length,
  };
}

function bad(line: number, message: string): FileRecord {
  return { line, members: undefined, error: new SoukError("SERVING_FILE_LINE", message), chars: 0 };
}

function splitTsv(text: string): string[] {
  return text.split("\t");
}

/** Cells of one CSV record, `undefined` when a quote is not closed or text follows it. Source: RFC 4180. */
function splitCsv(text: string): string[] | undefined {
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    const cell = text[at] === '"' ? quotedCell(text, at) : plainCell(text, at);
    if (!cell) return undefined;
    cells.push(cell.value);
    if (cell.end >= text.length) return cells;
    at = cell.end + 1;
  }
}

function plainCell(text: string, from: number): { value: string; end: number } {
  const comma = text.indexOf(",", from);
  const end = comma < 0 ? text.length : comma;
  return { value: text.slice(from, end), end };
}

function quotedCell(text: string, from: number): { value: string; end: number } | undefined {
  let close = text.indexOf('"', from + 1);
  while (close >= 0 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
  const end = close + 1;
  if (close < 0 || (end < text.length && text[end] !== ",")) return undefined;
  return { value: text.slice(from + 1, close).replaceAll('""', '"'), end };
}
