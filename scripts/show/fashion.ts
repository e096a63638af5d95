import { join } from "node:path";
import { readCsv, unit } from "./records.ts";
import { type Place, type Show, writeConfig, writeRows } from "./show.ts";

const folder = "fashion-product-images";
const CLASSES = 30;
/** Share of the products of the published train and validation parts that nothing is chosen or learnt from. */
const HELD_BACK = 0.15;

/** The network stays as it is published: with a title beside the photo, tuning it gains little and takes most of the time. */
const frozen = ["--set", "fineTune=none", "--set", "augment=0"];

/** The most common article types among the products with a photo. */
function mostCommon(products: readonly Record<string, string>[]): Set<string> {
  const counts = new Map<string, number>();
  for (const { articleType = "" } of products)
    counts.set(articleType, (counts.get(articleType) ?? 0) + 1);
  const ranked = [...counts].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return new Set(ranked.slice(0, CLASSES).map(([type]) => type));
}

async function prepare(place: Place): Promise<void> {
  const all = await readCsv(join(place.shared, folder, "styles.csv.gz"));
  const shown = all.filter((row) => row["has_image"] === "1" && row["split"] !== "test");
  const types = mostCommon(shown);
  const rows = shown
    .filter(({ articleType = "" }) => types.has(articleType))
    .map(({ id = "", productDisplayName, articleType, split }) => ({
      product_id: id,
      title: productDisplayName,
      article_type: articleType,
      side: unit(`held back ${id}`) < HELD_BACK ? "test" : split,
    }));
  await writeRows(join(place.directory, "fashion.jsonl"), rows);
  await writeConfig(place, {
    pretrained: { "mobilenet-v2": join(place.shared, "image-weights-mobilenet") },
    datasets: [
      {
        name: "fashion",
        key: ["product_id"],
        columns: ["product_id", "title", "article_type", "side"].map((name) => ({
          name,
          type: "VARCHAR",
        })),
      },
    ],
    tasks: [
      {
        name: "article-type",
        title: "One of the 30 most common kinds of article, from title and photo",
        dataset: "fashion",
        inputs: [
          { column: "title", kind: "text" },
          { column: "photo", kind: "image" },
        ],
        photos: { dataset: "images", by: "product_id" },
        target: { column: "article_type", kind: "class" },
        split: { kind: "given", by: "side" },
        metric: "accuracy",
        key: "product_id",
      },
    ],
  });
}

/** 30 article types from title, photo and both. */
export const fashion: Show = {
  about: "the 30 most common article types of 8,000 fashion products, from title, photo and both",
  needs: [folder, "image-weights-mobilenet"],
  prepare,
  commands: ({ shared }) => [
    ["ingest", "fashion", "fashion.jsonl"],
    ["photos", "add", join(shared, folder, "images224.part1.tar")],
    ["photos", "add", join(shared, folder, "images224.part2.tar")],
    ["train", "article-type", "--family", "ngram"],
    ["train", "article-type", "--family", "image", ...frozen],
    ["train", "article-type", "--family", "fused"],
    ["leaderboard", "article-type"],
  ],
};
