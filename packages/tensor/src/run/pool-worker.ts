/** The thread of a pool: one session, which computes what it is asked. */
import { errorCode, errorMessage } from "@souk/core";
import { parentPort, workerData } from "node:worker_threads";
import { openSession, type Session, type SessionOptions } from "./session.ts";
import type { Signature, Tensors } from "./signature.ts";
import { type Answer, type Order, undisturbed } from "./thread.ts";

/** What the pool gives a thread to start with. */
export interface PoolWorkerData {
  readonly model: Uint8Array | string;
  readonly options: SessionOptions;
  readonly warmUp: readonly Tensors[];
  readonly marks: Int32Array;
  readonly index: number;
}

/** One run: what a pool asks its threads. */
export interface PoolRun {
  readonly inputs: Tensors;
  readonly wanted: readonly string[];
}

const port = parentPort;
if (port) {
  const data: PoolWorkerData = workerData;
  const work = <T>(task: () => Promise<T>) => undisturbed(data.marks, { ...data, work: task });
  const say = (answer: Answer, transfer: ArrayBuffer[] = []) => port.postMessage(answer, transfer);
  try {
    const session = await work(() => openAndWarmUp(data));
    const signature: Signature = { inputs: session.inputs, outputs: session.outputs };
    port.on("message", (order: Order) => {
      if (order.kind === "end") void work(() => session.close()).then(() => port.close());
      else void answer(order.question as PoolRun, session);
    });
    port.on("messageerror", (cause) => say(failure(cause)));
    say({ kind: "ready", value: signature });
  } catch (cause) {
    say(failure(cause));
    port.close();
  }

  async function answer({ inputs, wanted }: PoolRun, session: Session): Promise<void> {
    try {
      const outputs = await work(() => session.run(inputs, wanted));
      say({ kind: "done", value: outputs }, buffersOf(outputs));
    } catch (cause) {
      say(failure(cause));
    }
  }
}

async function openAndWarmUp({ model, options, warmUp }: PoolWorkerData): Promise<Session> {
  const session = await openSession(model, options);
  for (const inputs of warmUp) await session.run(inputs);
  return session;
}

function failure(cause: unknown): Answer {
  return { kind: "failed", code: errorCode(cause) ?? "POOL_WORKER", message: errorMessage(cause) };
}

/** Outputs are fresh memory of their own, so they can move instead of being copied. */
function buffersOf(outputs: Tensors): ArrayBuffer[] {
  return Object.values(outputs).flatMap(({ data }) =>
    data.buffer instanceof ArrayBuffer ? [data.buffer] : [],
  );
}
