import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { createRng, mean, sha256 } from "@souk/core";
import { knownShapes } from "../shape.ts";
import type { ColumnBatch } from "../read.ts";
import { orderColumns } from "./orders.ts";
import { engagementLaw, postColumns } from "./posts.ts";
import { productColumns } from "./products.ts";
import { reviewColumns } from "./reviews.ts";
import { aliasTable, quantileTable } from "./sampling.ts";
import { demoBanner, type DemoShop, generateDemoShop } from "./shop.ts";
import { demoBrands } from "./vocabulary.ts";
import { writeDemoShop } from "./write.ts";

type Row = Record<string, string | number | boolean | null>;

async function rowsOf(batches: AsyncIterable<ColumnBatch>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const { length, columns } of batches)
    for (let i = 0; i < length; i++)
      rows.push(
        Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values[i]!])),
      );
  return rows;
}

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "souk-demo-"));
  t.after(() => rm(path, { recursive: true }));
  return path;
}

const shop: DemoShop = generateDemoShop({ seed: 7, reviews: 20_000 });
const reviews = await rowsOf(shop.reviews());

test("the same seed gives the same bytes, another seed gives others", async (t) => {
  const digest = async (seed: number): Promise<string[]> => {
    const directory = await folder(t);
    await writeDemoShop(directory, { seed, reviews: 1_500 });
    const names = (await readdir(directory)).toSorted();
    return Promise.all(names.map(async (name) => sha256(await readFile(join(directory, name)))));
  };
  const first = await digest(3);
  assert.equal(first.length, 6);
  assert.deepEqual(await digest(3), first);
  assert.notDeepEqual(await digest(4), first);
});

test("the TSV file holds the rows of the stream", async (t) => {
  const directory = await folder(t);
  const { files } = await writeDemoShop(directory, { seed: 7, reviews: 20_000 });
  const lines = (await readFile(join(directory, "reviews.tsv"), "utf8")).split("\n");
  assert.equal(lines[0], reviewColumns.join("\t"));
  assert.equal(lines.length, reviews.length + 2);
  for (const [i, row] of reviews.entries())
    assert.equal(lines[i + 1], reviewColumns.map((name) => row[name]).join("\t"));
  assert.deepEqual(
    files.map(({ dataset, rows }) => [dataset, rows]),
    [
      ["reviews", 20_000],
      ["products", shop.truth.counts.products],
      ["posts", 2_000],
      ["orders", 20_000],
    ],
  );
});

test("every dataset of the demo has the columns of its known shape", () => {
  const written = {
    reviews: reviewColumns,
    products: productColumns,
    posts: postColumns,
    orders: orderColumns,
  };
  for (const [name, columns] of Object.entries(written))
    assert.deepEqual(
      Object.values(knownShapes)
        .find((shape) => shape.name === name)
        ?.columns.map((column) => column.name),
      columns,
      name,
    );
});

test("nobody can take a row for real", async (t) => {
  for (const row of reviews.slice(0, 2_000)) {
    assert.equal(row.marketplace, "DEMO");
    for (const id of ["customer_id", "review_id", "product_id", "product_parent"])
      assert.match(String(row[id]), /^demo-/);
    assert.ok(demoBrands.some((brand) => String(row.product_title).startsWith(brand)));
  }
  const directory = await folder(t);
  await writeDemoShop(directory, { reviews: 10 });
  assert.ok((await readFile(join(directory, "README_demo.md"), "utf8")).includes(demoBanner));
  assert.equal(
    JSON.parse(await readFile(join(directory, "truth_demo.json"), "utf8")).invented,
    true,
  );
});

test("review ids are unique and every value fits the shape of reviews", () => {
  assert.equal(new Set(reviews.map((row) => row.review_id)).size, reviews.length);
  for (const row of reviews) {
    assert.ok(Number(row.star_rating) >= 1 && Number(row.star_rating) <= 5);
    assert.ok(Number(row.total_votes) >= Number(row.helpful_votes));
    assert.match(String(row.review_date), /^20(1[2-9]|2[0-5])-\d\d-\d\d$/);
    assert.ok(String(row.review_body).length > 0 && !/[\t\n]|\{/.test(String(row.review_body)));
  }
});

// A category has at least 500 of 20,000 reviews: 5 standard errors of a mean of stars are then under 0.4.
test("category averages lie within five standard errors of the truth", () => {
  for (const [name, { meanStars, share }] of Object.entries(shop.truth.categories)) {
    const stars = reviews
      .filter((row) => row.product_category === name)
      .map((row) => Number(row.star_rating));
    assert.ok(Math.abs(mean(stars) - meanStars) < 5 * (1.6 / Math.sqrt(stars.length)), name);
    assert.ok(
      Math.abs(stars.length / reviews.length - share) < 5 * Math.sqrt(share / reviews.length),
      name,
    );
  }
});

test("lengths and helpful votes have long tails, and few stars gather more votes", () => {
  const words = reviews
    .map((row) => String(row.review_body).split(" ").length)
    .toSorted((a, b) => a - b);
  const at = (q: number): number => words[Math.floor(q * (words.length - 1))]!;
  assert.ok(at(0.5) >= 10 && at(0.5) <= 40, `median ${at(0.5)}`);
  assert.ok(at(0.999) > 8 * at(0.5), `99.9 % ${at(0.999)}`);
  const votes = (stars: number): number =>
    mean(
      reviews
        .filter((row) => row.star_rating === stars)
        .map((row) => Math.min(200, Number(row.helpful_votes))),
    );
  assert.ok(votes(1) > 2 * votes(5));
  assert.ok(Math.max(...reviews.map((row) => Number(row.helpful_votes))) > 300);
});

test("some customers review the same product twice, and reviews grow over the years", () => {
  const pairs = new Set(reviews.map((row) => `${row.customer_id} ${row.product_id}`));
  assert.ok(reviews.length - pairs.size > 50);
  const inYear = (year: string): number =>
    reviews.filter((row) => String(row.review_date).startsWith(year)).length;
  assert.ok(inYear("2014") < inYear("2018") && inYear("2018") < inYear("2024"));
});

test("no text model can be perfect: the ceiling lies between .74 and .86, far above always guessing 5", () => {
  const { accuracyCeiling, majorityAccuracy, toneNoise } = shop.truth;
  assert.ok(accuracyCeiling > 0.74 && accuracyCeiling < 0.86, String(accuracyCeiling));
  assert.ok(majorityAccuracy > 0.35 && majorityAccuracy < 0.55);
  assert.ok(toneNoise > 0.1 && toneNoise < 0.25);
});

test("a naive Bayes model over words lands between .66 and the ceiling", () => {
  const words = (row: Row): Set<string> =>
    new Set(`${row.review_headline} ${row.review_body}`.toLowerCase().match(/[a-z']+/g));
  const training = reviews.slice(0, 15_000);
  const starCount = [0, 0, 0, 0, 0];
  const counts = new Map<string, number[]>();
  for (const row of training) {
    const star = Number(row.star_rating) - 1;
    starCount[star]!++;
    for (const word of words(row)) {
      const of = counts.get(word) ?? [0, 0, 0, 0, 0];
      of[star]!++;
      counts.set(word, of);
    }
  }
  const guess = (row: Row): number => {
    const scores = starCount.map((count) => Math.log(count));
    for (const word of words(row))
      for (let s = 0; s < 5; s++)
        scores[s]! += Math.log(((counts.get(word)?.[s] ?? 0) + 0.5) / (starCount[s]! + 1));
    return scores.indexOf(Math.max(...scores)) + 1;
  };
  const test = reviews.slice(15_000);
  const accuracy = mean(test.map((row) => Number(guess(row) === row.star_rating)));
  assert.ok(accuracy > 0.66, `accuracy ${accuracy}`);
  assert.ok(accuracy < shop.truth.accuracyCeiling + 0.02, `accuracy ${accuracy}`);
});

test("engagement follows its law: the effect of an author is found again within 0.15", async () => {
  const posts = await rowsOf(generateDemoShop({ seed: 2, reviews: 0, posts: 30_000 }).posts());
  const level = (author: string): number =>
    mean(
      posts
        .filter((post) => post.author === author)
        .map((post) =>
          Math.log(1 + Number(post.replies) + Number(post.retweets) + Number(post.likes)),
        ),
    );
  const difference = level(demoBrands[4]!) - level(demoBrands[5]!);
  const truth = engagementLaw.author[4] - engagementLaw.author[5];
  assert.ok(Math.abs(difference - truth) < 0.15, `${difference} against ${truth}`);
});

test("a purchase follows a cart, a cart follows a view, in the funnel's shares", async () => {
  const orders = await rowsOf(generateDemoShop({ seed: 2, reviews: 0, orders: 20_000 }).orders());
  const count = (kind: string): number => orders.filter((order) => order.kind === kind).length;
  const { cart, purchase } = shop.truth.orderFunnel;
  assert.ok(Math.abs(count("cart") / count("view") - cart) < 0.02);
  assert.ok(Math.abs(count("purchase") / count("cart") - purchase) < 0.04);
  assert.equal(new Set(orders.map((order) => order.event_id)).size, 20_000);
});

test("a stream can be read twice and gives the same rows", async () => {
  const small = generateDemoShop({ reviews: 300 });
  assert.deepEqual(await rowsOf(small.reviews()), await rowsOf(small.reviews()));
});

test("counts out of range are refused with the range", () => {
  for (const reviews of [-1, 1.5, Number.NaN, 1e12])
    assert.throws(() => generateDemoShop({ reviews }), { code: "DEMO_OPTION" });
});

test("writing stops when the signal aborts and leaves no part of a file", async (t) => {
  const directory = await folder(t);
  const controller = new AbortController();
  const writing = writeDemoShop(directory, {
    reviews: 50_000,
    signal: controller.signal,
    onRows: () => controller.abort(),
  });
  await assert.rejects(writing, { name: "AbortError" });
  assert.deepEqual(await readdir(directory), ["README_demo.md"]);
});

test("an alias table draws in proportion to its weights", () => {
  const table = aliasTable([1, 0, 3, 6]);
  const rng = createRng(1);
  const seen = [0, 0, 0, 0];
  for (let i = 0; i < 100_000; i++) seen[table.draw(rng)]!++;
  assert.deepEqual([...table.probabilities], [0.1, 0, 0.3, 0.6]);
  for (const [i, share] of [0.1, 0, 0.3, 0.6].entries())
    assert.ok(Math.abs(seen[i]! / 100_000 - share) < 0.01);
});

test("a quantile table holds each value in its share", () => {
  assert.deepEqual([...quantileTable([1, 2, 1], 8)], [0, 0, 1, 1, 1, 1, 2, 2]);
});
