/** A list of photos: CSV or JSON Lines with `product_id` and either `url` or `file`. */
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { SoukError } from "@souk/core";
import { parseCsvRecord } from "@souk/lake";

/** One line of a list. `where` is an address or a file's name; `position` orders the photos of a product. */
export interface ListedPhoto {
  readonly line: number;
  readonly productId: string;
  readonly kind: "url" | "file";
  readonly where: string;
  readonly position?: number;
}

/** A line that says nothing usable. */
export interface UnreadableLine {
  readonly line: number;
  readonly problem: string;
}

/** Longest line, characters: two names and a URL. */
const MAX_LINE = 20_000;

/** Lines of a list: more than that are two lists. */
const MAX_LINES = 5_000_000;

/**
 * Reads a list line by line; memory does not grow with it. Members: `product_id`, `url` or `file`, and perhaps `position`.
 * @throws SoukError `PHOTO_LIST_INVALID` when a CSV or TSV has no such columns, a line has no end, or lines are too many.
 */
export async function* readPhotoList(
  path: string,
  { format }: { format: "csv" | "tsv" | "jsonl" },
): AsyncGenerator<ListedPhoto | UnreadableLine> {
  const lines = createInterface({ input: Readable.from(bounded(path)), crlfDelay: Infinity });
  const delimiter = format === "tsv" ? "\t" : ",";
  let header: readonly string[] | undefined;
  let line = 0;
  for await (const text of lines) {
    line++;
    if (line > MAX_LINES) throw invalid(`at most ${MAX_LINES} lines, got more`);
    if (text.trim() === "") continue;
    if (format !== "jsonl" && header === undefined) header = readHeader(text, delimiter);
    else yield readLine(text, { line, delimiter, header });
  }
}

/** The text of a file, refused when a line is longer than a line may be: memory would grow with it. */
async function* bounded(path: string): AsyncGenerator<string> {
  let sinceEnd = 0;
  for await (const chunk of createReadStream(path, { encoding: "utf8" }) as AsyncIterable<string>) {
    const last = chunk.lastIndexOf("\n");
    sinceEnd = last < 0 ? sinceEnd + chunk.length : chunk.length - last;
    if (sinceEnd > 64 * MAX_LINE) throw invalid(`lines of up to ${MAX_LINE} characters, got more`);
    yield chunk;
  }
}

function readHeader(text: string, delimiter: string): readonly string[] {
  const names = fieldsOf(text.replace(/^\uFEFF/, ""), delimiter) ?? [];
  const header = names.map((name) => name.trim().toLowerCase());
  if (header.includes("product_id") && (header.includes("url") || header.includes("file")))
    return header;
  throw invalid(`columns product_id and url or file, got ${header.join(", ").slice(0, 200)}`);
}

function readLine(
  text: string,
  {
    line,
    delimiter,
    header,
  }: { line: number; delimiter: string; header?: readonly string[] | undefined },
): ListedPhoto | UnreadableLine {
  if (text.length > MAX_LINE) return { line, problem: `more than ${MAX_LINE} characters` };
  const record = header ? csvRecord(text, delimiter, header) : jsonRecord(text);
  if (record === undefined) return { line, problem: "not a record" };
  const productId = textOf(record["product_id"]);
  const url = textOf(record["url"]);
  const where = url || textOf(record["file"]);
  if (productId === "") return { line, problem: "no product_id" };
  if (where === "") return { line, problem: "neither url nor file" };
  const position = Number(textOf(record["position"]) || Number.NaN);
  const kind = url === "" ? "file" : "url";
  return { line, productId, kind, where, ...(Number.isInteger(position) && { position }) };
}

function csvRecord(
  text: string,
  delimiter: string,
  header: readonly string[],
): Readonly<Record<string, unknown>> | undefined {
  const fields = fieldsOf(text, delimiter);
  return fields && Object.fromEntries(header.map((name, at) => [name, fields[at]]));
}

function fieldsOf(text: string, delimiter: string): string[] | undefined {
  try {
    return parseCsvRecord(text, delimiter);
  } catch {
    return undefined;
  }
}

function jsonRecord(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    return Object.fromEntries(Object.entries(value));
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value).trim() : "";
}

function invalid(expected: string): SoukError {
  return new SoukError("PHOTO_LIST_INVALID", `list of photos: expected ${expected}`);
}
