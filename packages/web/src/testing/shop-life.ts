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

/** Gives a demo shop what a week of use leaves: predictions with outcomes, and a few refused rows. */
export async function enliven(admin: Client): Promise<void> {
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
