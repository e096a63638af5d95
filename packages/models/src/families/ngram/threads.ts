import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { SoukError } from "@souk/core";
import type { KernelSource } from "./kernel.ts";
import { CONTROL_DONE, CONTROL_STOP, viewsOf } from "./layout.ts";
import type { EpochOrder } from "./schedule.ts";
import type { WorkerSetup } from "./worker.ts";

/** Threads that train on one memory without locks (Hogwild). One owner closes them. */
export interface TrainingThreads {
  /**
   * Runs one epoch; resolves to the sum of the losses. `onProgress` hears the documents done, a few times a second.
   * @throws the signal's reason after every thread has stopped.
   */
  runEpoch(
    order: EpochOrder,
    options: { signal?: AbortSignal; onProgress?: (done: number) => void },
  ): Promise<number>;
  close(): Promise<void>;
}

const PROGRESS_MS = 250;

/** Starts `layout.shape.threads` threads and waits until they run. */
export async function startThreads(source: KernelSource): Promise<TrainingThreads> {
  const { control } = viewsOf(source.buffer, source.layout);
  const workers: Worker[] = [];
  for (let thread = 0; thread < source.layout.shape.threads; thread++) {
    const setup: WorkerSetup = { source, thread };
    workers.push(new Worker(new URL("./worker.ts", import.meta.url), { workerData: setup }));
  }
  return {
    async runEpoch(order, { signal, onProgress }) {
      signal?.throwIfAborted();
      Atomics.store(control, CONTROL_DONE, 0);
      const stop = (): void => void Atomics.store(control, CONTROL_STOP, 1);
      signal?.addEventListener("abort", stop);
      const timer = setInterval(
        () => onProgress?.(Atomics.load(control, CONTROL_DONE)),
        PROGRESS_MS,
      );
      try {
        const losses = await Promise.all(workers.map((worker) => runOne(worker, order)));
        signal?.throwIfAborted();
        return losses.reduce((sum, loss) => sum + loss, 0);
      } finally {
        clearInterval(timer);
        signal?.removeEventListener("abort", stop);
      }
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

async function runOne(worker: Worker, order: EpochOrder): Promise<number> {
  const ended = new AbortController();
  const { signal } = ended;
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread has no origin
  worker.postMessage(order);
  try {
    const reply: unknown[] = await Promise.race([
      once(worker, "message", { signal }),
      once(worker, "exit", { signal }).then(() => {
        throw new SoukError("NGRAM_THREAD", "expected the training thread to answer, it ended");
      }),
    ]);
    return Number(reply[0]);
  } finally {
    ended.abort();
  }
}
