import { createRng } from "@souk/core";
import type { Souk } from "../souk-interface.ts";

const WORDS = ["awful", "weak", "fair", "good", "wonderful"];
const OTHERS = ["thing", "box", "lamp", "cable", "book", "day", "shop", "price"];

/** Fills dataset reviews with invented ones: in three of four a word tells the stars, the others tell nothing. */
export async function fillReviews(souk: Souk, count = 600): Promise<void> {
  const stream = { kind: "stream", stream: reviews(count) } as const;
  await souk.datasets.ingest("reviews", stream, { format: "jsonl" });
}

async function* reviews(count: number): AsyncGenerator<Uint8Array> {
  const rng = createRng("invented reviews");
  for (let i = 0; i < count; i++) {
    const stars = 1 + rng.integer(WORDS.length);
    const told = rng.next() < 0.75 ? WORDS[stars - 1] : rng.pick(WORDS);
    const body = [told, rng.pick(OTHERS), rng.pick(OTHERS), rng.pick(OTHERS)].join(" ");
    const review = {
      marketplace: "US",
      customer_id: `c${i}`,
      review_id: `r${i}`,
      product_id: `p${i % 10}`,
      product_parent: `${i % 10}`,
      product_title: "Thing",
      product_category: "Things",
      star_rating: stars,
      helpful_votes: 0,
      total_votes: 0,
      vine: "N",
      verified_purchase: "Y",
      review_headline: rng.pick(OTHERS),
      review_body: body,
      review_date: "2024-05-01",
    };
    yield Buffer.from(`${JSON.stringify(review)}\n`);
  }
}
