/** The thread of an engine: does what it is told, in order, and ends itself when told to. */
import { errorCode, errorMessage } from "@souk/core";
import { parentPort, workerData } from "node:worker_threads";
import type { Tensors } from "../run/signature.ts";
import { undisturbed } from "../run/thread.ts";
import { Engine, type TrainAnswer } from "./engine.ts";
import type { EngineAnswer, EngineCalls, EngineOrder, EngineWorkerData } from "./engine-thread.ts";

const port = parentPort;
if (port) {
  const { threads, spinning, marks }: EngineWorkerData = workerData;
  const engine = new Engine({ threads, spinning });
  let last: Promise<void> = Promise.resolve();
  port.on("message", (order: EngineOrder) => {
    last = last.then(() => undisturbed(marks, { index: 0, work: () => obey(order) }));
  });

  async function obey({ id, call, argument }: EngineOrder): Promise<void> {
    try {
      const value = await perform(engine, call, argument);
      say({ id, value }, movable(call, value));
    } catch (cause) {
      say({ id, code: errorCode(cause) ?? "TRAIN_ENGINE", message: errorMessage(cause) }, []);
    }
    if (call === "close") port?.close();
  }

  function say(answer: EngineAnswer, transfer: ArrayBuffer[]): void {
    port?.postMessage(answer, transfer);
  }
}

function perform(engine: Engine, call: keyof EngineCalls, argument: never): unknown {
  return engine[call](argument);
}

/** Memory that the engine needs no more: batches that were used, outputs of a forward pass. */
function movable(call: keyof EngineCalls, value: unknown): ArrayBuffer[] {
  if (call === "train") return [...(value as TrainAnswer).buffers];
  if (call !== "forward") return [];
  const buffers = Object.values(value as Tensors).map(({ data }) => data.buffer);
  return [...new Set(buffers)].filter((buffer) => buffer instanceof ArrayBuffer);
}
