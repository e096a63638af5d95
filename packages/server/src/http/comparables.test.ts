import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { bearer, checkAnswer, openShop, type OpenedShop } from "./opened-shop.fixture.ts";

/* Forty kettles at about 20.00 and forty carpets at about 90.00; a linear model of their prices. */
let shop: OpenedShop;
before(async () => {
  shop = await openShop();
  const { souk } = shop;
  const stream = { kind: "stream", stream: products() } as const;
  await souk.datasets.ingest("products", stream, { format: "jsonl" });
  const asked = { task: "price", family: "linear", seed: 1, threads: 1 };
  const job = await souk.jobs.startTraining(asked, { by: "test" });
  for await (const event of souk.jobs.events(job.id)) void event;
  const ended = await souk.jobs.get(job.id);
  assert.equal(ended.status, "finished", JSON.stringify(ended.error));
});
after(() => shop.close());

async function* products(): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < 80; i++) {
    const isKettle = i % 2 === 0;
    const product = {
      product_id: `p${i}`,
      name: isKettle ? `steel kettle ${i}` : `woollen carpet ${i}`,
      description: isKettle ? "boils water" : "lies on the floor",
      category_path: isKettle ? "Kitchen / Kettles" : "Home / Carpets",
      price_minor: (isKettle ? 2000 : 9000) + i,
      currency: "EUR",
      location: "Berlin",
    };
    yield Buffer.from(`${JSON.stringify(product)}\n`);
  }
}

async function ask(model: string, payload: object) {
  const headers = bearer(shop.tokens.analyst);
  const url = `/api/v1/models/${model}/comparables`;
  return shop.app.inject({ method: "POST", url, headers, payload });
}

test("a product comes with products like it and what they cost", async () => {
  const answer = await ask("price", { rows: [{ name: "copper kettle" }], most: 4 });
  assert.equal(answer.statusCode, 200, answer.body);
  checkAnswer("comparableRows", answer);
  const [found = []] = answer.json<{
    comparables: { key: string; title: string; value: number; similarity: number }[][];
  }>().comparables;
  assert.equal(found.length, 4);
  for (const { key, title, value } of found) {
    assert.match(title, /^steel kettle \d+$/);
    assert.equal(value, 2000 + Number(key.slice(1)));
  }
});

test("who may not predict may not compare; too many are refused", async () => {
  const rows = [{ name: "kettle" }];
  assert.equal((await ask("price", { rows, most: 101 })).statusCode, 400);
  assert.equal((await ask("price", { rows: [] })).statusCode, 400);
  assert.equal((await ask("prices", { rows })).statusCode, 404);
  const url = "/api/v1/models/price/comparables";
  const open = await shop.app.inject({ method: "POST", url, payload: { rows } });
  assert.equal(open.statusCode, 401);
});
