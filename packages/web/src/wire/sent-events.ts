/** One thing a stream of server-sent events brought. */
export type SentEvent =
  | { readonly kind: "opened" }
  /** Nothing happened; `id` is "" or where the stream stands. */
  | { readonly kind: "heartbeat"; readonly id: string }
  | { readonly kind: "event"; readonly id: string; readonly data: unknown };

/** Longest text held while its end is awaited. */
const LONGEST_EVENT = 1_000_000;

/**
 * Events and heartbeats of a stream, in order; data that is not JSON is passed over.
 * @throws RangeError for an event above a million characters. Source: WHATWG HTML, 9.2 server-sent events.
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
      if (text.length > LONGEST_EVENT) throw new RangeError("an event is too long");
      for (const block of blocks) yield eventOf(block);
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function eventOf(block: string): SentEvent {
  let id = "";
  const data: string[] = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("data:")) data.push(line.slice(5).trimStart());
    if (line.startsWith("id:")) id = line.slice(3).trim();
  }
  if (data.length === 0) return { kind: "heartbeat", id };
  try {
    return { kind: "event", id, data: JSON.parse(data.join("\n")) };
  } catch {
    return { kind: "heartbeat", id };
  }
}
