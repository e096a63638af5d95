/** Bytes of a file that are read to see its columns. */
const HEAD_BYTES = 256 * 1024;
/** Unpacked characters that are looked at. */
const HEAD_CHARACTERS = 512 * 1024;
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
 * The columns of a text file from its first 256 kB, unpacked when it is gzipped. Undefined for Parquet, whose columns stand at
 * its end: there the server tells them.
 */
export async function readHead(file: Blob, format: Format): Promise<SourceHead | undefined> {
  if (format === "parquet") return undefined;
  const text = await headText(file);
  if (format === "jsonl") return jsonHead(text);
  return tableHead(format === "csv" ? csvRecords(text) : tsvRecords(text));
}

async function headText(file: Blob): Promise<string> {
  const head = file.slice(0, HEAD_BYTES);
  const [first, second] = new Uint8Array(await head.slice(0, 2).arrayBuffer());
  const isPacked = first === 0x1f && second === 0x8b;
  const bytes: ReadableStream<BufferSource> = isPacked
    ? head.stream().pipeThrough(new DecompressionStream("gzip"))
    : head.stream();
  let text = "";
  try {
    for await (const piece of bytes.pipeThrough(new TextDecoderStream())) {
      text += piece;
      if (text.length >= HEAD_CHARACTERS) break;
    }
  } catch {
    // A packed file that was cut ends in the middle: what came before is what was asked for.
  }
  return text.replace(/^\uFEFF/, "");
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

/** The first records of CSV; quoted fields may hold commas, quotes and line ends. Source: RFC 4180. */
function csvRecords(text: string): string[][] {
  const records: string[][] = [[]];
  const fields = /(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r?\n|$)/gy;
  for (const [whole, quoted, plain, end] of text.matchAll(fields)) {
    records.at(-1)?.push(quoted === undefined ? (plain ?? "") : quoted.replaceAll('""', '"'));
    if (end === ",") continue;
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
