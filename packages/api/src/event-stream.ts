import { SoukError } from "@souk/core";

/** Longest event taken: a server that never ends a line must not fill the memory. */
const LONGEST_EVENT = 1_000_000;

/**
 * The `data` of each server-sent event, parsed as JSON; heartbeats are passed over. Ends when the server ends the stream.
 *
 * @throws SoukError `API_ANSWER` for an event above 1 MB or that is not JSON.
 * Source: WHATWG HTML, 9.2 server-sent events.
 */
export async function* readEvents<T>(open: () => Promise<Response>): AsyncGenerator<T> {
  const response = await open();
  if (!response.body) return;
  let text = "";
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk.replaceAll("\r", "");
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    if (text.length > LONGEST_EVENT)
      throw new SoukError("API_ANSWER", `An event is longer than ${LONGEST_EVENT} characters`);
    for (const block of blocks) {
      const data = dataOf(block);
      if (data === "") continue;
      // The table promises `T`; the server keeps the promise.
      yield parseEvent(data) as T;
    }
  }
}

function dataOf(block: string): string {
  return block
    .split("\n")
    .filter((line) => line.startsWith("data:"))
    .map((line) => line.slice(5).trimStart())
    .join("\n");
}

function parseEvent(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch (cause) {
    throw new SoukError("API_ANSWER", "Expected JSON in an event", { cause });
  }
}
