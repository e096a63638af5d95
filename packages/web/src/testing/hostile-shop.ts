import assert from "node:assert/strict";
import { hostileTexts } from "./hostile-texts.ts";
import { jobEnded, learn } from "./learning.ts";
import { password, type RunningShop } from "./running-shop.ts";

/*
 * A shop in which every text that anybody may write is one of the hundred hostile texts: what sells, what customers say, how
 * runs and questions are called, what models learnt to answer with.
 */

/** Statements whose answers are hostile titles, names of bars and names of lines. */
export const hostileStatements = {
  titles: "select product_title, review_body, star_rating from reviews where review_id like 'H%'",
  bars: "select product_category, helpful_votes from reviews where review_id like 'H%'",
  lines:
    "select product_category, star_rating, helpful_votes from reviews where review_id like 'H%' limit 8",
} as const;

/** Fills a running demo shop: half a minute of work, most of it trainings. */
export async function fillWithHostileTexts(shop: RunningShop): Promise<void> {
  await fillDatasets(shop);
  await Promise.all([fillRuns(shop), fillQuestions(shop)]);
  await fillModels(shop);
}

/** The first hundred are titles, categories, headlines and bodies; a hundred more are refused, with the text as a number. */
async function fillDatasets({ admin }: RunningShop): Promise<void> {
  const reviews = hostileTexts.map((text, at) => ({
    review_id: `H${at}`,
    product_id: `H${at}`,
    product_title: text,
    product_category: text,
    star_rating: (at % 5) + 1,
    helpful_votes: 1_000_000 - at,
    total_votes: 1_000_000,
    review_headline: text,
    review_body: text,
    review_date: "2015-08-31",
  }));
  const refused = hostileTexts.map((text, at) => ({ review_id: `Q${at}`, star_rating: text }));
  const fileName = `${hostileTexts[1]?.replaceAll("/", "")}.jsonl`;
  for (const [name, rows, quarantined] of [
    ["reviews", reviews, 0],
    ["products", [...products(), ...labelled()], 0],
    ["reviews", refused, hostileTexts.length],
  ] as const) {
    const outcome = await admin.ingestDataset({
      params: { name },
      query: { format: "jsonl", fileName, maxBadShare: 1 },
      body: rows.map((row) => `${JSON.stringify(row)}\n`).join(""),
    });
    assert.equal(outcome.quarantined, quarantined, `${name}: ${JSON.stringify(outcome.reasons)}`);
  }
}

function products(): object[] {
  return hostileTexts.map((text, at) => ({
    product_id: `H${at}`,
    name: text,
    description: text,
    category_path: text,
    price_minor: 100 + at,
    currency: "EUR",
  }));
}

/** Products of a few categories, for a model to answer with: those whose text still runs when "/" and ">" part its levels. */
function labelled(): object[] {
  const labels = hostileTexts.filter((text) =>
    text.endsWith('<img src=x onerror="window.wasRun=true">'),
  );
  return hostileTexts.flatMap((text, at) => {
    const label = labels[at % labels.length];
    return {
      product_id: `L${at}`,
      name: `${text} kind ${at % labels.length}`,
      description: text,
      category_path: label,
      price_minor: 1000 + at,
      currency: "EUR",
    };
  });
}

/** Every hostile text as the name and a tag of a run, and one as the name of its experiment. */
async function fillRuns(shop: RunningShop): Promise<void> {
  async function mlflow(path: string, body: object): Promise<{ experiment_id?: string }> {
    const response = await fetch(`${shop.url}/api/2.0/mlflow/${path}`, {
      method: "POST",
      headers: {
        authorization: `Basic ${Buffer.from(`admin:${password}`).toString("base64")}`,
        "content-type": "application/json",
      },
      body: JSON.stringify(body),
    });
    assert.equal(response.status, 200, path);
    return response.json();
  }
  const { experiment_id } = await mlflow("experiments/create", { name: hostileTexts[1] });
  for (const [at, text] of hostileTexts.entries())
    await mlflow("runs/create", {
      experiment_id,
      run_name: text,
      start_time: Date.UTC(2026, 0, 1) + at,
      tags: [
        { key: "mlflow.runName", value: text },
        { key: "note", value: text },
      ],
    });
}

/** Every hostile text as the title of a saved question; twelve of them on Home, over hostile labels. */
async function fillQuestions({ admin }: RunningShop): Promise<void> {
  const bars = { kind: "bar", x: "product_category", y: "helpful_votes" } as const;
  const series = {
    kind: "line",
    x: "star_rating",
    y: "helpful_votes",
    series: "product_category",
  } as const;
  for (const [at, text] of hostileTexts.entries())
    await admin.saveQuestion({
      body: {
        title: text,
        why: text,
        sql: at % 2 === 0 ? hostileStatements.bars : hostileStatements.lines,
        chart: at % 2 === 0 ? bars : series,
        pinned: at % 9 === 0,
      },
    });
}

/** Models that learnt hostile words, answer with hostile labels and are measured by hostile groups; who decided why, in such words. */
async function fillModels({ admin }: RunningShop): Promise<void> {
  const reason = hostileTexts[1] ?? "";
  for (const task of ["category", "price", "star-rating"]) {
    await learn(admin, { task, family: "linear" });
    const { versions } = await admin.getModel({ params: { name: task } });
    const params = { name: task, version: versions.at(-1)?.version ?? 1 };
    await admin.approveVersion({ params, body: { reason } });
    await admin.promoteVersion({ params, body: { reason, alias: "canary" } });
  }
  const { id } = await admin.computeLeaderboard({
    params: { task: "category" },
    body: { families: ["baseline", "linear"], train: true },
  });
  await jobEnded(admin, id);
}
