import assert from "node:assert/strict";
import type { Souk } from "../souk-interface.ts";

/** Trains star-rating on invented reviews whose words give the stars away: "awful" is one star, "wonderful" is five. */
export async function trainStars(souk: Souk, { family = "linear" } = {}): Promise<void> {
  const stream = { kind: "stream", stream: reviews(1200) } as const;
  await souk.datasets.ingest("reviews", stream, { format: "jsonl" });
  await train(souk, { task: "star-rating", family });
}

/** Runs one training to its end. */
export async function train(
  souk: Souk,
  request: Parameters<Souk["jobs"]["startTraining"]>[0],
): Promise<object> {
  const job = await souk.jobs.startTraining({ seed: 1, threads: 1, ...request }, { by: "test" });
  for await (const event of souk.jobs.events(job.id)) void event;
  const ended = await souk.jobs.get(job.id);
  assert.equal(ended.status, "finished", JSON.stringify(ended.error));
  return ended.result ?? {};
}

async function* reviews(count: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < count; i++) {
    const word = i % 2 === 0 ? "wonderful" : "awful";
    const review = {
      marketplace: "US",
      customer_id: `c${i}`,
      review_id: `r${i}`,
      product_id: `p${i % 10}`,
      product_parent: `${i % 10}`,
      product_title: "Thing",
      product_category: "Things",
      star_rating: i % 2 === 0 ? 5 : 1,
      helpful_votes: 0,
      total_votes: 0,
      vine: "N",
      verified_purchase: "Y",
      review_headline: `${word} buy`,
      review_body: `${word} thing number ${i}`,
      review_date: "2015-08-31",
    };
    yield Buffer.from(`${JSON.stringify(review)}\n`);
  }
}
