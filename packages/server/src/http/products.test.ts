import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Client, createClient } from "@souk/api";
import { sha256 } from "@souk/core";
import { drawnPhoto, tarOf } from "../photos/drawn-photos.fixture.ts";
import { bearer, checkAnswer, openShop, type OpenedShop } from "./opened-shop.fixture.ts";
import { train } from "./trained-shop.fixture.ts";

const hostile = "<img src=x onerror=alert(1)> 'quoted' %_";
const products = [
  ["p1", "Red mug", "A mug of clay", "Home / Kitchen / Mugs", 1250],
  ["p2", "Blue mug", "Another mug", "Home / Kitchen / Mugs", 990],
  ["p3", "Pot", "For plants", "Home / Garden", 2000],
  ["p/4", hostile, null, "Homely", 100],
  ["p5", null, null, null, null],
  ["p6", "Fern", null, "🪴 Plants / Small", 300],
] as const;

let shop: OpenedShop;
let viewer: Client;
let photo: Uint8Array<ArrayBuffer>;
before(async () => {
  shop = await openShop();
  const url = await shop.app.listen({ host: "127.0.0.1", port: 0 });
  viewer = createClient({ baseUrl: url, token: shop.tokens.viewer });
  photo = new Uint8Array(await drawnPhoto(60));
});
after(() => shop.close());

async function fill(): Promise<void> {
  const lines = products.map(([product_id, name, description, category_path, price_minor]) =>
    JSON.stringify({
      product_id,
      name,
      description,
      category_path,
      price_minor,
      currency: "EUR",
      created_at: "2026-01-02T03:04:05Z",
    }),
  );
  await shop.souk.datasets.ingest("products", streamOf(lines), { format: "jsonl" });
  const reviews = [5, 4, 4, 1].map((stars, i) =>
    JSON.stringify({
      review_id: `r${i}`,
      product_id: "p1",
      product_category: "Home",
      star_rating: stars,
      helpful_votes: 0,
      total_votes: 0,
      review_headline: `number ${i}`,
      review_body: "text",
      review_date: `2026-02-0${i + 1}`,
    }),
  );
  await shop.souk.datasets.ingest("reviews", streamOf(reviews), { format: "jsonl" });
  await shop.souk.photos.add({
    kind: "stream",
    stream: bytesOf(tarOf({ "p1.jpg": Buffer.from(photo) })),
    fileName: "shoot.tar",
  });
}

function streamOf(lines: readonly string[]) {
  return { kind: "stream", stream: bytesOf(Buffer.from(lines.join("\n"))) } as const;
}

async function* bytesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

test("a shop without products has an empty list, and no product", async () => {
  assert.deepEqual(await viewer.listProducts({ query: {} }), { items: [], total: 0 });
  assert.deepEqual(await viewer.productCategories(), { items: [] });
  assert.deepEqual(await viewer.productCurrencies(), { items: [] });
  await assert.rejects(viewer.getProduct({ params: { id: "p1" } }), { code: "PRODUCT_UNKNOWN" });
  await fill();
});

test("products are found by words, category, price, and come in pages", async () => {
  const ids = async (query: Parameters<Client["listProducts"]>[0] & object): Promise<string> => {
    const { items, total } = await viewer.listProducts(query);
    return `${items.map(({ id }) => id).join(" ")} of ${total}`;
  };
  assert.equal(await ids({ query: {} }), "p/4 p2 p6 p3 p1 p5 of 6");
  assert.equal(await ids({ query: { text: "MUG another" } }), "p2 of 1");
  assert.equal(await ids({ query: { text: "'quoted' %_" } }), "p/4 of 1");
  assert.equal(await ids({ query: { text: "%" } }), "p/4 of 1");
  assert.equal(await ids({ query: { category: "Home" } }), "p2 p3 p1 of 3");
  assert.equal(await ids({ query: { category: "Home / Kitchen" } }), "p2 p1 of 2");
  assert.equal(await ids({ query: { category: "🪴 Plants" } }), "p6 of 1");
  assert.equal(await ids({ query: { minPrice: 1000, maxPrice: 1999 } }), "p1 of 1");
  assert.equal(await ids({ query: { sort: "-price", limit: 2 } }), "p3 p1 of 6");
  assert.equal(await ids({ query: { sort: "price", limit: 2, offset: 3 } }), "p1 p3 of 6");
  assert.equal(await ids({ query: { offset: 100 } }), " of 6");
  assert.equal(await ids({ query: { text: "nothing of the kind" } }), " of 0");
});

test("a listed product has its price in minor units and its first photo", async () => {
  const { items } = await viewer.listProducts({ query: { text: "red" } });
  assert.deepEqual(items, [
    {
      id: "p1",
      name: "Red mug",
      category: "Home / Kitchen / Mugs",
      priceMinor: 1250,
      currency: "EUR",
      photo: sha256(photo),
      photos: 1,
    },
  ]);
});

test("categories say how many products they have and between which prices", async () => {
  const { items } = await viewer.productCategories();
  assert.deepEqual(items, [
    { category: "Home / Garden", products: 1, minPrice: 2000, maxPrice: 2000, currency: "EUR" },
    {
      category: "Home / Kitchen / Mugs",
      products: 2,
      minPrice: 990,
      maxPrice: 1250,
      currency: "EUR",
    },
    { category: "Homely", products: 1, minPrice: 100, maxPrice: 100, currency: "EUR" },
    { category: "🪴 Plants / Small", products: 1, minPrice: 300, maxPrice: 300, currency: "EUR" },
  ]);
});

test("a product has every column, its photos and its reviews in short", async () => {
  const { facts, photos, reviews } = await viewer.getProduct({ params: { id: "p1" } });
  assert.equal(facts["description" as never], "A mug of clay");
  assert.deepEqual(
    photos.map(({ hash }) => hash),
    [sha256(photo)],
  );
  assert.deepEqual([reviews?.count, reviews?.mean, reviews?.stars], [4, 3.5, [1, 0, 0, 2, 1]]);
  assert.equal(reviews?.newest[0]?.headline, "number 3");
  const other = await viewer.getProduct({ params: { id: "p/4" } });
  assert.equal(other.facts["name" as never], hostile);
  assert.deepEqual(other.reviews, { count: 0, stars: [0, 0, 0, 0, 0], newest: [] });
});

test("each model of products is given the product's row, and its predictions are found by its hash", async () => {
  const lines = Array.from({ length: 120 }, (_, i) =>
    JSON.stringify({
      product_id: `m${i}`,
      name: i % 2 ? "mug" : "pot",
      description: `number ${i}`,
      category_path: "Home",
      price_minor: i % 2 ? 500 : 2000,
      currency: "EUR",
    }),
  );
  await shop.souk.datasets.ingest("products", streamOf(lines), { format: "jsonl" });
  await train(shop.souk, { task: "price", family: "linear" });
  const analyst = createClient({
    baseUrl: `http://127.0.0.1:${(shop.app.server.address() as { port: number }).port}`,
    token: shop.tokens.analyst,
  });
  const { items } = await analyst.productInputs({ params: { id: "p1" } });
  const [given] = items;
  assert.deepEqual(
    [items.length, given?.model, given?.version, given?.known],
    [1, "price", 1, 1250],
  );
  assert.deepEqual(given?.row, {
    description: "A mug of clay",
    name: "Red mug",
    category_path: "Home / Kitchen / Mugs",
    location: null,
    currency: "EUR",
  });
  const { ids } = await analyst.predictRows({
    params: { name: "price" },
    body: { rows: [given?.row ?? {}, { name: "another" }] },
  });
  const inputHash = given?.inputHash ?? "";
  const stored = await analyst.listPredictions({ query: { inputHash } });
  assert.deepEqual(
    stored.items.map(({ id }) => id),
    [ids[0]],
  );
  await analyst.correctPrediction({ params: { id: ids[0] ?? "" }, body: { label: 1300 } });
  const corrected = await analyst.listCorrections({ query: { inputHash } });
  assert.deepEqual(
    corrected.items.map(({ label }) => label),
    [1300],
  );
  const served = await viewer.listServed();
  assert.deepEqual(
    served.items.map(({ model, version, dataset, output }) => [
      model,
      version,
      dataset,
      output.kind,
    ]),
    [["price", 1, "products", "number"]],
  );
});

test("a form asks for no photo that the model would leave aside", async () => {
  const lines = Array.from({ length: 60 }, (_, i) =>
    JSON.stringify({
      product_id: `words${i}`,
      name: i % 2 ? `oak stool ${i}` : `wool scarf ${i}`,
      category_path: i % 2 ? "Home > Seats > Stools" : "Clothes > Warm > Scarves",
    }),
  );
  await shop.souk.datasets.ingest("products", streamOf(lines), { format: "jsonl" });
  await train(shop.souk, { task: "category", family: "ngram", settings: { epochs: 2 } });
  const why = { by: "admin", reason: "for the test", force: true };
  await shop.souk.models.promote("category", 1, why);
  const served = await viewer.listServed();
  const category = served.items.find(({ model }) => model === "category");
  assert.deepEqual(
    category?.inputs.map(({ name }) => name),
    ["name", "description"],
  );
});

test("prices of several currencies are never held against each other", async () => {
  const lines = [
    ["yen1", 900, "JPY"],
    ["yen2", 90_000, "jpy"],
    ["dinar", 1500, "KWD"],
  ].map(([product_id, price_minor, currency]) =>
    JSON.stringify({ product_id, name: "kite", category_path: "Air", price_minor, currency }),
  );
  await shop.souk.datasets.ingest("products", streamOf(lines), { format: "jsonl" });
  const ids = async (query: Parameters<Client["listProducts"]>[0] & object): Promise<string[]> =>
    (await viewer.listProducts(query)).items.map(({ id }) => id);
  const kites = { text: "kite" };
  assert.deepEqual(await ids({ query: { ...kites, sort: "price" } }), ["yen1", "yen2", "dinar"]);
  assert.deepEqual(await ids({ query: { ...kites, sort: "-price" } }), ["yen2", "yen1", "dinar"]);
  assert.deepEqual(await ids({ query: { currency: "JPY", minPrice: 1000 } }), ["yen2"]);
  assert.deepEqual(await ids({ query: { currency: "kwd" } }), ["dinar"]);
  const { items } = await viewer.productCurrencies();
  assert.deepEqual(items, [
    { currency: "EUR", products: 125 },
    { currency: "JPY", products: 2 },
    { currency: "KWD", products: 1 },
  ]);
  const categories = await viewer.productCategories();
  assert.deepEqual(
    categories.items.find(({ category }) => category === "Air"),
    { category: "Air", products: 3 },
  );
});

test("answers are as the table says, and viewers do not ask models", async () => {
  for (const [name, path] of [
    ["listProducts", "/api/v1/products?limit=2"],
    ["productCategories", "/api/v1/product-categories"],
    ["productCurrencies", "/api/v1/product-currencies"],
    ["getProduct", "/api/v1/products/p1"],
    ["listServed", "/api/v1/served"],
  ] as const) {
    const headers = bearer(shop.tokens.viewer);
    const { statusCode, body } = await shop.app.inject({ url: path, headers });
    assert.equal(statusCode, 200, body);
    checkAnswer(name, { statusCode, body });
  }
  await assert.rejects(viewer.productInputs({ params: { id: "p1" } }), { code: "AUTH_DENIED" });
});
