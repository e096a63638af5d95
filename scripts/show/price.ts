import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { readCsv } from "./records.ts";
import { type Place, type Show, writeConfig, writeRows } from "./show.ts";

const reviews = "prdect-id/reviews.csv.gz";
const catalogue = "retail-demo-catalog/products.json.gz";
const families = ["baseline", "linear", "ngram", "forest", "boosted-trees", "neighbours"];

/** One row per product: its listing and what it costs in rupiah. */
async function listings(path: string): Promise<object[]> {
  const products = new Map<string, object>();
  for (const row of await readCsv(path)) {
    const name = row["Product Name"] ?? "";
    products.set(name, {
      name,
      category: row["Category"],
      location: row["Location"],
      price: Number(row["Price"]),
      rating: Number(row["Overall Rating"]),
      sold: Number(row["Number Sold"]),
      reviews: Number(row["Total Review"]),
    });
  }
  return [...products.values()];
}

interface CatalogueItem {
  readonly id: string;
  readonly name: string;
  readonly category: string;
  readonly style: string;
  readonly description: string;
  readonly price: number;
}

async function items(path: string): Promise<object[]> {
  // The file's own notice says what its members are.
  const all = JSON.parse(gunzipSync(await readFile(path)).toString("utf8")) as CatalogueItem[];
  return all.map(({ id, name, category, style, description, price }) => ({
    id,
    name,
    category,
    style,
    description,
    price,
  }));
}

async function prepare(place: Place): Promise<void> {
  const { shared, directory } = place;
  await writeRows(join(directory, "listings.jsonl"), await listings(join(shared, reviews)));
  await writeRows(join(directory, "catalogue.jsonl"), await items(join(shared, catalogue)));
  const text = (name: string) => ({ name, type: "VARCHAR" });
  const number = (name: string) => ({ name, type: "DOUBLE" });
  const task = (name: string, dataset: string, inputs: Record<string, string>, key: string) => ({
    name,
    dataset,
    inputs: Object.entries(inputs).map(([column, kind]) => ({ column, kind })),
    target: { column: "price", kind: "number" },
    split: { kind: "random", validation: 0.15, test: 0.2 },
    metric: "mae",
    baseline: "median",
    transform: "log1p",
    interval: 0.9,
    key,
  });
  await writeConfig(place, {
    datasets: [
      {
        name: "listings",
        key: ["name"],
        columns: [
          ...["name", "category", "location"].map(text),
          ...["price", "rating", "sold", "reviews"].map(number),
        ],
      },
      {
        name: "catalogue",
        key: ["id"],
        columns: [...["id", "name", "category", "style", "description"].map(text), number("price")],
      },
    ],
    tasks: [
      task(
        "listing-price",
        "listings",
        {
          name: "text",
          category: "category",
          location: "category",
          rating: "number",
          sold: "number",
          reviews: "number",
        },
        "name",
      ),
      task(
        "catalogue-price",
        "catalogue",
        { name: "text", description: "text", category: "category", style: "category" },
        "id",
      ),
    ],
  });
}

/** Prices of listings nobody has seen, beside the median of those that were. */
export const price: Show = {
  about: "prices of an Indonesian marketplace's listings and of a retail catalogue",
  needs: [reviews, catalogue],
  prepare,
  commands: () => [
    ["ingest", "listings", "listings.jsonl"],
    ["ingest", "catalogue", "catalogue.jsonl"],
    ...["listing-price", "catalogue-price"].flatMap((task) => [
      ...families.map((family) => ["train", task, "--family", family, "--no-promote"]),
      ["leaderboard", task],
    ]),
  ],
};
