/**
 * One model in several worker threads, so that runs go on side by side and the calling thread stays free. Inputs may
 * have other lengths in every run where the model leaves them open.
 */
import { SoukError } from "@souk/core";
import { availableParallelism } from "node:os";
import { type Transferable, Worker } from "node:worker_threads";
import type { ValueInfo } from "../onnx/model.ts";
import type { Tensor, TensorData } from "../onnx/tensor.ts";
import type { PoolRun, PoolWorkerData } from "./pool-worker.ts";
import type { SessionOptions } from "./session.ts";
import { checkInputs, checkWanted, type Signature, type Tensors } from "./signature.ts";
import { type ThreadCounts, Threads } from "./threads.ts";

/** How a pool computes. */
export interface PoolOptions extends Omit<SessionOptions, "optimizedModelPath"> {
  /** Worker threads, each with a copy of the model; one per core by default. */
  readonly workers?: number;
  /** Threads inside one run (1): `workers` times `threads` should not exceed the cores. */
  readonly threads?: number;
  /** Inputs that every worker computes once before the pool is ready: the first run of a shape is slower. */
  readonly warmUp?: readonly Tensors[];
  /** Runs that may wait for a worker (1,024); one more is refused with `POOL_FULL`. */
  readonly maxQueued?: number;
}

/** How one run is made. */
export interface PoolRunOptions {
  /** Names of the outputs to compute; all by default. */
  readonly wanted?: readonly string[];
  /** Takes a waiting run back. One under way cannot be stopped: its answer is dropped. */
  readonly signal?: AbortSignal;
  /** Gives the memory of the inputs to the worker instead of a copy: the caller's arrays become empty. */
  readonly transfer?: boolean;
}

/** A model ready to run in worker threads. */
export interface Pool extends Signature {
  /** What the threads are doing and have done. */
  readonly counts: ThreadCounts;
  /**
   * Computes outputs in the next free worker. Inputs are copied at the call, unless they are transferred or live in
   * shared memory.
   *
   * @throws SoukError `SESSION_INPUT` and `SESSION_OUTPUT` at once, before the run waits; `POOL_FULL` when too many
   * wait; `POOL_WORKER` when the worker died during the run (it is replaced); `POOL_CLOSED` after `close`;
   * `POOL_MESSAGE` when inputs were transferred before; `SESSION_RUN` when the computation fails. The reason of `signal` when it is aborted.
   */
  run(inputs: Tensors, options?: PoolRunOptions): Promise<Tensors>;
  /** Finishes the runs that wait (or refuses them when `drain` is false) and those under way, then ends the workers. */
  close(options?: { drain?: boolean }): Promise<void>;
}

/**
 * Loads a model into worker threads and waits until each has computed the warm-up.
 *
 * The pool keeps the process alive until it is closed. When the process exits without closing it, the exit waits for
 * the runs under way (ONNX Runtime would abort the process), and no other run starts.
 *
 * @param model bytes of an ONNX file, or the path of one of our own with external data.
 * @throws SoukError `SESSION_LOAD` when ONNX Runtime refuses the model, `POOL_OPTIONS` when a count makes no sense, and
 * what the warm-up failed with.
 */
export async function openPool(
  model: Uint8Array | string,
  {
    workers = availableParallelism(),
    threads = 1,
    warmUp = [],
    maxQueued = 1024,
    ...session
  }: PoolOptions = {},
): Promise<Pool> {
  checkCount("workers", workers, 1);
  checkCount("threads", threads, 0);
  checkCount("maxQueued", maxQueued, 0);
  const shared = { model: share(model), options: { threads, ...session }, warmUp };
  const crew = new Threads({
    workers,
    maxQueued,
    start: (index, marks) => {
      const workerData: PoolWorkerData = { ...shared, index, marks };
      return new Worker(new URL("./pool-worker.ts", import.meta.url), {
        workerData,
        name: `souk pool ${index}`,
        execArgv: [], // those of `node --eval` would not fit a file
      });
    },
  });
  const [signature] = await crew.startAll();
  return new OpenPool(crew, signature as Signature);
}

class OpenPool implements Pool {
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly #threads: Threads;

  constructor(threads: Threads, { inputs, outputs }: Signature) {
    this.#threads = threads;
    this.inputs = inputs;
    this.outputs = outputs;
  }

  get counts(): ThreadCounts {
    return this.#threads.counts;
  }

  async run(
    inputs: Tensors,
    {
      wanted = this.outputs.map(({ name }) => name),
      signal,
      transfer = false,
    }: PoolRunOptions = {},
  ): Promise<Tensors> {
    checkInputs(this, inputs);
    checkWanted(this, wanted);
    const sent = transfer ? inputs : copied(inputs);
    const question: PoolRun = { inputs: sent, wanted };
    const outputs = await this.#threads.ask(question, { transfer: buffersOf(sent), signal });
    return outputs as Tensors;
  }

  close(options?: { drain?: boolean }): Promise<void> {
    return this.#threads.close(options);
  }
}

/** The model's bytes once for all threads; each worker copies them only while it loads. */
function share(model: Uint8Array | string): Uint8Array | string {
  if (typeof model === "string" || model.buffer instanceof SharedArrayBuffer) return model;
  const bytes = new Uint8Array(new SharedArrayBuffer(model.byteLength));
  bytes.set(model);
  return bytes;
}

/** Each tensor in memory of its own: what is posted to a thread takes its whole buffer along. */
function copied(tensors: Tensors): Tensors {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, content]): [string, Tensor] => [
      name,
      isShared(content.data) ? content : { ...content, data: ownCopy(content.data) },
    ]),
  );
}

/** `slice` of a Node Buffer gives a view of the same memory, hence the constructor. */
function ownCopy(data: TensorData): TensorData {
  return new (data.constructor as new (from: TensorData) => TensorData)(data);
}

function buffersOf(tensors: Tensors): Transferable[] {
  const buffers = Object.values(tensors).map(({ data }) => data.buffer);
  return [...new Set(buffers)].filter((buffer) => buffer instanceof ArrayBuffer);
}

function isShared(data: TensorData): boolean {
  return data.buffer instanceof SharedArrayBuffer;
}

function checkCount(name: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new SoukError("POOL_OPTIONS", `expected ${name} to be at least ${least}, got ${value}`);
}
