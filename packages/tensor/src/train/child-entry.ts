/** The child process of a training: gets a job from a module, trains, writes the weights, and ends. */
import { errorCode, errorMessage, SoukError, writeFileAtomic } from "@souk/core";
import type { ChildMessage, StartOrder } from "./child.ts";
import type { TrainingEvent, TrainingJob } from "./job.ts";
import { writeSafetensors } from "../safetensors/write.ts";
import { train } from "./train.ts";

type ParentMessage = StartOrder | { readonly kind: "cancel" };

/** A child whose parent is gone ends by force when it does not end by itself. */
const ORPHAN_MS = 10_000;

const cancel = new AbortController();
process.on("message", (message: ParentMessage) => {
  if (message.kind === "cancel") cancel.abort();
  else void work(message);
});
process.on("disconnect", () => {
  cancel.abort();
  setTimeout(() => process.kill(process.pid, "SIGKILL"), ORPHAN_MS).unref();
});

async function work(order: StartOrder): Promise<void> {
  const events = new EventQueue();
  try {
    const job = await jobOf(order);
    const { weights, ...summary } = await train(job, {
      signal: cancel.signal,
      onEvent: (event) => events.add(event),
    });
    await writeFileAtomic(order.weightsFile, writeSafetensors(weights));
    events.send();
    await say({ kind: "done", summary });
  } catch (thrown) {
    events.send();
    await say({
      kind: "failed",
      code: errorCode(thrown) ?? "TRAIN_FAILED",
      message: errorMessage(thrown),
      details: thrown instanceof SoukError ? thrown.details : undefined,
    });
  }
  process.exit();
}

async function jobOf({ module, export: name, input }: StartOrder): Promise<TrainingJob> {
  const found: Readonly<Record<string, unknown>> = await import(module).catch((cause: unknown) => {
    throw new SoukError("TRAIN_MODULE", `${module} cannot be loaded: ${errorMessage(cause)}`, {
      cause,
    });
  });
  const create = found[name];
  if (typeof create !== "function") {
    throw new SoukError("TRAIN_MODULE", `${module} exports no function ${name}`);
  }
  const job: TrainingJob = await create(input);
  return job;
}

/** Sends events together, once per turn of the event loop: a message for each would cost more than a small step. */
class EventQueue {
  #events: TrainingEvent[] = [];
  #timer: NodeJS.Immediate | undefined;

  add(event: TrainingEvent): void {
    this.#events.push(event);
    this.#timer ??= setImmediate(() => this.send());
  }

  send(): void {
    clearImmediate(this.#timer);
    this.#timer = undefined;
    if (this.#events.length > 0) void say({ kind: "events", events: this.#events });
    this.#events = [];
  }
}

/** Resolves when the parent has it, or is gone. */
function say(message: ChildMessage): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected || !process.send) resolve();
    else process.send(message, () => resolve());
  });
}
