import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test, type TestContext } from "node:test";
import { pino } from "pino";
import { createEventHub } from "../nouns/events.ts";
import type { Souk } from "../souk-interface.ts";
import { eventsFrom, sendEvents } from "./event-stream.ts";
import { createMetrics } from "./metrics.ts";
import { createPhotoBudget } from "./photo-budget.ts";
import { bearer, openShop, type OpenedShop } from "./opened-shop.fixture.ts";
import type { ServerState } from "./state.ts";

async function opened(t: TestContext): Promise<OpenedShop> {
  const shop = await openShop();
  t.after(() => shop.close());
  return shop;
}

/** A state whose accounts are the shop's. */
function stateOf(souk: Souk, closing = new AbortController().signal): ServerState {
  const log = pino({ level: "silent" });
  const photos = createPhotoBudget();
  const metrics = createMetrics();
  return { souk, log, closing, metrics, startedAt: 0, streams: new Map(), photos };
}

/** The parts of a call an event stream needs, for a caller with this token. */
async function callOf(shop: OpenedShop, token: string) {
  const reply = { type: () => reply, header: () => reply };
  const principal = await shop.souk.accounts.authenticate(token);
  return {
    principal,
    signal: new AbortController().signal,
    request: { headers: bearer(token) },
    reply,
  } as unknown as Parameters<typeof sendEvents>[1];
}

async function textOf(stream: Readable): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += String(chunk);
  return text;
}

test("events arrive in order with their ids, and the stream ends with its source", async (t) => {
  const shop = await opened(t);
  const call = await callOf(shop, shop.tokens.viewer);
  const log = pino({ level: "silent" });
  const source = eventsFrom(log, async function* () {
    yield { id: 1, data: { a: 1 } };
    yield { id: 2, data: { a: "two\nlines" } };
  });
  const text = await textOf(sendEvents(stateOf(shop.souk), call, source));
  assert.equal(text, ': welcome\n\nid: 1\ndata: {"a":1}\n\nid: 2\ndata: {"a":"two\\nlines"}\n\n');
});

test("a reader that falls 1000 events behind is let go with an overflow", async (t) => {
  const shop = await opened(t);
  const call = await callOf(shop, shop.tokens.viewer);
  const stream = sendEvents(stateOf(shop.souk), call, (push) => {
    for (let id = 1; id <= 5000; id++) push({ id, data: {} });
    return () => undefined;
  });
  const text = await textOf(stream);
  assert.ok(text.endsWith("event: overflow\ndata: {}\n\n"));
  assert.ok(text.length < 100_000);
});

test("every 15 seconds there is a heartbeat, and a stream whose token was revoked ends", async (t) => {
  const shop = await opened(t);
  t.mock.timers.enable({ apis: ["setInterval"] });
  const call = await callOf(shop, shop.tokens.viewer);
  const chunks = sendEvents(stateOf(shop.souk), call, () => () => undefined)[
    Symbol.asyncIterator
  ]();
  assert.equal(String((await chunks.next()).value), ": welcome\n\n");
  t.mock.timers.tick(15_000);
  assert.equal(String((await chunks.next()).value), ": still here\n\n");
  await shop.souk.accounts.logout(call.principal, { address: "192.0.2.7" });
  t.mock.timers.tick(15_000);
  assert.equal(String((await chunks.next()).value), ": still here\n\n");
  assert.equal((await chunks.next()).done, true);
});

test("shutdown ends every stream, and each gives its place back", async (t) => {
  const shop = await opened(t);
  const call = await callOf(shop, shop.tokens.viewer);
  const closing = new AbortController();
  const state = stateOf(shop.souk, closing.signal);
  const streams = Array.from({ length: 20 }, () => sendEvents(state, call, () => () => undefined));
  assert.throws(() => sendEvents(state, call, () => () => undefined), { code: "HTTP_STREAMS" });
  closing.abort();
  await Promise.all(streams.map(textOf));
  assert.equal(state.streams.size, 0);
});

test("a reader that comes back hears what it missed, once and in order", () => {
  const heard: [number | undefined, unknown][] = [];
  const hub = createEventHub();
  for (const at of [1, 2, 3]) hub.publish({ kind: "ingest", at, data: {} });
  const stop = hub.subscribe((event, id) => heard.push([id, event.at]), { after: 1 });
  hub.publish({ kind: "ingest", at: 4, data: {} });
  stop();
  hub.publish({ kind: "ingest", at: 5, data: {} });
  assert.deepEqual(heard, [
    [2, 2],
    [3, 3],
    [4, 4],
  ]);
});

test("a stream says where it begins: who comes back before the first event misses none", async (t) => {
  const shop = await opened(t);
  const { events } = shop.souk;
  events.publish({ kind: "ingest", at: 1, data: {} });
  const url = `${await shop.app.listen({ host: "127.0.0.1", port: 0 })}/api/v1/events`;
  const beginning = async (lastEventId?: string): Promise<string | undefined> => {
    const headers = { ...bearer(shop.tokens.admin), "last-event-id": lastEventId ?? "" };
    const response = await fetch(url, { headers });
    let text = "";
    for await (const piece of response.body ?? []) {
      text += Buffer.from(piece).toString();
      if (/^id: /m.test(text)) break;
    }
    return /^id: (\d+)\n\n/m.exec(text)?.[1];
  };
  const last = String(events.lastId());
  assert.equal(await beginning(), last);
  assert.equal(await beginning("0"), "0", "the events since then follow");
  assert.equal(await beginning("999999"), last, "an id from before a restart");
});

test("who watches a run hears of that run alone, and nobody else does", () => {
  const hub = createEventHub();
  const heard: string[] = [];
  const hear = (name: string) => (event: { kind: string }, id?: number) =>
    heard.push(`${name} ${event.kind} ${id ?? "-"}`);
  const stops = [
    hub.subscribe(hear("all")),
    hub.subscribe(hear("one"), { run: "one" }),
    hub.subscribe(hear("two"), { run: "two" }),
  ];
  hub.publishRun({ kind: "run", at: 1, data: { run: "one", points: [] } });
  hub.publish({ kind: "job", at: 2, data: {} });
  for (const stop of stops) stop();
  hub.publishRun({ kind: "run", at: 3, data: { run: "one", points: [] } });
  assert.deepEqual(heard, ["one run -", "all job 1", "one job 1", "two job 1"]);
});

test("points that another program logs reach the stream of who watches its run", async (t) => {
  const shop = await opened(t);
  const heard: unknown[] = [];
  const post = async (path: string, payload: object) => {
    const url = `/api/2.0/mlflow/${path}`;
    const headers = bearer(shop.tokens.admin);
    return (await shop.app.inject({ method: "POST", url, headers, payload })).json();
  };
  const { run } = await post("runs/create", { experiment_id: "0" });
  const id = run.info.run_id;
  const stop = shop.souk.events.subscribe((event) => heard.push(event.data), { run: id });
  const point = { key: "loss", value: 0.5, step: 3, timestamp: 1_700_000_000_000 };
  await post("runs/log-batch", { run_id: id, metrics: [point] });
  stop();
  assert.deepEqual(heard, [{ run: id, points: [point] }]);
});
