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

const rows = Array.from({ length: 5000 }, (_, i) => `${i},${i % 7}\n`).join("");
const body = `number,rest\n${rows}`;

test("an upload that has a name is told of, first as it comes and then as it is read", async () => {
  const client = createClient({ baseUrl: url, token: shop.tokens.operator });
  const heard: object[] = [];
  const stop = shop.souk.events.subscribe((event) => {
    if (event.kind === "progress") heard.push(event.data);
  });
  const query = { fileName: "numbers of monday.csv", progressId: "mine" } as const;
  const { batchId } = await client.ingestDataset({ params: { name: "numbers" }, query, body });
  stop();
  const phases = heard.map((data) => Reflect.get(data, "phase"));
  assert.deepEqual([...new Set(phases)], ["receive", "read"]);
  const last = heard.at(-1) ?? {};
  assert.deepEqual(
    ["id", "dataset", "bytes", "totalBytes", "rows"].map((name) => Reflect.get(last, name)),
    ["mine", "numbers", body.length, body.length, 5000],
  );
  const { batches } = await client.describeDataset({ params: { name: "numbers" } });
  assert.deepEqual(
    batches.map((batch) => [batch.batchId, batch.source]),
    [[batchId, "numbers of monday.csv"]],
  );
});

test("an upload without a name is not told of, and progress is not kept for those who come later", async () => {
  const client = createClient({ baseUrl: url, token: shop.tokens.operator });
  const heard: string[] = [];
  const params = { name: "quiet" };
  await client.dryRunDataset({ params, query: { format: "csv", progressId: "x" }, body });
  const stop = shop.souk.events.subscribe(({ kind }) => heard.push(kind), { after: 0 });
  await client.dryRunDataset({ params, query: { format: "csv" }, body });
  stop();
  assert.ok(!heard.includes("progress"));
});

test("shapes, a dry run, facts, drift and distributions are what the contract says", async () => {
  const headers = bearer(shop.tokens.operator);
  const post = (path: string, payload: object | string, type = "application/json") =>
    shop.app.inject({
      method: "POST",
      url: path,
      headers: { ...headers, "content-type": type },
      payload,
    });
  const shapes = await shop.app.inject({ url: "/api/v1/shapes", headers });
  checkAnswer("listShapes", shapes);
  assert.match(shapes.body, /"name":"reviews".*"star_rating"/);
  const path = "/api/v1/datasets/numbers";
  const dry = await post(`${path}/dry-run?format=csv`, "number,rest\n1,2\nx,3\n", "text/csv");
  checkAnswer("dryRunDataset", dry);
  assert.equal(dry.json().refused, 1);
  assert.equal(dry.json().columns[0].verdict, "bad");
  const refused = await post(`${path}/ingest?format=csv`, "number,rest\n1,2\nx,3\n", "text/csv");
  assert.equal(refused.json().quarantined, 1);
  const sides = { from: { version: 0 }, to: { version: 1 } };
  for (const [name, answer] of [
    ["describeDataset", await shop.app.inject({ url: path, headers })],
    ["listQuarantine", await shop.app.inject({ url: `${path}/quarantine`, headers })],
    ["profileDataset", await shop.app.inject({ url: `${path}/profile`, headers })],
    ["suggestChecks", await shop.app.inject({ url: `${path}/checks/suggestions`, headers })],
    ["runChecks", await post(`${path}/checks/run`, {})],
    ["driftDataset", await post(`${path}/drift`, sides)],
    ["driftTimeline", await post(`${path}/drift/timeline`, {})],
    [
      "compareColumn",
      await post(`${path}/drift/column`, { ...sides, column: "rest", kind: "category" }),
    ],
  ] as const) {
    assert.equal(answer.statusCode, 200, `${name}: ${answer.body}`);
    checkAnswer(name, answer);
  }
  const wrong = await post(`${path}/drift/column`, { ...sides, column: "gone", kind: "number" });
  assert.equal(wrong.statusCode, 400);
  assert.equal(wrong.json().code, "QUALITY_COLUMN");
});
