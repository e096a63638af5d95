import type { ProductSearch } from "../product-values.ts";

/** The columns a list shows, and how each is read; columns a shop does not have, and values of another kind, are NULL. */
const shown = {
  product_id: "VARCHAR",
  name: "VARCHAR",
  category_path: "VARCHAR",
  price_minor: "BIGINT",
  currency: "VARCHAR",
  location: "VARCHAR",
  created_at: "TIMESTAMPTZ",
} as const;

/** Minor units of one currency are not less than those of another: prices are in order within their currency. */
const orders = {
  name: "lower(name) NULLS LAST, product_id",
  price: "price_minor IS NULL, upper(currency) NULLS LAST, price_minor, product_id",
  "-price": "price_minor IS NULL, upper(currency) NULLS LAST, price_minor DESC, product_id",
  newest: "created_at DESC NULLS LAST, product_id",
} as const;

const MOST_WORDS = 20;
const DEFAULT_LIMIT = 100;

/** Products that fit a search, with the columns of `shown` whatever the shop's own are. */
function found(columns: ReadonlySet<string>, search: ProductSearch): string {
  const select = Object.entries({ ...shown, description: "VARCHAR" }).map(([name, type]) =>
    columns.has(name)
      ? `TRY_CAST(${name} AS ${type}) AS ${name}`
      : `CAST(NULL AS ${type}) AS ${name}`,
  );
  return `SELECT ${Object.keys(shown).join(", ")} FROM (SELECT ${select.join(", ")} FROM products) AS product WHERE ${conditions(search).join(" AND ")}`;
}

function conditions({
  text = "",
  category,
  currency,
  minPrice,
  maxPrice,
}: ProductSearch): string[] {
  const words = text.toLowerCase().split(/\s+/u).filter(Boolean).slice(0, MOST_WORDS);
  return [
    "product_id IS NOT NULL",
    ...words.map(says),
    ...(category ? [within(category)] : []),
    ...(currency ? [`upper(currency) = ${literal(currency.toUpperCase())}`] : []),
    ...(minPrice === undefined ? [] : [`price_minor >= ${integer(minPrice)}`]),
    ...(maxPrice === undefined ? [] : [`price_minor <= ${integer(maxPrice)}`]),
  ];
}

/** The short columns first: where one of them has the word, the description is not looked at. */
function says(word: string): string {
  const has = ["name", "product_id", "category_path", "description"].map(
    (column) => `contains(lower(${column}), ${literal(word)})`,
  );
  return `(${has.join(" OR ")})`;
}

/** The category itself, or one below it: a name that only begins alike ("Pots" and "Potsherds") is another. */
function within(category: string): string {
  const path = literal(category);
  return `(category_path = ${path} OR regexp_matches(substr(category_path, length(${path}) + 1), '^\\s*[/>]') AND starts_with(category_path, ${path}))`;
}

/**
 * A page of products that fit: how many fit in all, then id, name, category, price, currency, location, first photo, photos.
 * One reading of the dataset answers both. A page beyond the last product is one row whose id is NULL.
 */
export function pageSql(
  { products, images }: { products: ReadonlySet<string>; images: boolean },
  search: ProductSearch,
): string {
  const { sort = "name", limit = DEFAULT_LIMIT, offset = 0 } = search;
  const order = orders[sort];
  const photos = images
    ? `SELECT product_id, arg_min(photo, position) AS first, count(*) AS photos FROM images
        WHERE product_id IN (SELECT product_id FROM page) GROUP BY product_id`
    : "SELECT NULL AS product_id, NULL AS first, 0 AS photos WHERE false";
  return `WITH fit AS MATERIALIZED (${found(products, search)}),
    page AS MATERIALIZED (SELECT * FROM fit ORDER BY ${order} LIMIT ${integer(limit)} OFFSET ${integer(offset)}),
    photo AS (${photos})
  SELECT counted.total, page.product_id, page.name, page.category_path, page.price_minor, page.currency, page.location,
    photo.first, coalesce(photo.photos, 0)
  FROM (SELECT count(*) AS total FROM fit) AS counted
    LEFT JOIN page ON true LEFT JOIN photo ON photo.product_id = page.product_id
  ORDER BY ${order.replaceAll(/\b(name|price_minor|currency|created_at|product_id)\b/g, "page.$1")}`;
}

/** Category paths with how many products each has, and between what prices where these are of one currency, and which. */
export function categoriesSql(columns: ReadonlySet<string>): string {
  const isOne = "count(DISTINCT upper(currency)) FILTER (price_minor IS NOT NULL) <= 1";
  return `SELECT category_path, count(*), CASE WHEN ${isOne} THEN min(price_minor) END,
      CASE WHEN ${isOne} THEN max(price_minor) END,
      CASE WHEN ${isOne} THEN max(upper(currency)) FILTER (price_minor IS NOT NULL) END
    FROM (${found(columns, {})}) WHERE category_path IS NOT NULL GROUP BY category_path ORDER BY category_path LIMIT 5000`;
}

/** Currencies with how many products are priced in each, the commonest first. */
export function currenciesSql(columns: ReadonlySet<string>): string {
  return `SELECT upper(currency), count(*) FROM (${found(columns, {})})
    WHERE currency <> '' AND price_minor IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 200`;
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
