/** An event file: curves, histograms and texts that TensorBoard opens, also while they are being written. */
import { type Clock, errorMessage, SoukError } from "@souk/core";
import { type FileHandle, mkdir, open } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { histogramEvent, type Moment, scalarEvent, textEvent, versionEvent } from "./event.ts";
import { countValues } from "./histogram.ts";
import { frameRecord } from "./record.ts";

/** How an event file is written. */
export interface EventFileOptions {
  /** Where the time of each event comes from. */
  readonly clock: Clock;
  /** Events wait in memory until they are this old (5,000), when the next one takes them to the file. */
  readonly flushAfterMs?: number;
}

/** An open event file. What it is given is on its way to the file; `flush` and `close` wait for it. */
export interface EventFile {
  readonly path: string;
  /** One point of the curve `tag`, kept as float32. "train/loss" stands in the group "train". */
  scalar(tag: string, value: number, step: number): void;
  /** How the values of a tensor are spread at a step, in 30 buckets; values that are not finite are left out. */
  histogram(tag: string, values: ArrayLike<number>, step: number): void;
  /** A text, shown as Markdown. */
  text(tag: string, content: string, step: number): void;
  /**
   * Waits until everything given so far is in the file, where it survives the end of this process.
   *
   * @throws SoukError `EVENT_FILE_WRITE` when it, or an earlier write, failed.
   */
  flush(): Promise<void>;
  /** Flushes and closes. Calling it again is the same call. */
  close(): Promise<void>;
}

/**
 * A new event file in `folder`, which is made when missing. A folder is one run in TensorBoard; it may hold several
 * files (one for each start of a training that resumes).
 *
 * @throws SoukError `EVENT_FILE_WRITE` when the file cannot be made. Methods throw `EVENT_VALUE` when a tag is empty or
 * a step is not a whole number of at least 0, `EVENT_FILE_CLOSED` after `close`.
 */
export async function openEventFile(
  folder: string,
  { clock, flushAfterMs = 5000 }: EventFileOptions,
): Promise<EventFile> {
  try {
    await mkdir(folder, { recursive: true });
    const seconds = clock.now() / 1000;
    const file = await create(folder, Math.floor(seconds));
    const events = new OpenEventFile(file, { clock, flushAfterMs });
    events.add(versionEvent(seconds));
    await events.flush();
    return events;
  } catch (cause) {
    throw new SoukError("EVENT_FILE_WRITE", `${folder}: ${errorMessage(cause)}`, { cause });
  }
}

interface NewFile {
  readonly path: string;
  readonly handle: FileHandle;
}

/** TensorBoard takes files whose name holds "tfevents" and orders them by the seconds in it. */
async function create(folder: string, seconds: number): Promise<NewFile> {
  const start = `events.out.tfevents.${String(seconds).padStart(10, "0")}.${hostname()}.${process.pid}`;
  for (let count = 0; ; count++) {
    const path = join(folder, `${start}.${count}`);
    try {
      return { path, handle: await open(path, "wx") };
    } catch (cause) {
      if (!(cause instanceof Error && "code" in cause && cause.code === "EEXIST")) throw cause;
    }
  }
}

class OpenEventFile implements EventFile {
  readonly path: string;
  readonly #handle: FileHandle;
  readonly #clock: Clock;
  readonly #flushAfterMs: number;
  #waiting: Uint8Array[] = [];
  #waitingSinceMs = 0;
  #writing: Promise<void> = Promise.resolve();
  #failure: unknown;
  #closing: Promise<void> | undefined;

  constructor(
    { path, handle }: NewFile,
    { clock, flushAfterMs }: { clock: Clock; flushAfterMs: number },
  ) {
    this.path = path;
    this.#handle = handle;
    this.#clock = clock;
    this.#flushAfterMs = flushAfterMs;
  }

  scalar(tag: string, value: number, step: number): void {
    this.add(scalarEvent(tag, value, this.#moment(tag, step)));
  }

  histogram(tag: string, values: ArrayLike<number>, step: number): void {
    this.add(histogramEvent(tag, countValues(values), this.#moment(tag, step)));
  }

  text(tag: string, content: string, step: number): void {
    this.add(textEvent(tag, content, this.#moment(tag, step)));
  }

  add(event: Uint8Array): void {
    if (this.#closing) throw new SoukError("EVENT_FILE_CLOSED", `${this.path} is closed`);
    if (this.#waiting.length === 0) this.#waitingSinceMs = this.#clock.now();
    this.#waiting.push(frameRecord(event));
    if (this.#clock.now() - this.#waitingSinceMs >= this.#flushAfterMs) this.#write();
  }

  async flush(): Promise<void> {
    this.#write();
    await this.#writing;
    if (this.#failure === undefined) return;
    const reason = errorMessage(this.#failure);
    throw new SoukError("EVENT_FILE_WRITE", `${this.path}: ${reason}`, { cause: this.#failure });
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    try {
      await this.flush();
    } finally {
      await this.#handle.close();
    }
  }

  /** Writes what waits, after what is being written. A failure is kept for `flush`: nothing is written after it. */
  #write(): void {
    if (this.#waiting.length === 0) return;
    const bytes = Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#writing = this.#writing
      .then(() => (this.#failure === undefined ? this.#handle.appendFile(bytes) : undefined))
      .catch((cause: unknown) => {
        this.#failure = cause;
      });
  }

  #moment(tag: string, step: number): Moment {
    if (tag === "") throw new SoukError("EVENT_VALUE", "expected a tag, got an empty text");
    if (!Number.isSafeInteger(step) || step < 0) {
      throw new SoukError("EVENT_VALUE", `${tag}: expected a step of at least 0, got ${step}`);
    }
    return { seconds: this.#clock.now() / 1000, step };
  }
}
