import { join } from "node:path";
import type { Show } from "./show.ts";

const reviews = "amazon-digital-software-2015/amazon_reviews_us_Digital_Software_v1_00.dev.tsv.gz";

/** A search over the settings of the n-gram family, judged on validation rows. */
export const tune: Show = {
  about: "30 trials of settings for star ratings, chosen on validation rows, the best one trained",
  needs: [reviews],
  prepare: async () => {},
  commands: ({ shared }) => [
    ["ingest", "reviews", join(shared, reviews)],
    ["train", "star-rating", "--family", "ngram"],
    ["tune", "star-rating", "--family", "ngram", "--trials", "30", "--train"],
  ],
};
