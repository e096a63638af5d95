import { readSentEvents } from "@souk/api";

/** One thing the stream of a tab brought. */
export type LiveNews =
  | { readonly kind: "opened" }
  /** Nothing happened; `id` is "" or where the stream stands. */
  | { readonly kind: "heartbeat"; readonly id: string }
  | { readonly kind: "event"; readonly id: string; readonly data: unknown };

/**
 * Events and heartbeats of a stream, in order; data that is not JSON is a heartbeat: one such event must not end the rest.
 * @throws SoukError `API_ANSWER` for an event above a million characters.
 */
export async function* readNews(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<LiveNews> {
  for await (const { id, data } of readSentEvents(body)) {
    const parsed = parsedOf(data);
    yield parsed === undefined ? { kind: "heartbeat", id } : { kind: "event", id, data: parsed };
  }
}

/** Undefined for what is not JSON, as an empty text is. */
function parsedOf(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}
