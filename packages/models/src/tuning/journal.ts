import { type FileHandle, open } from "node:fs/promises";
import { dirname } from "node:path";
import { SoukError, syncFolder } from "@souk/core";
import { type JournalHeader, type JournalLine, parseJournalLine } from "./journal-line.ts";

/** A study's diary: one JSON line per start and end of a trial, after a header. */
export interface Journal {
  /** The lines after the header that were there when it was opened, in order. */
  readonly lines: readonly JournalLine[];
  /**
   * Adds a line; resolves when it is on the disk. Lines keep the order of the calls; after one failed, so does every
   * later one, for a part of it may be in the file.
   */
  append(line: JournalLine): Promise<void>;
  close(): Promise<void>;
}

/** No study comes near; a file that does is not a journal. */
const MAX_BYTES = 256 * 1024 * 1024;

/**
 * Opens or begins the journal at `path`. A last line that was cut short by a crash is dropped. One process at a time.
 * @throws SoukError `TUNE_JOURNAL` when the file is not a journal or a line in it is broken, `TUNE_JOURNAL_OTHER` when
 * it belongs to a study with another space, sampler or direction.
 */
export async function openJournal(path: string, header: JournalHeader): Promise<Journal> {
  const file = await open(path, "a+");
  try {
    const { text, bytes } = await readWhole(file, path);
    const first = `${JSON.stringify(header)}\n`;
    if (text === "" && !first.startsWith(bytes.toString("utf8"))) throw notJournal(path);
    const torn = bytes.length - Buffer.byteLength(text);
    if (torn > 0) await file.truncate(bytes.length - torn);
    if (text === "") {
      await file.appendFile(first);
      await file.datasync();
      await syncFolder(dirname(path));
    }
    const lines = parseJournal(text === "" ? first : text, path);
    checkSame(lines.header, header, path);
    return writer(file, lines.lines);
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** The lines of a journal, read only; a torn tail is left out. @throws SoukError `TUNE_JOURNAL`. */
export async function readJournal(
  path: string,
): Promise<{ header: JournalHeader; lines: JournalLine[] }> {
  await using file = await open(path, "r");
  const { text } = await readWhole(file, path);
  return parseJournal(text, path);
}

function writer(file: FileHandle, lines: readonly JournalLine[]): Journal {
  let last = Promise.resolve();
  async function write(before: Promise<void>, line: JournalLine): Promise<void> {
    await before;
    await file.appendFile(`${JSON.stringify(line)}\n`);
    await file.datasync();
  }
  return {
    lines,
    append(line) {
      last = write(last, line);
      last.catch(() => {});
      return last;
    },
    async close() {
      await last.catch(() => {});
      await file.close();
    },
  };
}

/** The whole file, and the text of its complete lines. */
async function readWhole(file: FileHandle, path: string): Promise<{ text: string; bytes: Buffer }> {
  const { size } = await file.stat();
  if (size > MAX_BYTES)
    throw new SoukError(
      "TUNE_JOURNAL",
      `${path}: expected at most ${MAX_BYTES} bytes, got ${size}`,
    );
  const bytes = Buffer.alloc(size);
  const { bytesRead } = await file.read(bytes, 0, size, 0);
  const read = bytes.subarray(0, bytesRead);
  return { text: read.toString("utf8", 0, read.lastIndexOf(0x0a) + 1), bytes: read };
}

function parseJournal(text: string, path: string): { header: JournalHeader; lines: JournalLine[] } {
  const [header, ...lines] = text
    .split("\n")
    .slice(0, -1)
    .map((line, i) => parseJournalLine(line, `${path}:${i + 1}`));
  if (header?.kind !== "study") throw notJournal(path);
  return {
    header,
    lines: lines.map((line) => {
      if (line.kind === "study") throw notJournal(path);
      return line;
    }),
  };
}

function checkSame(got: JournalHeader, wanted: JournalHeader, path: string): void {
  if (got.mark === wanted.mark) return;
  throw new SoukError(
    "TUNE_JOURNAL_OTHER",
    `${path}: expected the journal of the same space, sampler, direction and warm start, got another study's`,
  );
}

function notJournal(path: string): SoukError {
  return new SoukError("TUNE_JOURNAL", `${path}: expected a journal that begins with its study`);
}
