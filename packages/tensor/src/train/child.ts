/**
 * A training in a process of its own, so that neither its load nor its death touches the caller:
 *
 *     parent ──{kind:"start", …}──► child      once
 *     parent ──{kind:"cancel"}────► child      the training ends after the step under way
 *     child ──{kind:"events", events}──► parent    any number
 *     child ──{kind:"done", summary}───► parent    once, when the weights are in their file
 *     child ──{kind:"failed", code, …}─► parent    once
 *
 * When the parent dies, the channel closes, and the child ends.
 */
import { type ChildProcess, fork } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SoukError } from "@souk/core";
import type { Weights } from "../graph/to-onnx.ts";
import type { TrainingEvent, TrainingResult } from "./job.ts";
import { readSafetensors } from "../safetensors/read.ts";

/** Where the job comes from: `module`'s export `export` is called with `input` in the child and gives a `TrainingJob`. */
export interface JobSource {
  /** A file URL. */
  readonly module: URL | string;
  readonly export: string;
  /** Any value that can be cloned (`structuredClone`). */
  readonly input?: unknown;
}

/** How to follow and stop the child. */
export interface ChildOptions {
  /** Ends the training after the step under way, and the child by force when that takes longer than `graceMs`. */
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: TrainingEvent) => void;
  /** Milliseconds after which the training is ended as if cancelled. */
  readonly timeoutMs?: number;
  readonly graceMs?: number;
  /** Where the weights go, as safetensors; a new temporary folder when left out. The file is the caller's. */
  readonly weightsFile?: string;
  /** Told the child's process id. */
  readonly onStart?: (pid: number) => void;
}

/** What a training in a child leaves. */
export interface ChildResult extends Omit<TrainingResult, "weights"> {
  readonly weightsFile: string;
  /** Reads the weights from their file. */
  weights(): Promise<Weights>;
}

/** The order that starts a child. */
export interface StartOrder {
  readonly kind: "start";
  readonly module: string;
  readonly export: string;
  readonly input: unknown;
  readonly weightsFile: string;
}

/** What a child says. */
export type ChildMessage =
  | { readonly kind: "events"; readonly events: readonly TrainingEvent[] }
  | { readonly kind: "done"; readonly summary: Omit<TrainingResult, "weights"> }
  | {
      readonly kind: "failed";
      readonly code: string;
      readonly message: string;
      readonly details: Readonly<Record<string, unknown>> | undefined;
    };

/**
 * Trains in a child process.
 *
 * @throws SoukError what `train` throws, `TRAIN_MODULE` when the job cannot be had, `TRAIN_CANCELLED` after `signal`,
 * `TRAIN_TIMEOUT` after `timeoutMs`, `TRAIN_CRASHED` with exit code or signal and the last lines of what it printed
 * when the child died without a word.
 */
export async function trainInChild(
  source: JobSource,
  { weightsFile, ...options }: ChildOptions = {},
): Promise<ChildResult> {
  if (options.signal?.aborted) throw cancelled(options.signal);
  const folder =
    weightsFile === undefined ? await mkdtemp(join(tmpdir(), "souk-train-")) : undefined;
  const path = weightsFile ?? join(String(folder), "weights.safetensors");
  const order: StartOrder = {
    kind: "start",
    module: String(source.module),
    export: source.export,
    input: source.input,
    weightsFile: path,
  };
  try {
    const summary = await new ChildTraining(order, options).ending;
    const weights = async () => readSafetensors(await readFile(path)).tensors;
    return { ...summary, weightsFile: path, weights };
  } catch (thrown) {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    throw thrown;
  }
}

/** Characters kept of what a child prints. */
const OUTPUT_CHARACTERS = 8000;
const LINES_IN_MESSAGE = 12;

class ChildTraining {
  readonly ending: Promise<Omit<TrainingResult, "weights">>;
  readonly #options: ChildOptions;
  readonly #child: ChildProcess;
  readonly #outcome = Promise.withResolvers<Omit<TrainingResult, "weights">>();
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #onAbort = () => this.#cancel(cancelled(this.#options.signal));
  readonly #onParentExit = () => void this.#child.kill("SIGKILL");
  #last: ChildMessage | undefined;
  #stopped: SoukError | undefined;
  #printed = "";

  constructor(order: StartOrder, options: ChildOptions) {
    this.#options = options;
    this.ending = this.#outcome.promise;
    this.#child = fork(new URL("./child-entry.ts", import.meta.url), {
      serialization: "advanced",
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      execArgv: ["--disable-warning=ExperimentalWarning"],
    });
    this.#listen();
    this.#child.send(order);
    process.on("exit", this.#onParentExit);
    options.signal?.addEventListener("abort", this.#onAbort, { once: true });
    const { timeoutMs } = options;
    if (timeoutMs === undefined) return;
    const late = new SoukError("TRAIN_TIMEOUT", `the training took longer than ${timeoutMs} ms`);
    this.#timers.push(setTimeout(() => this.#cancel(late), timeoutMs));
  }

  #listen(): void {
    const child = this.#child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (data: Buffer) => {
        this.#printed = (this.#printed + data.toString()).slice(-OUTPUT_CHARACTERS);
      });
    }
    child.on("spawn", () => this.#options.onStart?.(child.pid ?? 0));
    child.on("message", (message: ChildMessage) => this.#hear(message));
    child.on("error", (cause) => this.#fail(cause));
    child.on("close", (code, signal) => this.#end(code, signal));
  }

  #hear(message: ChildMessage): void {
    if (message.kind !== "events") {
      this.#last = message;
      return;
    }
    try {
      for (const event of message.events) this.#options.onEvent?.(event);
    } catch (thrown) {
      this.#fail(thrown);
      this.#child.kill("SIGKILL");
    }
  }

  #cancel(reason: SoukError): void {
    if (this.#stopped) return;
    this.#stopped = reason;
    const { graceMs = 10_000 } = this.#options;
    if (this.#child.connected) this.#child.send({ kind: "cancel" });
    this.#timers.push(setTimeout(() => this.#child.kill("SIGKILL"), graceMs));
  }

  #end(code: number | null, signal: NodeJS.Signals | null): void {
    const last = this.#last;
    if (last?.kind === "done") this.#settle(() => this.#outcome.resolve(last.summary));
    else if (this.#stopped) this.#fail(this.#stopped);
    else if (last?.kind === "failed") this.#fail(failure(last));
    else this.#fail(crashed(signal ?? `exit code ${code}`, this.#printed));
  }

  #fail(error: unknown): void {
    this.#settle(() => this.#outcome.reject(error));
  }

  #settle(settle: () => void): void {
    for (const timer of this.#timers) clearTimeout(timer);
    process.off("exit", this.#onParentExit);
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    settle();
  }
}

function failure({ code, message, details }: ChildMessage & { kind: "failed" }): SoukError {
  return new SoukError(code, message, { details });
}

function crashed(reason: string, printed: string): SoukError {
  const lines = printed.trim().split("\n").slice(-LINES_IN_MESSAGE).join("\n");
  return new SoukError(
    "TRAIN_CRASHED",
    `the training's process ended with ${reason}: ${lines || "it said nothing"}`,
  );
}

function cancelled(signal: AbortSignal | undefined): SoukError {
  return new SoukError("TRAIN_CANCELLED", "the training was cancelled", { cause: signal?.reason });
}
