import { join } from "node:path";
import type { Show } from "./show.ts";

const reviews = "amazon-digital-software-2015/amazon_reviews_us_Digital_Software_v1_00.dev.tsv.gz";

/** Star ratings of software reviews, the families that read it whole in minutes. */
export const stars: Show = {
  about: "stars of 90,000 software reviews from headline and text, family by family",
  needs: [reviews],
  prepare: async () => {},
  commands: ({ shared }) => [
    ["ingest", "reviews", join(shared, reviews)],
    ...["linear", "ngram", "text-cnn"].map((family) => [
      "train",
      "star-rating",
      "--family",
      family,
    ]),
    ["leaderboard", "star-rating"],
  ],
};
