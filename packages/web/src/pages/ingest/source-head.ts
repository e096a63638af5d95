import { decodeHead, delimiters, guessDelimiter, guessEncoding, type ReadAs } from "./read-as.ts";

/** Bytes of a file that are read to see its columns. */
const HEAD_BYTES = 256 * 1024;
/** Unpacked bytes that are looked at. */
const UNPACKED_BYTES = 512 * 1024;
const SAMPLES = 3;
/** As many members are looked for in so many JSON objects. */
const JSON_ROWS = 200;

export type Format = "tsv" | "csv" | "jsonl" | "parquet";

/** What the start of a file tells of its columns. */
export interface SourceHead {
  /** In the order of the file. */
  readonly names: readonly string[];
  /** The first values of each column, by place; "" where there is none. */
  readonly samples: readonly (readonly string[])[];
  /** Absent when there was no text to read. */
  readonly readAs?: ReadAs;
}

/** The format that the name of a file tells, as the server reads it: "monday.csv.gz" is CSV. */
export function formatOf(fileName: string): Format | undefined {
  const ending = /\.(tsv|csv|jsonl|ndjson|parquet)(?:\.gz)?$/i.exec(fileName)?.[1]?.toLowerCase();
  if (ending === "ndjson") return "jsonl";
  return ending === "tsv" || ending === "csv" || ending === "jsonl" || ending === "parquet"
    ? ending
    : undefined;
}

/**
 * The columns of a text file from its first 256 kB, unpacked when it is gzipped, read as one says or as it looks. Undefined
 * for Parquet, whose columns stand at its end: there the server tells them.
 */
export async function readHead(
  file: Blob,
  format: Format,
  said?: ReadAs,
): Promise<SourceHead | undefined> {
  if (format === "parquet") return undefined;
  const bytes = await headBytes(file);
  const encoding = said?.encoding ?? guessEncoding(bytes);
  const text = decodeHead(bytes, encoding).replace(/^\uFEFF/, "");
  if (format === "jsonl") return { ...jsonHead(text), readAs: { encoding } };
  if (format === "tsv") return { ...tableHead(tsvRecords(text)), readAs: { encoding } };
  const delimiter = said?.delimiter ?? guessDelimiter(text);
  return {
    ...tableHead(csvRecords(text, delimiters[delimiter])),
    readAs: { encoding, delimiter },
  };
}

async function headBytes(file: Blob): Promise<Uint8Array<ArrayBuffer>> {
  const head = file.slice(0, HEAD_BYTES);
  const packed = new Uint8Array(await head.arrayBuffer());
  if (packed[0] !== 0x1f || packed[1] !== 0x8b) return packed;
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  try {
    for await (const piece of head.stream().pipeThrough(new DecompressionStream("gzip"))) {
      pieces.push(piece);
      length += piece.length;
      if (length >= UNPACKED_BYTES) break;
    }
  } catch {
    // A packed file that was cut ends in the middle: what came before is what was asked for.
  }
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}

function tableHead([names = [], ...rows]: readonly (readonly string[])[]): SourceHead {
  return {
    names,
    samples: names.map((_, at) => rows.slice(0, SAMPLES).map((row) => row[at] ?? "")),
  };
}

function tsvRecords(text: string): string[][] {
  return text
    .split("\n", SAMPLES + 1)
    .filter((line) => line !== "")
    .map((line) => line.replace(/\r$/, "").split("\t"));
}

/** The first records of CSV; quoted fields may hold delimiters, quotes and line ends. Source: RFC 4180. */
function csvRecords(text: string, delimiter: string): string[][] {
  const records: string[][] = [[]];
  const between = `\\u{${delimiter.codePointAt(0)?.toString(16)}}`;
  const fields = new RegExp(
    `(?:"((?:[^"]|"")*)"|([^${between}\\r\\n]*))(${between}|\\r?\\n|$)`,
    "guy",
  );
  for (const [whole, quoted, plain, end] of text.matchAll(fields)) {
    records.at(-1)?.push(quoted === undefined ? (plain ?? "") : quoted.replaceAll('""', '"'));
    if (end === delimiter) continue;
    if (whole === "" || end === "" || records.length > SAMPLES) break;
    records.push([]);
  }
  return records.filter((record) => record.some((field) => field !== ""));
}

function jsonHead(text: string): SourceHead {
  const rows = text.split("\n", JSON_ROWS).flatMap(objectOf);
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return {
    names,
    samples: names.map((name) => rows.slice(0, SAMPLES).map((row) => textOf(row[name]))),
  };
}

function objectOf(line: string): Record<string, unknown>[] {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
    return [{ ...value }];
  } catch {
    return [];
  }
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
