import { SoukError } from "@souk/core";

/** Longest event taken: a server that never ends a line must not fill the memory. */
const LONGEST_EVENT = 1_000_000;

/** One block of a stream of server-sent events. */
export interface SentEvent {
  /** Where the stream stands; "" when the block does not say. */
  readonly id: string;
  /** "" for a heartbeat. */
  readonly data: string;
}

/**
 * Events and heartbeats of a stream, in order, wherever the bytes are cut. Cancels the stream when one stops reading.
 *
 * @throws SoukError `API_ANSWER` for an event above a million characters.
 * Source: WHATWG HTML, 9.2 server-sent events.
 */
export async function* readSentEvents(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<SentEvent> {
  let text = "";
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      text += value.replaceAll("\r", "");
      const blocks = text.split("\n\n");
      text = blocks.pop() ?? "";
      if (text.length > LONGEST_EVENT)
        throw new SoukError("API_ANSWER", `An event is longer than ${LONGEST_EVENT} characters`);
      for (const block of blocks) yield sentEventOf(block);
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/**
 * The `data` of each server-sent event, parsed as JSON; heartbeats are passed over. Ends when the server ends the stream.
 *
 * @throws SoukError `API_ANSWER` for an event above a million characters or that is not JSON.
 */
export async function* readEvents<T>(open: () => Promise<Response>): AsyncGenerator<T> {
  const response = await open();
  if (!response.body) return;
  for await (const { data } of readSentEvents(response.body)) {
    // The table promises `T`; the server keeps the promise.
    if (data !== "") yield parseEvent(data) as T;
  }
}

function sentEventOf(block: string): SentEvent {
  let id = "";
  const data: string[] = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("data:")) data.push(line.slice(5).trimStart());
    if (line.startsWith("id:")) id = line.slice(3).trim();
  }
  return { id, data: data.join("\n") };
}

function parseEvent(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch (cause) {
    throw new SoukError("API_ANSWER", "Expected JSON in an event", { cause });
  }
}
