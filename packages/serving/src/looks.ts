import type { ColumnBatch } from "@souk/models";
import type { CallOptions, DirectCalls } from "./inference/direct-calls.ts";
import type { InferenceThread } from "./inference/inference-thread.ts";
import { checkInputs } from "./inputs.ts";
import type {
  ComparablesResponse,
  EmbedResponse,
  ExplainResponse,
  LookRequest,
} from "./serving.ts";
import type { AvailableVersion, LiveVersions } from "./versions/live-versions.ts";

/** Questions about rows that are no predictions: where they lie, and why they are answered as they are. */
export class Looks {
  readonly #versions: LiveVersions;
  readonly #calls: DirectCalls;

  constructor(versions: LiveVersions, calls: DirectCalls) {
    this.#versions = versions;
    this.#calls = calls;
  }

  /** A vector of length 1 per row. */
  embed(request: LookRequest, options: CallOptions): Promise<EmbedResponse> {
    return this.#ask(request, options, async ({ key, model, version }, batch, thread) => {
      const { rows, dim } = await thread.embed(key, batch);
      const embeddings = Array.from({ length: batch.length }, (_, row) =>
        normalised(rows.subarray(row * dim, (row + 1) * dim)),
      );
      return { model, version, dim, embeddings };
    });
  }

  /** For each row the training rows most like it. */
  comparables(
    { most, ...request }: LookRequest & { most: number },
    options: CallOptions,
  ): Promise<ComparablesResponse> {
    return this.#ask(request, options, async ({ key, model, version }, batch, thread) => {
      const comparables = await thread.compare(key, batch, most);
      return { model, version, comparables };
    });
  }

  /** What moved the first row's answer. */
  explain(
    { label, ...request }: LookRequest & { label?: string | number },
    options: CallOptions,
  ): Promise<ExplainResponse> {
    return this.#ask(request, options, async ({ key, model, version }, batch, thread) => {
      const explanation = await thread.explain(key, batch, label === undefined ? {} : { label });
      return { model, version, ...explanation };
    });
  }

  async #ask<T>(
    request: LookRequest,
    options: CallOptions,
    work: (live: AvailableVersion, batch: ColumnBatch, thread: InferenceThread) => Promise<T>,
  ): Promise<T> {
    const live = await this.#versions.lease(request.model, request);
    try {
      const batch = checkInputs(request.batch, live.card.signature);
      return await this.#calls.run(live.key, (thread) => work(live, batch, thread), options);
    } finally {
      this.#versions.release(live);
    }
  }
}

/** A vector of length 1 in the same direction; one of zeros stays as it is. */
function normalised(vector: Float32Array): Float32Array {
  let squares = 0;
  for (const value of vector) squares += value * value;
  const length = Math.sqrt(squares);
  return length > 0 ? vector.map((value) => value / length) : vector.slice();
}
