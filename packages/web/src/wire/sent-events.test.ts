import assert from "node:assert/strict";
import { test } from "node:test";
import { readSentEvents, type SentEvent } from "./sent-events.ts";

/** A stream that brings these bytes, so many at a time. */
async function read(text: string, size: number): Promise<SentEvent[]> {
  const bytes = new TextEncoder().encode(text);
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      for (let at = 0; at < bytes.length; at += size)
        controller.enqueue(bytes.slice(at, at + size));
      controller.close();
    },
  });
  const events: SentEvent[] = [];
  for await (const event of readSentEvents(body)) events.push(event);
  return events;
}

const stream = `: welcome

id: 7

id: 8
data: {"kind":"job","text":"größer"}

data: no JSON

`;

test("events, and where the stream stands, come in order wherever the bytes are cut", async () => {
  for (const size of [1, 2, 7, 1000])
    assert.deepEqual(await read(stream, size), [
      { kind: "heartbeat", id: "" },
      { kind: "heartbeat", id: "7" },
      { kind: "event", id: "8", data: { kind: "job", text: "größer" } },
      { kind: "heartbeat", id: "" },
    ]);
});

test("lines may end as HTTP's do", async () => {
  assert.deepEqual(await read(stream.replaceAll("\n", "\r\n"), 3), await read(stream, 3));
});

test("an event without an end does not fill the memory", async () => {
  await assert.rejects(read(`data: ${"a".repeat(1_000_001)}`, 65_536), RangeError);
});
