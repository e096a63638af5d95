import { isUtf8 } from "node:buffer";
import { errorCode, SoukError } from "@souk/core";

/*
 * Source bytes become one line per record, numbered as in the source, that DuckDB reads in parallel:
 *
 *   <line number> 0x1F <text of the record> \n
 *
 * A record that holds a byte this layout needs is escaped with Unicode noncharacters, which no text may use:
 *   U+FDD1 for \r, U+FDD2 for \n, U+FDD3 for 0x1F. A CSV record with quotes is taken apart here and becomes
 *   U+FDD0 <field> U+FDD0 <field> …, a record without quotes stays as it is.
 */
export const FIELD_MARK = "\ufdd0";
export const ESCAPES = { "\r": "\ufdd1", "\n": "\ufdd2", "\u001f": "\ufdd3" } as const;

/** Longest record taken; a longer one is refused, so that a file without line ends cannot fill the memory. */
export const MAX_RECORD_BYTES = 1 << 20;

/** Numbered records ready to be written, and whether any was escaped. */
export interface NumberedRecords {
  readonly bytes: Uint8Array;
  readonly escaped: boolean;
}

/** Told of a record that cannot be read: its line, its text as far as readable, the reason. */
export type RefuseRecord = (line: number, raw: string, reason: string) => void;

const LF = 10;
const CR = 13;
const UNIT = 31;
const QUOTE = 34;

/** Splits the bytes of one file into numbered records; feed it chunks, then `end()`. */
export class RecordNumberer {
  readonly #delimiter: string | undefined;
  readonly #refuse: RefuseRecord;
  #rest: Buffer = Buffer.alloc(0);
  #line = 0;
  #started = false;
  #skipping = false;
  #header: string[] | undefined;

  /** `delimiter` is set for CSV, where quotes count. `refuse` is told of every unreadable record. */
  constructor({ delimiter, refuse }: { delimiter?: string; refuse: RefuseRecord }) {
    this.#delimiter = delimiter;
    this.#refuse = refuse;
  }

  /** Physical lines seen. */
  get line(): number {
    return this.#line;
  }

  /** The fields of the first record once it was seen; it is taken out of the records when `withHeader` is set. */
  get header(): readonly string[] | undefined {
    return this.#header;
  }

  /** The whole records of the bytes so far. */
  push(
    chunk: Uint8Array,
    { withHeader, split }: { withHeader: boolean; split: string },
  ): NumberedRecords {
    let bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (this.#rest.length > 0) bytes = Buffer.concat([this.#rest, bytes]);
    if (!this.#started) {
      if (bytes.length < 3) {
        this.#rest = Buffer.from(bytes);
        return { bytes: new Uint8Array(0), escaped: false };
      }
      this.#started = true;
      if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) bytes = bytes.subarray(3);
    }
    return this.#take(bytes, { withHeader, split });
  }

  /** The record that the end of the file ends. */
  end(options: { withHeader: boolean; split: string }): NumberedRecords {
    const rest = this.#rest;
    this.#rest = Buffer.alloc(0);
    this.#started = true;
    if (rest.length === 0 && !this.#skipping) return { bytes: new Uint8Array(0), escaped: false };
    const answer = this.#take(Buffer.concat([rest, Buffer.from("\n")]), options);
    if (this.#rest.length === 0) return answer;
    // Only a quote that never closed leaves something behind a final line end.
    this.#refuse(
      this.#line + 1,
      this.#rest.toString("utf8").slice(0, 2000),
      "record: expected a closing quote, got the end of the file",
    );
    this.#rest = Buffer.alloc(0);
    return answer;
  }

  #take(
    bytes: Buffer,
    { withHeader, split }: { withHeader: boolean; split: string },
  ): NumberedRecords {
    const quoted = this.#delimiter !== undefined && bytes.includes(QUOTE);
    const plain =
      !quoted && !bytes.includes(UNIT) && !bytes.includes(CR) && isUtf8(withoutTornEnd(bytes));
    const out = new Lines(bytes.length);
    let start = 0;
    for (;;) {
      const end = quoted ? recordEnd(bytes, start) : bytes.indexOf(LF, start);
      if (end < 0 && bytes.length - start > MAX_RECORD_BYTES) {
        start = this.#skipLong(bytes, start);
        continue;
      }
      if (end < 0) break;
      this.#record(bytes.subarray(start, end), out, {
        plain,
        wantHeader: withHeader && this.#header === undefined,
        split,
      });
      start = end + 1;
    }
    this.#rest = Buffer.from(bytes.subarray(start));
    return out.done();
  }

  #record(
    record: Buffer,
    out: Lines,
    { plain, wantHeader, split }: { plain: boolean; wantHeader: boolean; split: string },
  ): void {
    this.#line++;
    if (this.#skipping) {
      this.#skipping = false;
      return;
    }
    if (record.length > MAX_RECORD_BYTES) {
      this.#refuse(this.#line, record.subarray(0, 2000).toString("utf8"), tooLong);
      return;
    }
    if (plain && !wantHeader) {
      if (record.length > 0) out.add(this.#line, record);
      return;
    }
    const line = this.#line;
    const text = this.#text(record, line);
    if (text === undefined || text === "") return;
    try {
      if (wantHeader)
        this.#header =
          this.#delimiter === undefined ? text.split(split) : parseCsvRecord(text, this.#delimiter);
      else this.#addText(text, line, out);
    } catch (cause) {
      if (errorCode(cause) !== "LAKE_CSV" || wantHeader) throw cause;
      this.#refuse(line, text, "record: expected a closing quote, found none");
    }
  }

  #text(record: Buffer, line: number): string | undefined {
    if (record.includes(QUOTE) && this.#delimiter !== undefined) this.#line += newlinesIn(record);
    const end = record.at(-1) === CR ? record.length - 1 : record.length;
    const body = record.subarray(0, end);
    if (isUtf8(body)) return body.toString("utf8");
    this.#refuse(
      line,
      body.toString("utf8").slice(0, 2000),
      "record: expected UTF-8 text, got other bytes",
    );
    return undefined;
  }

  #addText(text: string, line: number, out: Lines): void {
    let content = text;
    if (this.#delimiter !== undefined && text.includes('"')) {
      const fields = parseCsvRecord(text, this.#delimiter);
      content = fields.map((field) => `${FIELD_MARK}${field}`).join("");
    }
    for (const [from, to] of Object.entries(ESCAPES)) {
      if (!content.includes(from)) continue;
      content = content.replaceAll(from, to);
      out.escaped = true;
    }
    if (content.startsWith(FIELD_MARK)) out.escaped = true;
    out.add(line, Buffer.from(content));
  }

  /** Where to go on after a record too long to hold: its own line end, or nowhere yet. */
  #skipLong(bytes: Buffer, start: number): number {
    const end = bytes.indexOf(LF, start);
    if (!this.#skipping)
      this.#refuse(this.#line + 1, bytes.subarray(start, start + 2000).toString("utf8"), tooLong);
    if (end < 0) {
      this.#skipping = true;
      return bytes.length;
    }
    this.#line++;
    this.#skipping = false;
    return end + 1;
  }
}

const tooLong = `record: expected at most ${MAX_RECORD_BYTES} bytes, got more (or a quote that never closes)`;

/**
 * The fields of one CSV record. Quotes are doubled inside a quoted field; a quote inside an unquoted field is text.
 * @throws SoukError `LAKE_CSV` when a quoted field does not close.
 * Source: RFC 4180.
 */
export function parseCsvRecord(record: string, delimiter: string): string[] {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    let field = "";
    if (record[at] === '"') {
      at++;
      for (;;) {
        const quote = record.indexOf('"', at);
        if (quote < 0) throw new SoukError("LAKE_CSV", "expected a closing quote in the record");
        field += record.slice(at, quote);
        at = quote + 1;
        if (record[at] !== '"') break;
        field += '"';
        at++;
      }
    }
    const next = record.indexOf(delimiter, at);
    field += record.slice(at, next < 0 ? record.length : next);
    fields.push(field);
    if (next < 0) return fields;
    at = next + 1;
  }
}

/** The text of a record as people know it: undoes the escapes, and writes a taken-apart CSV record as CSV. */
export function readableRecord(raw: string): string {
  let text = raw;
  for (const [from, to] of Object.entries(ESCAPES)) text = text.replaceAll(to, from);
  if (!text.startsWith(FIELD_MARK)) return text;
  const fields = text.slice(FIELD_MARK.length).split(FIELD_MARK);
  return fields
    .map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field))
    .join(",");
}

function recordEnd(bytes: Buffer, start: number): number {
  let quotes = 0;
  let from = start;
  for (;;) {
    const end = bytes.indexOf(LF, from);
    if (end < 0) return -1;
    for (let q = bytes.indexOf(QUOTE, from); q >= 0 && q < end; q = bytes.indexOf(QUOTE, q + 1))
      quotes++;
    if (quotes % 2 === 0) return end;
    from = end + 1;
  }
}

function newlinesIn(record: Buffer): number {
  let count = 0;
  for (let at = record.indexOf(LF); at >= 0; at = record.indexOf(LF, at + 1)) count++;
  return count;
}

/** Without the last, perhaps incomplete, line: a chunk may end inside a character. */
function withoutTornEnd(bytes: Buffer): Buffer {
  return bytes.subarray(0, bytes.lastIndexOf(LF) + 1);
}

/** Grows a buffer of numbered lines. */
class Lines {
  #bytes: Buffer;
  #length = 0;
  escaped = false;

  constructor(capacity: number) {
    this.#bytes = Buffer.allocUnsafe(Math.ceil(capacity * 1.1) + 1024);
  }

  add(line: number, record: Buffer): void {
    const needed = this.#length + record.length + 24;
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(needed * 2);
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    const bytes = this.#bytes;
    let at = this.#length;
    let digits = 1;
    for (let power = 10; power <= line; power *= 10) digits++;
    let value = line;
    for (let i = at + digits - 1; i >= at; i--) {
      bytes[i] = 48 + (value % 10);
      value = Math.floor(value / 10);
    }
    at += digits;
    bytes[at++] = UNIT;
    at += record.copy(bytes, at);
    bytes[at++] = LF;
    this.#length = at;
  }

  done(): NumberedRecords {
    return { bytes: this.#bytes.subarray(0, this.#length), escaped: this.escaped };
  }
}
