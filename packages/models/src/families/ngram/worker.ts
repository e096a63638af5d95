import { parentPort, workerData } from "node:worker_threads";
import { createKernel, type KernelSource } from "./kernel.ts";
import { CONTROL_DONE, CONTROL_STOP, viewsOf } from "./layout.ts";
import { type EpochOrder, learningRate } from "./schedule.ts";

/** What the trainer hands a thread when it starts. */
export interface WorkerSetup {
  readonly source: KernelSource;
  readonly thread: number;
}

/** Documents between two looks at the shared counter. */
const BLOCK = 64;

/** Trains on this thread's share of each epoch until it is told to stop. Runs only inside a worker thread. */
function serve(setup: WorkerSetup): void {
  const { source, thread } = setup;
  const kernel = createKernel(source, thread);
  const { control } = viewsOf(source.buffer, source.layout);
  const { trainDocuments, threads } = source.layout.shape;
  const first = Math.floor((thread * trainDocuments) / threads);
  const last = Math.floor(((thread + 1) * trainDocuments) / threads);
  parentPort?.on("message", (order: EpochOrder) => {
    let loss = 0;
    for (let at = first; at < last && Atomics.load(control, CONTROL_STOP) === 0; at += BLOCK) {
      const end = Math.min(last, at + BLOCK);
      const done = Atomics.add(control, CONTROL_DONE, end - at);
      loss += kernel.train(at, end, learningRate(order, done / trainDocuments));
    }
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread has no origin
    parentPort?.postMessage(loss);
  });
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the trainer in this folder is the only sender
if (parentPort !== null) serve(workerData as WorkerSetup);
