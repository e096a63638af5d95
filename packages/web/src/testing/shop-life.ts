import type { Client } from "@souk/api";

const reviews = [
  { review_headline: "Broken", review_body: "It stopped working after two days.", stars: 1 },
  {
    review_headline: "Love it",
    review_body: "Fits perfectly and feels great. Would buy again.",
    stars: 5,
  },
  { review_headline: "It is fine", review_body: "Does what it says, nothing more.", stars: 3 },
  {
    review_headline: "Good value",
    review_body: "Not the prettiest, but strong and cheap.",
    stars: 4,
  },
] as const;

const asked = [
  {
    title: "Stars by category",
    why: "Which shelf to mend first.",
    sql: `select product_category, avg(star_rating) as average_stars
from reviews group by product_category order by average_stars desc`,
    chart: { kind: "bar", x: "product_category", y: "average_stars" },
    pinned: true,
  },
  {
    title: "Reviews by month",
    sql: `select date_trunc('month', review_date) as month, count(*) as reviews
from reviews where review_date is not null group by month order by month`,
    chart: { kind: "line", x: "month", y: "reviews" },
    pinned: true,
  },
] as const;

/** Gives a demo shop what a week of use leaves: checks that ran, predictions with outcomes, a few refused rows, questions on Home. */
export async function enliven(admin: Client): Promise<void> {
  await check(admin);
  for (const body of asked) await admin.saveQuestion({ body });
  for (let round = 0; round < 8; round += 1) {
    const { ids } = await admin.predictRows({
      params: { name: "star-rating" },
      body: {
        rows: reviews.map(({ review_headline, review_body }) => ({ review_headline, review_body })),
      },
    });
    for (const [index, id] of ids.entries())
      await admin.recordOutcome({ params: { id }, body: { value: reviews[index]?.stars ?? 3 } });
  }
  await admin.ingestDataset({
    params: { name: "reviews" },
    query: { format: "jsonl", fileName: "monday.jsonl" },
    body: [
      { review_id: "R1", product_id: "B1", star_rating: 9, review_body: "Nine stars!" },
      { review_id: "R2", product_id: "B1", star_rating: 4, review_body: "Good" },
    ]
      .map((row) => `${JSON.stringify(row)}\n`)
      .join(""),
  });
}

/** Checks of reviews: those that the data suggests but for types, and one that fails. They ran three times. */
async function check(admin: Client): Promise<void> {
  const params = { name: "reviews" };
  const { items } = await admin.suggestChecks({ params });
  const kept = items.filter(({ kind }) => kind !== "type").slice(0, 14);
  const strict = { kind: "range", column: "star_rating", min: 2, max: 5, severity: "warning" };
  await admin.putChecks({ params, body: { items: [...kept, strict] } });
  for (let round = 0; round < 3; round += 1) await admin.runChecks({ params });
}
