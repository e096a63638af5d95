import assert from "node:assert/strict";
import { test } from "node:test";
import { type LiveNews, readNews } from "./live-news.ts";

test("what is no JSON does not end the stream, and its place counts", async () => {
  const { body } = new Response(`: welcome

id: 7

id: 8
data: {"kind":"job","text":"größer"}

id: 9
data: no JSON

`);
  assert.ok(body);
  const news: LiveNews[] = [];
  for await (const one of readNews(body)) news.push(one);
  assert.deepEqual(news, [
    { kind: "heartbeat", id: "" },
    { kind: "heartbeat", id: "7" },
    { kind: "event", id: "8", data: { kind: "job", text: "größer" } },
    { kind: "heartbeat", id: "9" },
  ]);
});
