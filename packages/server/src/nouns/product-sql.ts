import type { ProductSearch } from "../product-values.ts";

/** The columns a list shows, and how each is read; columns a shop does not have, and values of another kind, are NULL. */
const shown = {
  product_id: "VARCHAR",
  name: "VARCHAR",
  description: "VARCHAR",
  category_path: "VARCHAR",
  price_minor: "BIGINT",
  currency: "VARCHAR",
  location: "VARCHAR",
  created_at: "TIMESTAMPTZ",
} as const;

const orders = {
  name: "lower(name) NULLS LAST, product_id",
  price: "price_minor NULLS LAST, product_id",
  "-price": "price_minor DESC NULLS LAST, product_id",
  newest: "created_at DESC NULLS LAST, product_id",
} as const;

const MOST_WORDS = 20;
const DEFAULT_LIMIT = 100;

/** Products that fit a search, with the columns of `shown` whatever the shop's own are. */
function found(columns: ReadonlySet<string>, search: ProductSearch): string {
  const select = Object.entries(shown).map(([name, type]) =>
    columns.has(name)
      ? `TRY_CAST(${name} AS ${type}) AS ${name}`
      : `CAST(NULL AS ${type}) AS ${name}`,
  );
  return `SELECT * FROM (SELECT ${select.join(", ")} FROM products) AS product WHERE ${conditions(search).join(" AND ")}`;
}

function conditions({ text = "", category, minPrice, maxPrice }: ProductSearch): string[] {
  const said = "lower(concat_ws(' ', product_id, name, description, category_path))";
  const words = text.toLowerCase().split(/\s+/u).filter(Boolean).slice(0, MOST_WORDS);
  return [
    "product_id IS NOT NULL",
    ...words.map((word) => `contains(${said}, ${literal(word)})`),
    ...(category ? [within(category)] : []),
    ...(minPrice === undefined ? [] : [`price_minor >= ${integer(minPrice)}`]),
    ...(maxPrice === undefined ? [] : [`price_minor <= ${integer(maxPrice)}`]),
  ];
}

/** The category itself, or one below it: a name that only begins alike ("Pots" and "Potsherds") is another. */
function within(category: string): string {
  const path = literal(category);
  return `(category_path = ${path} OR regexp_matches(substr(category_path, length(${path}) + 1), '^\\s*[/>]') AND starts_with(category_path, ${path}))`;
}

/** How many products fit. */
export function countSql(columns: ReadonlySet<string>, search: ProductSearch): string {
  return `SELECT count(*) FROM (${found(columns, search)})`;
}

/** A page of products that fit: id, name, category, price, currency, location, first photo, photos. */
export function pageSql(
  { products, images }: { products: ReadonlySet<string>; images: boolean },
  search: ProductSearch,
): string {
  const { sort = "name", limit = DEFAULT_LIMIT, offset = 0 } = search;
  const order = orders[sort];
  const page = `WITH page AS (${found(products, search)} ORDER BY ${order} LIMIT ${integer(limit)} OFFSET ${integer(offset)})`;
  const listed =
    "page.product_id, page.name, page.category_path, page.price_minor, page.currency, page.location";
  if (!images) return `${page} SELECT ${listed}, NULL, 0 FROM page ORDER BY ${order}`;
  return `${page}, photo AS (
    SELECT product_id, arg_min(photo, position) AS first, count(*) AS photos FROM images
    WHERE product_id IN (SELECT product_id FROM page) GROUP BY product_id)
  SELECT ${listed}, photo.first, coalesce(photo.photos, 0)
  FROM page LEFT JOIN photo ON photo.product_id = page.product_id
  ORDER BY ${order.replaceAll(/\b(name|price_minor|created_at|product_id)\b/g, "page.$1")}`;
}

/** Category paths with how many products each has and between what prices. */
export function categoriesSql(columns: ReadonlySet<string>): string {
  return `SELECT category_path, count(*), min(price_minor), max(price_minor) FROM (${found(columns, {})})
    WHERE category_path IS NOT NULL GROUP BY category_path ORDER BY category_path LIMIT 1000`;
}

/** Every column of one product. */
export function productSql(id: string): string {
  return `SELECT * FROM products WHERE product_id = ${literal(id)} LIMIT 1`;
}

/** Hash, width and height of its photos. */
export function photosSql(id: string): string {
  return `SELECT photo, width, height FROM images WHERE product_id = ${literal(id)} ORDER BY position, image_id LIMIT 50`;
}

/** How many reviews of each number of stars. */
export function starsSql(id: string): string {
  return `SELECT star_rating, count(*) FROM reviews WHERE product_id = ${literal(id)} AND star_rating BETWEEN 1 AND 5 GROUP BY 1`;
}

/** The newest reviews: headline, body, stars, date. */
export function newestReviewsSql(id: string): string {
  return `SELECT review_headline, left(review_body, 2000), star_rating, review_date FROM reviews
    WHERE product_id = ${literal(id)} AND star_rating BETWEEN 1 AND 5
    ORDER BY review_date DESC NULLS LAST, review_id LIMIT 5`;
}

/** Text in SQL: quotes are doubled, and DuckDB knows no other escape. */
function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function integer(value: number): string {
  return String(Math.trunc(value));
}
