import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createClient } from "@souk/api";
import { bearer, checkAnswer, openShop, type OpenedShop } from "./opened-shop.fixture.ts";

let shop: OpenedShop;
let url: string;
before(async () => {
  shop = await openShop();
  url = await shop.app.listen({ host: "127.0.0.1", port: 0 });
});
after(() => shop.close());

const MIB = 1024 * 1024;

/** `count` pieces of 1 MiB, made when asked for. */
function pieces(count: number, onPiece: () => void): ReadableStream<Uint8Array> {
  let made = 0;
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      onPiece();
      if (made++ === count) controller.close();
      else controller.enqueue(new Uint8Array(MIB).fill(97));
    },
  });
}

test("an upload of 256 MiB does not stay in memory", async () => {
  let peak = 0;
  const before = process.memoryUsage().rss;
  const body = pieces(256, () => (peak = Math.max(peak, process.memoryUsage().rss)));
  const response = await fetch(`${url}/api/2.0/mlflow-artifacts/artifacts/big/blob.bin`, {
    method: "PUT",
    headers: { ...bearer(shop.tokens.analyst), "content-type": "application/octet-stream" },
    body,
    duplex: "half",
  });
  const text = await response.text();
  assert.ok(response.status < 500, text);
  assert.ok(peak - before < 128 * MIB, `rose by ${Math.round((peak - before) / MIB)} MiB`);
});

test("rows as JSON, a file in a form and a bare body all land in the dataset", async () => {
  const headers = bearer(shop.tokens.admin);
  const asJson = await shop.app.inject({
    method: "POST",
    url: "/api/data-ingest",
    headers,
    payload: {
      dataset: "letters",
      rows: [
        { letter: "a", number: 1 },
        { letter: "b", number: 2 },
      ],
    },
  });
  assert.equal(asJson.statusCode, 200, asJson.body);
  checkAnswer("dataIngest", asJson);
  const form = new FormData();
  form.set("dataset", "letters");
  form.set("file", new Blob(["letter,number\nc,3\n"]), "more.csv");
  const asForm = await fetch(`${url}/api/data-ingest`, { method: "POST", headers, body: form });
  assert.equal(asForm.status, 200, await asForm.text());
  const asBody = await fetch(`${url}/api/data-ingest?dataset=letters&format=csv`, {
    method: "POST",
    headers: { ...headers, "content-type": "text/csv" },
    body: "letter,number\nd,4\n",
  });
  assert.equal(asBody.status, 200, await asBody.text());
  const client = createClient({ baseUrl: url, token: shop.tokens.admin });
  const { rows } = await client.describeDataset({ params: { name: "letters" } });
  assert.equal(rows, 4);
});

test("a sender that hangs up half way leaves nothing behind", async () => {
  const hangUp = new AbortController();
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(Buffer.from("letter,number\nz,26\n")),
  });
  const sent = fetch(`${url}/api/v1/datasets/torn/ingest?format=csv`, {
    method: "POST",
    headers: bearer(shop.tokens.admin),
    body,
    duplex: "half",
    signal: hangUp.signal,
  });
  setImmediate(() => hangUp.abort());
  await assert.rejects(sent);
  const names = (await shop.souk.datasets.list()).map((dataset) => dataset.name);
  assert.ok(!names.includes("torn"));
});

test("a dry run says what an ingest would do and writes nothing", async () => {
  const client = createClient({ baseUrl: url, token: shop.tokens.admin });
  await client.dryRunDataset({
    params: { name: "dry" },
    query: { format: "csv" },
    body: "letter,number\na,1\n",
  });
  const names = (await shop.souk.datasets.list()).map((dataset) => dataset.name);
  assert.ok(!names.includes("dry"));
});

test("a file name with folders and a mapping that is no object of text are 400", async () => {
  for (const query of [
    "fileName=..%2Fx.csv",
    "fileName=a%0d%0ab",
    "mapping=[]",
    "mapping=%7B%22a%22%3A1%7D",
    "mapping=torn",
  ]) {
    const response = await shop.app.inject({
      method: "POST",
      url: `/api/v1/datasets/letters/ingest?format=csv&${query}`,
      headers: bearer(shop.tokens.admin),
      payload: "letter,number\n",
    });
    assert.equal(response.statusCode, 400, query);
  }
});
