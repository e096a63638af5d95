import type { Task } from "./task.ts";

const reviewInputs = [
  { column: "review_headline", kind: "text" },
  { column: "review_body", kind: "text" },
] as const;
const byCustomer = { kind: "grouped", by: "customer_id", validation: 0.05, test: 0.1 } as const;

/** Tasks that come with Souk, by name. Their columns are those of the datasets `reviews`, `products` and `posts`. */
export const builtInTasks: Readonly<Record<string, Task>> = {
  "star-rating": {
    name: "star-rating",
    title: "Stars a review gives, from its headline and text",
    dataset: "reviews",
    inputs: reviewInputs,
    target: { column: "star_rating", kind: "ordinal" },
    split: byCustomer,
    metric: "accuracy",
    baseline: "majority",
    slices: ["product_category"],
    key: "review_id",
  },
  sentiment: {
    name: "sentiment",
    title: "Whether a review is for or against the product; reviews of three stars are neither",
    dataset: "reviews",
    inputs: reviewInputs,
    target: {
      column: "sentiment",
      kind: "class",
      derive: {
        kind: "groups",
        column: "star_rating",
        groups: { negative: [1, 2], positive: [4, 5] },
      },
    },
    split: byCustomer,
    metric: "macroF1",
    baseline: "majority",
    slices: ["product_category"],
    key: "review_id",
  },
  category: {
    name: "category",
    title:
      "Where in the shop a product belongs (three levels), from its name, description and photo",
    dataset: "products",
    inputs: [
      { column: "name", kind: "text" },
      { column: "description", kind: "text" },
      { column: "photo", kind: "image" },
    ],
    photos: { dataset: "images", by: "product_id" },
    target: {
      column: "category",
      kind: "class",
      derive: { kind: "path", column: "category_path", levels: 3 },
    },
    split: { kind: "random", validation: 0.1, test: 0.2, stratify: true },
    metric: "accuracy",
    baseline: "majority",
    key: "product_id",
  },
  price: {
    name: "price",
    title: "What a product costs, in minor units, from its texts, category and place",
    dataset: "products",
    inputs: [
      { column: "description", kind: "text" },
      { column: "name", kind: "text" },
      { column: "category_path", kind: "category" },
      { column: "location", kind: "category" },
      { column: "currency", kind: "category" },
    ],
    target: { column: "price_minor", kind: "number" },
    split: { kind: "random", validation: 0.15, test: 0.2 },
    metric: "mae",
    baseline: "median",
    transform: "log1p",
    interval: 0.9,
    comparables: { title: "name" },
    slices: ["currency"],
    key: "product_id",
  },
  engagement: {
    name: "engagement",
    title:
      "Replies, retweets and likes a post gets together, from its text, hashtags, author and time",
    dataset: "posts",
    inputs: [
      { column: "hashtags", kind: "text" },
      { column: "text", kind: "text" },
      { column: "author", kind: "category" },
      { column: "posted_at", kind: "date" },
    ],
    target: {
      column: "engagement",
      kind: "number",
      derive: { kind: "sum", columns: ["replies", "retweets", "likes"] },
    },
    split: { kind: "random", validation: 0.15, test: 0.2 },
    metric: "rmsle",
    baseline: "median",
    transform: "log1p",
    interval: 0.9,
    slices: ["author"],
    key: "post_id",
  },
};
