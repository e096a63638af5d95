import type { Task } from "./task.ts";

/** Tasks that come with Souk, by name. */
export const builtInTasks: Readonly<Record<string, Task>> = {
  "star-rating": {
    name: "star-rating",
    title: "Stars a review gives, from its headline and text",
    dataset: "reviews",
    inputs: [
      { column: "review_headline", kind: "text" },
      { column: "review_body", kind: "text" },
    ],
    target: { column: "star_rating", kind: "ordinal" },
    split: { kind: "grouped", by: "customer_id", validation: 0.05, test: 0.1 },
    metric: "accuracy",
    baseline: "majority",
    slices: ["product_category"],
    key: "review_id",
  },
};
