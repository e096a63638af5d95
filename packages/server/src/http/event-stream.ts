import { Readable } from "node:stream";
import { SoukError } from "@souk/core";
import type { Logger } from "pino";
import type { Principal } from "../accounts/account-values.ts";
import type { Call } from "./call.ts";
import type { ServerState } from "./state.ts";

/** Proxies and clients give up on a silent connection; most wait at least half a minute. */
const HEARTBEAT_MS = 15_000;
/** Events waiting for a slow reader; beyond this the stream ends, and the reader comes back and resumes. */
const WAITING = 1000;
const STREAMS = 500;
const STREAMS_OF_ONE = 20;

/** One event to send; `id` is what the reader resumes from. Without data, it says where the stream begins. */
export interface ServerEvent {
  readonly id?: number;
  readonly data?: object;
}

/** Where events come from: hands each to `push`, until the returned function is called or it ends by itself. */
export type EventSource = (push: (event: ServerEvent) => void, end: () => void) => () => void;

/**
 * Sends events as they come, with heartbeats, until the source ends, the reader hangs up or falls too far behind, its
 * token stops being good, or the server closes.
 * @throws SoukError `HTTP_STREAMS` when too many are open. Source: WHATWG HTML, 9.2 server-sent events.
 */
export function sendEvents(
  state: ServerState,
  call: Pick<Call<"events">, "principal" | "reply" | "signal" | "request">,
  source: EventSource,
): Readable {
  const { principal, reply, signal } = call;
  enter(state, principal);
  const queue = createQueue();
  queue.push(": welcome\n\n");
  const stop = source((event) => queue.push(textOf(event)), queue.end);
  const heartbeat = setInterval(() => {
    queue.push(": still here\n\n");
    void endUnlessGood(state, call.request.headers.authorization, queue.end);
  }, HEARTBEAT_MS);
  heartbeat.unref();
  const onAbort = (): void => queue.end();
  for (const one of [signal, state.closing]) one.addEventListener("abort", onAbort);
  if (signal.aborted || state.closing.aborted) queue.end();

  const stream = Readable.from(queue.lines(), { objectMode: false, highWaterMark: 16 * 1024 });
  stream.once("close", () => {
    clearInterval(heartbeat);
    for (const one of [signal, state.closing]) one.removeEventListener("abort", onAbort);
    stop();
    leave(state, principal);
  });
  void reply
    .type("text/event-stream; charset=utf-8")
    .header("cache-control", "no-store")
    .header("x-accel-buffering", "no");
  return stream;
}

/** Hands on an async iterable, one event at a time. */
export function eventsFrom(
  log: Logger,
  items: (signal: AbortSignal) => AsyncIterable<ServerEvent>,
): EventSource {
  return (push, end) => {
    const stop = new AbortController();
    void (async () => {
      try {
        for await (const item of items(stop.signal)) push(item);
      } finally {
        end();
      }
    })().catch((err: unknown) => log.error({ err }, "an event source failed"));
    return () => stop.abort();
  };
}

function textOf(event: ServerEvent): string {
  const id = event.id === undefined ? "" : `id: ${event.id}\n`;
  const data = event.data === undefined ? "" : `data: ${JSON.stringify(event.data)}\n`;
  return `${id}${data}\n`;
}

/** Lines for one reader: never more than `WAITING`. */
function createQueue() {
  const waiting: string[] = [];
  let ended = false;
  let wake: (() => void) | undefined;
  function end(): void {
    ended = true;
    wake?.();
  }
  return {
    end,
    push(text: string): void {
      if (ended) return;
      if (waiting.length >= WAITING) {
        waiting.push("event: overflow\ndata: {}\n\n");
        return end();
      }
      waiting.push(text);
      wake?.();
    },
    async *lines(): AsyncGenerator<string> {
      for (;;) {
        const text = waiting.splice(0).join("");
        if (text !== "") yield text;
        else if (ended) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}

/** A stream must not outlive its token. */
async function endUnlessGood(
  state: ServerState,
  header: string | undefined,
  end: () => void,
): Promise<void> {
  try {
    await state.souk.accounts.authenticate((header ?? "").split(" ", 2)[1] ?? "");
  } catch {
    end();
  }
}

function enter(state: ServerState, principal: Principal): void {
  const { streams, metrics } = state;
  const own = streams.get(principal.id) ?? 0;
  let all = 0;
  for (const count of streams.values()) all += count;
  if (own >= STREAMS_OF_ONE || all >= STREAMS)
    throw new SoukError(
      "HTTP_STREAMS",
      `At most ${STREAMS_OF_ONE} event streams may be open: close one first`,
    );
  streams.set(principal.id, own + 1);
  metrics.streams.inc();
}

function leave(state: ServerState, principal: Principal): void {
  const left = (state.streams.get(principal.id) ?? 1) - 1;
  if (left === 0) state.streams.delete(principal.id);
  else state.streams.set(principal.id, left);
  state.metrics.streams.dec();
}
