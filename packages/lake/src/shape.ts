import { SoukError } from "@souk/core";
import type { CleaningRuleName } from "./clean/rules.ts";

/** The types a column of a dataset may have; the names are DuckDB's. Timestamps always carry a time zone (Delta `timestamp`). */
export const columnTypes = [
  "VARCHAR",
  "INTEGER",
  "BIGINT",
  "DOUBLE",
  "BOOLEAN",
  "DATE",
  "TIMESTAMPTZ",
] as const;

/** One of `columnTypes`. */
export type ColumnType = (typeof columnTypes)[number];

/** What a value of one column must be. A row that breaks a rule goes to quarantine. */
export interface ColumnSpec {
  readonly name: string;
  readonly type: ColumnType;
  /** Whether an empty value is accepted. Default `true`; columns of the key are never nullable. */
  readonly nullable?: boolean;
  /** Smallest accepted number. */
  readonly min?: number;
  /** Largest accepted number. */
  readonly max?: number;
  /** The only texts accepted. */
  readonly oneOf?: readonly string[];
  /** Longest accepted text, in Unicode code points. */
  readonly maxLength?: number;
  /** Taken when the value is empty or the source has no such column. */
  readonly default?: string | number;
  /** Rules applied, in order, to the text before it is checked. Default: none, text is kept as it came. */
  readonly clean?: readonly CleaningRuleName[];
}

/** The shape of a dataset: its columns in order, its key, its partitions. Plain data: it can be kept as JSON. */
export interface DatasetShape {
  readonly name: string;
  readonly columns: readonly ColumnSpec[];
  /** Columns that tell rows apart, used by upsert. */
  readonly key?: readonly string[];
  /** Columns whose values name the folders of the table. */
  readonly partitionBy?: readonly string[];
  /** Name of a DATE or TIMESTAMPTZ column; the table gets an INTEGER column `year` derived from it. */
  readonly yearOf?: string;
  readonly description?: string;
}

/** The names of the shapes that come with Souk. */
export type KnownShapeName = "reviews" | "products" | "posts" | "orders" | "images" | "series";

const text = (name: string, rest: Partial<ColumnSpec> = {}): ColumnSpec => ({
  name,
  type: "VARCHAR",
  ...rest,
});
const required = { nullable: false } as const;

/** The shapes that come with Souk. `reviews` has the 15 columns of the Amazon Customer Reviews data set. */
export const knownShapes: Readonly<Record<KnownShapeName, DatasetShape>> = {
  reviews: {
    name: "reviews",
    description: "What customers wrote about products, one row per review.",
    columns: [
      text("marketplace"),
      text("customer_id"),
      text("review_id", required),
      text("product_id", required),
      text("product_parent"),
      text("product_title"),
      text("product_category", required),
      { name: "star_rating", type: "INTEGER", nullable: false, min: 1, max: 5 },
      { name: "helpful_votes", type: "INTEGER", nullable: false, min: 0 },
      { name: "total_votes", type: "INTEGER", nullable: false, min: 0 },
      text("vine", { oneOf: ["Y", "N"] }),
      text("verified_purchase", { oneOf: ["Y", "N"] }),
      text("review_headline"),
      text("review_body"),
      { name: "review_date", type: "DATE" },
    ],
    key: ["review_id"],
    partitionBy: ["product_category"],
    yearOf: "review_date",
  },
  products: {
    name: "products",
    description:
      "What the shop sells, one row per product. Prices are in minor units (pence, cents).",
    columns: [
      text("product_id", required),
      text("name"),
      text("description"),
      text("category_path"),
      { name: "price_minor", type: "BIGINT", min: 0 },
      text("currency", { maxLength: 3 }),
      text("location"),
      text("url"),
      { name: "created_at", type: "TIMESTAMPTZ" },
    ],
    key: ["product_id"],
  },
  posts: {
    name: "posts",
    description: "Posts on social media and the engagement they got, one row per post.",
    columns: [
      text("post_id", required),
      text("author", required),
      { name: "posted_at", type: "TIMESTAMPTZ", nullable: false },
      text("text", required),
      text("hashtags"),
      { name: "replies", type: "INTEGER", min: 0, default: 0 },
      { name: "retweets", type: "INTEGER", min: 0, default: 0 },
      { name: "likes", type: "INTEGER", min: 0, default: 0 },
    ],
    key: ["post_id"],
    yearOf: "posted_at",
  },
  orders: {
    name: "orders",
    description: "What customers did with products (view, cart, purchase), one row per event.",
    columns: [
      text("event_id", required),
      text("customer_id", required),
      text("product_id", required),
      text("kind", { nullable: false, oneOf: ["view", "cart", "purchase", "return"] }),
      { name: "quantity", type: "INTEGER", min: 0, default: 1 },
      { name: "price_minor", type: "BIGINT", min: 0 },
      text("currency", { maxLength: 3 }),
      { name: "occurred_at", type: "TIMESTAMPTZ", nullable: false },
    ],
    key: ["event_id"],
  },
  images: {
    name: "images",
    description:
      "Photos of products, one row per product and photo. The files are in the photo store, by hash.",
    columns: [
      text("image_id", required),
      text("product_id", required),
      text("photo", required),
      { name: "position", type: "INTEGER", nullable: false, min: 0 },
      { name: "width", type: "INTEGER", nullable: false, min: 1 },
      { name: "height", type: "INTEGER", nullable: false, min: 1 },
      { name: "ratio", type: "DOUBLE", nullable: false, min: 0 },
      text("mode", { oneOf: ["rgb", "grey", "cmyk"] }),
      text("format", { oneOf: ["jpeg", "png", "webp"] }),
      { name: "bytes", type: "BIGINT", nullable: false, min: 1 },
      text("folder"),
      text("source"),
      { name: "added_at", type: "TIMESTAMPTZ", nullable: false },
    ],
    key: ["image_id"],
  },
  series: {
    name: "series",
    description:
      "Daily series, one row per series and day: prices of a market (open, high, low, close, volume) or units sold.",
    columns: [
      text("series_id", required),
      { name: "date", type: "DATE", nullable: false },
      { name: "open", type: "DOUBLE" },
      { name: "high", type: "DOUBLE" },
      { name: "low", type: "DOUBLE" },
      { name: "close", type: "DOUBLE" },
      { name: "volume", type: "DOUBLE", min: 0 },
      { name: "units", type: "DOUBLE", min: 0 },
    ],
    key: ["series_id", "date"],
  },
};

/** Name of the hidden column that says which batch wrote a row. */
export const BATCH_COLUMN = "_batch";

/** Name of the column derived by `yearOf`. */
export const YEAR_COLUMN = "year";

/** More columns than any table of a shop; the limit keeps generated SQL and the log small. */
const MAX_COLUMNS = 500;

/**
 * Checks a shape and returns it.
 * @throws SoukError `LAKE_SHAPE_INVALID` for a bad or repeated name, an unknown type, a key or partition that is not a column.
 */
export function checkShape(shape: DatasetShape): DatasetShape {
  const invalid = (expected: string): never => {
    throw new SoukError("LAKE_SHAPE_INVALID", `shape ${shape.name}: ${expected}`);
  };
  checkDatasetName(shape.name);
  if (shape.columns.length === 0 || shape.columns.length > MAX_COLUMNS)
    invalid(`expected 1 to ${MAX_COLUMNS} columns, got ${shape.columns.length}`);
  const seen = new Set<string>();
  for (const column of shape.columns) {
    if (!/^[\p{L}\p{N} .$@-][\p{L}\p{N}_ .$@-]{0,127}$/u.test(column.name))
      invalid(
        `expected a column name of letters, digits, _ . - or space not starting with _, got "${column.name}"`,
      );
    if (!columnTypes.includes(column.type))
      invalid(
        `column ${column.name}: expected a type of ${columnTypes.join(", ")}, got "${column.type}"`,
      );
    const folded = column.name.toLowerCase();
    if (seen.has(folded)) invalid(`column ${column.name} is there twice`);
    seen.add(folded);
  }
  const type = (name: string) => shape.columns.find((column) => column.name === name)?.type;
  for (const name of [...(shape.key ?? []), ...(shape.partitionBy ?? [])])
    if (type(name) === undefined) invalid(`key or partition "${name}" is not one of its columns`);
  if ((shape.partitionBy ?? []).length >= shape.columns.length)
    invalid("every column is a partition");
  if (shape.yearOf !== undefined) {
    const of = type(shape.yearOf);
    if (of !== "DATE" && of !== "TIMESTAMPTZ")
      invalid(`yearOf must name a DATE or TIMESTAMPTZ column, got "${shape.yearOf}"`);
    if (seen.has(YEAR_COLUMN)) invalid(`has both yearOf and a column ${YEAR_COLUMN}`);
  }
  return shape;
}

/**
 * Checks the name of a dataset, which is also the name of its folder, and returns it.
 * @throws SoukError `LAKE_NAME_INVALID`.
 */
export function checkDatasetName(name: string): string {
  if (!/^[a-z][a-z0-9_-]{0,62}$/i.test(name))
    throw new SoukError(
      "LAKE_NAME_INVALID",
      `expected a dataset name of 1 to 63 letters, digits, _ or -, starting with a letter, got ${JSON.stringify(name.slice(0, 80))}`,
    );
  return name;
}
