import type { IngestFormat } from "./source.ts";

/** What stands between the fields of a CSV file, by the name people give it. */
export const DELIMITERS = { comma: ",", semicolon: ";", tab: "\t", pipe: "|" } as const;

/** Name of a character between the fields of CSV. */
export type Delimiter = keyof typeof DELIMITERS;

/** How the characters of a text file are written. UTF-16 is told by its first two bytes, little-endian without them. */
export type Encoding = "utf-8" | "windows-1252" | "utf-16";

/** Bytes looked at for the first line; a longer header is taken to have the delimiter of its format. */
const HEAD_BYTES = 1 << 20;
const LF = 10;

/**
 * The bytes of a text file as UTF-8. A file that begins with the mark of UTF-16 is read as such whatever `encoding` says;
 * nothing else is guessed, for a wrong guess would spoil letters silently: other bytes are refused row by row.
 * Source: WHATWG Encoding Standard.
 */
export async function* utf8Bytes(
  chunks: AsyncGenerator<Uint8Array>,
  encoding: Encoding = "utf-8",
): AsyncGenerator<Uint8Array> {
  const { head, all } = await peek(chunks, (bytes) => bytes.length >= 2);
  const label = labelOf(head, encoding);
  if (label === undefined) {
    yield* all;
    return;
  }
  const decoder = new TextDecoder(label);
  for await (const chunk of all) yield Buffer.from(decoder.decode(chunk, { stream: true }));
  yield Buffer.from(decoder.decode());
}

/**
 * The character between the fields of a file, and all of its bytes. CSV whose first line has no comma has the one of
 * semicolon, tab and pipe that stands in it most often; programs of many countries write such files.
 */
export async function delimited(
  chunks: AsyncGenerator<Uint8Array>,
  { format, delimiter }: { format: IngestFormat; delimiter?: Delimiter },
): Promise<{ split: string; bytes: AsyncGenerator<Uint8Array> }> {
  if (format !== "csv") return { split: "\t", bytes: chunks };
  if (delimiter !== undefined) return { split: DELIMITERS[delimiter], bytes: chunks };
  const { head, all } = await peek(
    chunks,
    (bytes) => bytes.includes(LF) || bytes.length >= HEAD_BYTES,
  );
  const end = head.indexOf(LF);
  return { split: delimiterIn(head.toString("utf8", 0, end < 0 ? head.length : end)), bytes: all };
}

function delimiterIn(line: string): string {
  const bare = line.replaceAll(/"(?:[^"]|"")*"/g, "");
  const { comma, ...others } = DELIMITERS;
  if (bare.includes(comma)) return comma;
  const counts = Object.values(others).map((one) => ({ one, count: bare.split(one).length - 1 }));
  const [most] = counts.toSorted((a, b) => b.count - a.count);
  return most !== undefined && most.count > 0 ? most.one : comma;
}

function labelOf(head: Buffer, encoding: Encoding): string | undefined {
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
  if (encoding === "utf-16") return "utf-16le";
  return encoding === "windows-1252" ? encoding : undefined;
}

/** Reads until there is enough to look at; `all` gives that again, then the rest. */
async function peek(
  chunks: AsyncGenerator<Uint8Array>,
  isEnough: (bytes: Buffer) => boolean,
): Promise<{ head: Buffer; all: AsyncGenerator<Uint8Array> }> {
  let head = Buffer.alloc(0);
  while (!isEnough(head)) {
    const next = await chunks.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  return { head, all: withHead(head, chunks) };
}

async function* withHead(
  head: Uint8Array,
  rest: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  if (head.length > 0) yield head;
  yield* rest;
}
