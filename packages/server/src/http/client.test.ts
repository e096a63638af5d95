import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { createClient } from "@souk/api";
import { manualClock } from "@souk/core";
import { openSouk } from "../souk.ts";
import { startServer } from "./server.ts";

const password = "correct horse battery";

/** A running server over a real data directory, and a client that is the admin. */
async function running(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), "souk-client-"));
  const clock = manualClock(Date.UTC(2026, 10, 22));
  const souk = await openSouk({ dataDirectory: folder, clock, sqlProcesses: 1 });
  const server = await startServer({ souk, port: 0, logger: false });
  t.after(async () => {
    await server.close();
    await souk.close();
    await rm(folder, { recursive: true, force: true });
  });
  const baseUrl = server.url;
  const setupToken = server.setupToken ?? "";
  const tokens = await createClient({ baseUrl }).setup({
    body: { setupToken, username: "ada", password },
  });
  const client = createClient({
    baseUrl,
    token: tokens.access_token,
    refreshToken: tokens.refresh_token,
  });
  return { server, souk, clock, client, baseUrl, tokens };
}

const rows = ["a", "b", "c"].map((id, i) => `${id},${i}\n`).join("");

test("first run, an ingest, a look at it and a question in SQL, all through the typed client", async (t) => {
  const { client } = await running(t);
  const me = await client.me();
  assert.equal(me.username, "ada");
  const report = await client.ingestDataset({
    params: { name: "letters" },
    query: { format: "csv", fileName: "letters.csv" },
    body: `letter,number\n${rows}`,
    contentType: "text/csv",
  });
  assert.equal(report.rows, 3);
  const { items } = await client.listDatasets();
  assert.deepEqual(
    items.map((item) => [item.name, item.rows]),
    [["letters", 3]],
  );
  const answer = await client.runSql({ body: { sql: "select count(*) as n from letters" } });
  assert.deepEqual(
    answer.rows.map((row) => row.map(Number)),
    [[3]],
  );
});

test("the same batch twice is one batch", async (t) => {
  const { client } = await running(t);
  const ingest = () =>
    client.ingestDataset({
      params: { name: "letters" },
      query: { format: "csv", batchId: "monday" },
      body: `letter,number\n${rows}`,
    });
  assert.deepEqual([(await ingest()).skipped, (await ingest()).skipped], [false, true]);
});

test("an error arrives as the SoukError it was, with its code and status", async (t) => {
  const { client } = await running(t);
  const run = client.getRun({ params: { id: "run_nothing" } });
  await assert.rejects(run, (error: { code: string; details: { status: number } }) => {
    assert.match(error.code, /UNKNOWN/);
    assert.equal(error.details.status, 404);
    return true;
  });
});

test("a client whose access token is over renews it once for several calls", async (t) => {
  const { clock, baseUrl, tokens } = await running(t);
  const renewed: string[] = [];
  const client = createClient({
    baseUrl,
    token: tokens.access_token,
    refreshToken: tokens.refresh_token,
    onTokens: (pair) => renewed.push(pair.accessToken),
  });
  clock.advance(16 * 60_000);
  const all = await Promise.all([client.me(), client.listDatasets(), client.listKeys()]);
  assert.equal(all[0].username, "ada");
  assert.equal(renewed.length, 1);
});

test("an event of an ingest reaches a subscriber over the socket", async (t) => {
  const { client, souk } = await running(t);
  const arrived = Promise.withResolvers<string>();
  const stop = new AbortController();
  const reading = (async () => {
    for await (const event of client.events({ signal: stop.signal })) arrived.resolve(event.kind);
  })().catch((error: unknown) => error);
  const source = { kind: "stream", stream: bytes(`letter,number\n${rows}`) } as const;
  const subscribed = await untilSubscribed(client);
  assert.ok(subscribed);
  await souk.datasets.ingest("letters", source, { format: "csv" });
  assert.equal(await arrived.promise, "ingest");
  stop.abort();
  await reading;
});

test("where nothing listens the client says so", async () => {
  const client = createClient({ baseUrl: "http://127.0.0.1:1" });
  await assert.rejects(client.live(), { code: "API_UNREACHABLE" });
});

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

/** The server's own count of open streams, asked for until it is one. */
async function untilSubscribed(client: ReturnType<typeof createClient>): Promise<boolean> {
  for (let tries = 0; tries < 1000; tries++)
    if (/^souk_event_streams 1$/m.test(await client.metrics())) return true;
  return false;
}
