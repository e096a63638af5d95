import { appendFile, mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errorCode } from "@souk/core";
import type { JobEvent } from "../training-values.ts";

/** The events of one job: a JSON Lines file that any process can read, and live listeners in this one. */
export class JobLog {
  readonly #path: string;
  readonly #listeners = new Set<() => void>();
  #events: JobEvent[] = [];
  #written: Promise<void> = Promise.resolve();
  #ended = false;

  constructor(directory: string, jobId: string) {
    this.#path = join(directory, `${jobId}.jsonl`);
  }

  /** Everything so far. */
  get events(): readonly JobEvent[] {
    return this.#events;
  }

  add(kind: string, data: object, at: number): JobEvent {
    const event = { sequence: this.#events.length + 1, at, kind, data };
    this.#events.push(event);
    this.#written = this.#written.then(() => append(this.#path, event));
    for (const wake of this.#listeners) wake();
    return event;
  }

  /** No more events will come; resolves when all are on disk. */
  async end(): Promise<void> {
    this.#ended = true;
    for (const wake of this.#listeners) wake();
    await this.#written;
  }

  /** Events from `after` + 1, then live until `end` or `signal`. */
  async *follow(after = 0, signal?: AbortSignal): AsyncIterable<JobEvent> {
    let next = after;
    for (;;) {
      if (signal?.aborted) return;
      const event = this.#events[next];
      if (event) {
        next++;
        yield event;
      } else if (this.#ended) return;
      else await this.#change(signal);
    }
  }

  #change(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#listeners.delete(wake);
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      this.#listeners.add(wake);
      signal?.addEventListener("abort", wake, { once: true });
    });
  }
}

/** The recorded events of a job of an earlier or another process; a half-written last line is left out. */
export async function readJobLog(directory: string, jobId: string): Promise<JobEvent[]> {
  const text = await readFile(join(directory, `${jobId}.jsonl`), "utf8").catch((cause: unknown) => {
    if (errorCode(cause) === "ENOENT") return "";
    throw cause;
  });
  const complete = text.slice(0, text.lastIndexOf("\n") + 1);
  // Each whole line was written by `append` below.
  return complete
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as JobEvent);
}

async function append(path: string, event: JobEvent): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await appendFile(path, `${JSON.stringify(event)}\n`);
}
