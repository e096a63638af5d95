import { SoukError } from "@souk/core";
import type { InferenceThread } from "./inference-thread.ts";
import type { InferencePool } from "./pool.ts";

/** How long one call may take, and who may end it. */
export interface CallOptions {
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
  /** Bounded by its own caller: may come however many wait. */
  readonly isPatient?: boolean;
}

/** Calls that wait or run at once, per thread: each is one row or a few, and an explanation scores hundreds of variants. */
const MOST_PER_THREAD = 16;

/**
 * Work for the threads that does not come in batches: explanations, embeddings, photos to keep. Bounded in number and
 * in time; a thread that was asked goes on, its late answer is thrown away.
 */
export class DirectCalls {
  readonly #pool: InferencePool;
  #underWay = 0;

  constructor(pool: InferencePool) {
    this.#pool = pool;
  }

  /**
   * Does `work` on a thread that holds `key`, or on any without a key.
   * @throws SoukError `SERVING_OVERLOADED`, `SERVING_DEADLINE`, `SERVING_ABORTED`; what `work` throws.
   */
  async run<T>(
    key: string | undefined,
    work: (thread: InferenceThread) => Promise<T>,
    { deadlineMs, signal, isPatient = false }: CallOptions,
  ): Promise<T> {
    const most = MOST_PER_THREAD * this.#pool.state.workers;
    if (this.#underWay >= most && !isPatient) {
      throw new SoukError(
        "SERVING_OVERLOADED",
        `${this.#underWay} calls wait for the threads already (at most ${most}): try again later`,
      );
    }
    if (signal?.aborted) throw aborted();
    this.#underWay++;
    const answer = this.#pool.ask(key, work).finally(() => this.#underWay--);
    return within(answer, { deadlineMs, signal });
  }
}

async function within<T>(answer: Promise<T>, { deadlineMs, signal }: CallOptions): Promise<T> {
  const given = Promise.withResolvers<never>();
  given.promise.catch(() => undefined);
  answer.catch(() => undefined);
  const timer = setTimeout(() => given.reject(late(deadlineMs)), deadlineMs);
  const onAbort = (): void => given.reject(aborted());
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([answer, given.promise]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

function late(deadlineMs: number): SoukError {
  return new SoukError("SERVING_DEADLINE", `expected an answer within ${deadlineMs} ms, got none`);
}

function aborted(): SoukError {
  return new SoukError("SERVING_ABORTED", "the caller gave up");
}
