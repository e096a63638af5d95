import assert from "node:assert/strict";
import { test } from "node:test";
import { readEvents, readSentEvents, type SentEvent } from "./event-stream.ts";

/** A stream that brings this text, so many bytes at a time. */
function streamOf(text: string, size: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  const bytes = new TextEncoder().encode(text);
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      for (let at = 0; at < bytes.length; at += size)
        controller.enqueue(bytes.slice(at, at + size));
      controller.close();
    },
  });
}

async function all<T>(events: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const event of events) found.push(event);
  return found;
}

async function read(text: string, size: number): Promise<SentEvent[]> {
  return all(readSentEvents(streamOf(text, size)));
}

const stream = `: welcome

id: 7

id: 8
data: {"kind":"job",
data: "text":"größer"}

`;

test("events, and where the stream stands, come in order wherever the bytes are cut", async () => {
  for (const size of [1, 2, 7, 1000])
    assert.deepEqual(await read(stream, size), [
      { id: "", data: "" },
      { id: "7", data: "" },
      { id: "8", data: '{"kind":"job",\n"text":"größer"}' },
    ]);
});

test("lines may end as HTTP's do", async () => {
  assert.deepEqual(await read(stream.replaceAll("\n", "\r\n"), 3), await read(stream, 3));
});

test("an event without an end does not fill the memory", async () => {
  await assert.rejects(read(`data: ${"a".repeat(1_000_001)}`, 65_536), { code: "API_ANSWER" });
});

test("data is JSON, heartbeats are passed over, and what is no JSON is an error", async () => {
  const open = (text: string) => async () => new Response(streamOf(text, 5));
  assert.deepEqual(await all(readEvents(open(stream))), [{ kind: "job", text: "größer" }]);
  await assert.rejects(all(readEvents(open("data: no JSON\n\n"))), {
    code: "API_ANSWER",
  });
});

test("one who stops reading ends the stream", async () => {
  const ended = Promise.withResolvers<void>();
  const endless = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: (controller) => controller.enqueue(new TextEncoder().encode("data: 1\n\n")),
    cancel: () => ended.resolve(),
  });
  for await (const { data } of readSentEvents(endless)) if (data === "1") break;
  await ended.promise;
});
