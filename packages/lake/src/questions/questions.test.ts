import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createSqlRunner } from "../sql/runner.ts";
import type { SqlCell, SqlRunner } from "../sql/types.ts";
import { openLake } from "../lake.ts";
import { knownShapes } from "../shape.ts";
import { questions } from "./questions.ts";

const data =
  process.env["SOUK_SHARED_DATA"] ?? join(import.meta.dirname, "../../../../../shared/data");
const AMAZON = "amazon-digital-software-2015/amazon_reviews_us_Digital_Software_v1_00.dev.tsv.gz";
const DOMAINS = "amazon-multidomain-2007/reviews.tsv.gz";
const expectedFile = join(data, "expected/review-analysis.dev.json");
const skip = existsSync(expectedFile) ? false : `no ${expectedFile}: set SOUK_SHARED_DATA`;

type Row = Record<string, SqlCell>;
let runner: SqlRunner;
let root: string;

before(async () => {
  if (skip !== false) return;
  root = await mkdtemp(join(tmpdir(), "souk-questions-"));
  const lake = openLake({ directory: join(root, "lake"), threads: 2 });
  for (const file of [AMAZON, DOMAINS])
    await lake.ingest(
      "reviews",
      { kind: "file", path: join(data, file) },
      { shape: knownShapes.reviews },
    );
  await lake.close();
  runner = createSqlRunner({ lake: join(root, "lake"), processes: 1 });
});

after(async () => {
  if (skip !== false) return;
  await runner.close();
  await rm(root, { recursive: true, force: true });
});

async function answer(id: number, name: string): Promise<Row[]> {
  const statement = questions
    .find((question) => question.id === id)
    ?.statements.find((one) => one.name === name);
  assert.ok(statement, `question ${id} has a statement ${name}`);
  const result = await runner.run(statement.sql);
  return result.rows.map((row) =>
    Object.fromEntries(row.map((cell, i) => [result.columns[i]?.name ?? "", cell])),
  );
}

/** The expected rows under our column names, big counts as numbers, in one fixed order. */
function expected(key: string, names: Record<string, string>): Row[] {
  const file = JSON.parse(readFileSync(expectedFile, "utf8")) as Record<string, Row[]>;
  const counts = new Set(["n", "len", "y", "review_count", "pairs", "c", "mn"]);
  return (file[key] ?? []).map((row) =>
    Object.fromEntries(
      Object.entries(names).map(([theirs, ours]) => {
        const value = row[theirs] ?? null;
        return [ours, counts.has(theirs) ? Number(value) : value];
      }),
    ),
  );
}

function pick(rows: Row[], names: Record<string, string>): Row[] {
  return rows.map((row) =>
    Object.fromEntries(Object.values(names).map((name) => [name, row[name] ?? null])),
  );
}

function sorted(rows: Row[]): string[] {
  return rows.map((row) => JSON.stringify(row)).toSorted();
}

function rounded(rows: Row[], column: string): Row[] {
  return rows.map((row) => ({ ...row, [column]: Number(Number(row[column]).toFixed(4)) }));
}

async function same(id: number, name: string, key: string, names: Record<string, string>) {
  assert.deepEqual(sorted(pick(await answer(id, name), names)), sorted(expected(key, names)));
}

const category = { product_category: "product_category" };

test("question 1 equals the answer computed elsewhere, to the last bit", { skip }, () =>
  same(1, "average", "q1_avg_by_category", { ...category, avg_star_rating: "avg_star_rating" }),
);

test("question 2 equals the answer computed elsewhere", { skip }, () =>
  same(2, "count", "q2_count_by_category", { ...category, n: "reviews" }),
);

test(
  "question 3 equals the answer computed elsewhere, and each first year is counted",
  { skip },
  async () => {
    await same(3, "first-date", "q3_first_review", {
      ...category,
      first_review_date: "first_review_date",
    });
    const perYear = await answer(3, "new-categories");
    assert.deepEqual(
      perYear.map((row) => [row["first_year"], row["new_categories"]]),
      [
        [1997, 1],
        [1999, 1],
        [2000, 2],
        [2008, 1],
      ],
    );
  },
);

test("question 4 equals the answer computed elsewhere, best average first", { skip }, async () => {
  await same(4, "breakdown", "q4_breakdown", {
    ...category,
    star_rating: "star_rating",
    n: "reviews",
  });
  const order = [...new Set((await answer(4, "breakdown")).map((row) => row["product_category"]))];
  assert.deepEqual(order, ["Digital_Software", "books", "dvd", "kitchen", "electronics"]);
});

test("question 5 equals the answer computed elsewhere", { skip }, () =>
  same(5, "count", "q5_by_star", { star_rating: "star_rating", n: "reviews" }),
);

test(
  "question 6 equals the answers computed elsewhere, which have four decimals",
  { skip },
  async () => {
    const year = { y: "year", avg_rating: "avg_star_rating" };
    const byYear = rounded(await answer(6, "year"), "avg_star_rating");
    assert.deepEqual(sorted(pick(byYear, year)), sorted(expected("q6_avg_by_year", year)));
    const both = { ...category, ...year };
    const byBoth = rounded(await answer(6, "category-year"), "avg_star_rating");
    assert.deepEqual(
      sorted(pick(byBoth, both)),
      sorted(expected("q6b_avg_by_category_year", both)),
    );
  },
);

test("question 7 equals the answer computed elsewhere", { skip }, () =>
  same(7, "average", "q7_helpful_by_star", {
    star_rating: "star_rating",
    avg_helpful_votes: "avg_helpful_votes",
  }),
);

test("question 8 equals the answer computed elsewhere, in its order", { skip }, async () => {
  const names = {
    review_id: "review_id",
    product_title: "product_title",
    helpful_votes: "helpful_votes",
    star_rating: "star_rating",
    len: "body_length",
    body100: "body_start",
  };
  assert.deepEqual(pick(await answer(8, "top"), names), expected("q8_most_helpful", names));
});

test("question 9 equals the answer computed elsewhere", { skip }, () =>
  same(9, "ratio", "q9_pos_neg_ratio", { ratio: "positive_to_negative" }),
);

test(
  "question 10 equals the answer computed elsewhere, in its order, with its total",
  { skip },
  async () => {
    const names = {
      customer_id: "customer_id",
      ...category,
      product_title: "product_title",
      avg_star_rating: "avg_star_rating",
      review_count: "review_count",
    };
    assert.deepEqual(pick(await answer(10, "top"), names), expected("q10_repeat_reviewers", names));
    await same(10, "total", "q10_total", { pairs: "pairs" });
  },
);

test(
  "question 11 equals the answer computed elsewhere: count, mean, fewest and the deciles",
  { skip },
  async () => {
    await same(11, "summary", "q11_len", { c: "reviews", mean: "mean_words", mn: "fewest_words" });
    const [row] = expected("q11_len", { deciles: "deciles" });
    const deciles = (await answer(11, "deciles")).map((one) => one["words"]);
    assert.deepEqual(deciles, row?.["deciles"]);
  },
);

test(
  "question 11's histogram covers 0 to 256 in bins of 8, with the 80 % line at decile 8",
  { skip },
  async () => {
    const bins = await answer(11, "histogram");
    assert.deepEqual(
      bins.map((row) => row["words_from"]),
      Array.from({ length: 32 }, (_, i) => i * 8),
    );
    assert.deepEqual(new Set(bins.map((row) => row["words_at_80"])), new Set([103]));
    const at = bins.findIndex((row) => Number(row["share_upto"]) >= 0.8);
    assert.equal(bins[at]?.["words_from"], 96);
  },
);

test("there are eleven questions, with distinct slugs", () => {
  assert.deepEqual(
    questions.map((question) => question.id),
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
  );
  assert.equal(new Set(questions.map((question) => question.slug)).size, 11);
});
