import { SoukError } from "@souk/core";
import type { Serving } from "@souk/serving";
import type { ServingNoun } from "../souk-interface.ts";

/** Serving that starts its threads when it is first needed, so that a command that never predicts never pays for it. */
export interface LazyServing {
  readonly noun: ServingNoun;
  /** Starts now, or waits for the start under way. */
  open(): Promise<Serving>;
  /** Follows the registry at once, if it has started. */
  follow(): Promise<void>;
  close(): Promise<void>;
}

/** @param trainedAt when a model's champion began to learn, epoch ms; `undefined` while there is none. */
export function createLazyServing(
  start: () => Promise<Serving>,
  trainedAt: (model: string) => Promise<number | undefined>,
): LazyServing {
  let starting: Promise<Serving> | undefined;
  let live: Serving | undefined;
  let closed = false;

  async function startOnce(): Promise<Serving> {
    live = await start();
    return live;
  }

  function open(): Promise<Serving> {
    if (closed)
      return Promise.reject(new SoukError("SERVING_CLOSED", "Souk is closing; no new predictions"));
    starting ??= startOnce().catch((thrown: unknown) => {
      starting = undefined;
      throw thrown;
    });
    return starting;
  }

  return {
    noun: {
      predict: async (request) => (await open()).predict(request),
      models: () => live?.models() ?? [],
      card: async (model, ref) => (await open()).card(model, ref),
      predictionsOf: async (options) => (await open()).predictionsOf(options),
      prediction: async (id) => (await open()).prediction(id),
      inputHashes: async (request) => (await open()).inputHashes(request),
      embed: async (request) => (await open()).embed(request),
      comparables: async (request) => (await open()).comparables(request),
      explain: async (request) => (await open()).explain(request),
      correct: async (id, correction) => (await open()).correct(id, correction),
      correctRow: async (request) => (await open()).correctRow(request),
      corrections: async (options) => (await open()).corrections(options),
      async correctionCount(model) {
        const since = await trainedAt(model);
        const live = await open();
        const total = await live.correctionCount({ model });
        if (since === undefined) return { model, total, sinceTraining: total };
        const sinceTraining = await live.correctionCount({ model, since });
        return { model, total, sinceTraining, trainedAt: since };
      },
      outcome: async (id, outcome) => (await open()).outcome(id, outcome),
      async *predictFile(request) {
        yield* (await open()).predictFile(request);
      },
      health: () => live?.health() ?? { ready: false, reasons: ["serving has not started"] },
      stats: async (options) => (await open()).stats(options),
    },
    open,
    async follow() {
      if (!closed) await live?.refresh();
    },
    async close() {
      closed = true;
      const opened = await starting?.catch(() => undefined);
      await opened?.close();
    },
  };
}
