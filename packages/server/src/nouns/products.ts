import { SoukError } from "@souk/core";
import type { Lake, SqlRunner } from "@souk/lake";
import type {
  ListedProduct,
  ProductCategory,
  ProductDetail,
  ProductsNoun,
  ReviewsSummary,
} from "../product-values.ts";
import {
  categoriesSql,
  countSql,
  newestReviewsSql,
  pageSql,
  photosSql,
  productSql,
  starsSql,
} from "./product-sql.ts";

type Cells = readonly unknown[];

/** Columns of the datasets a shop has; an absent dataset has none. */
type Columns = Readonly<Record<"products" | "images" | "reviews", ReadonlySet<string>>>;

/** Products, read by SQL in the runner's child processes. */
export function createProducts(lake: Lake, runner: SqlRunner): ProductsNoun {
  async function columnsOf(): Promise<Columns> {
    const names = new Set((await lake.list()).map(({ name }) => name));
    const read = async (name: string): Promise<ReadonlySet<string>> =>
      names.has(name)
        ? new Set((await lake.describe(name)).columns.map((column) => column.name))
        : new Set();
    const [products, images, reviews] = await Promise.all([
      read("products"),
      read("images"),
      read("reviews"),
    ]);
    return { products, images, reviews };
  }

  async function rows(sql: string, signal?: AbortSignal): Promise<readonly Cells[]> {
    return (await runner.run(sql, { ...(signal && { signal }) })).rows;
  }

  return {
    async list(search = {}, { signal } = {}) {
      const { products, images } = await columnsOf();
      if (!products.has("product_id")) return { items: [], total: 0 };
      const has = { products, images: images.has("photo") };
      const [page, counted] = await Promise.all([
        rows(pageSql(has, search), signal),
        rows(countSql(products, search), signal),
      ]);
      return { items: page.map(listedOf), total: Number(counted[0]?.[0] ?? 0) };
    },
    async categories({ signal } = {}) {
      const { products } = await columnsOf();
      if (!products.has("category_path")) return [];
      return (await rows(categoriesSql(products), signal)).map(categoryOf);
    },
    async get(id, { signal } = {}) {
      const has = await columnsOf();
      const found = has.products.has("product_id")
        ? await runner.run(productSql(id), { ...(signal && { signal }) })
        : undefined;
      const cells = found?.rows[0];
      if (!found || !cells) throw unknownProduct(id);
      const facts = found.columns.map(({ name }, at) => [name, plain(cells[at])] as const);
      const [photos, reviews] = await Promise.all([
        has.images.has("photo") ? rows(photosSql(id), signal) : [],
        has.reviews.has("product_id") ? reviewsOf(id, (sql) => rows(sql, signal)) : undefined,
      ]);
      return {
        id,
        facts: Object.fromEntries(facts),
        photos: photos.map(photoOf),
        ...(reviews && { reviews }),
      };
    },
  };
}

async function reviewsOf(
  id: string,
  rows: (sql: string) => Promise<readonly Cells[]>,
): Promise<ReviewsSummary> {
  const [counts, newest] = await Promise.all([rows(starsSql(id)), rows(newestReviewsSql(id))]);
  const stars = [1, 2, 3, 4, 5].map((star) =>
    Number(counts.find(([given]) => Number(given) === star)?.[1] ?? 0),
  );
  const count = stars.reduce((sum, n) => sum + n, 0);
  const total = stars.reduce((sum, n, at) => sum + n * (at + 1), 0);
  return {
    count,
    ...(count > 0 && { mean: total / count }),
    stars,
    newest: newest.map(([headline, body, given, date]) => ({
      ...textMember("headline", headline),
      ...textMember("body", body),
      stars: Number(given),
      ...textMember("date", date),
    })),
  };
}

function listedOf(cells: Cells): ListedProduct {
  const [id, name, category, price, currency, location, photo, photos] = cells;
  return {
    id: String(id),
    ...textMember("name", name),
    ...textMember("category", category),
    ...numberMember("priceMinor", price),
    ...textMember("currency", currency),
    ...textMember("location", location),
    ...textMember("photo", photo),
    photos: Number(photos),
  };
}

function categoryOf([category, products, least, most]: Cells): ProductCategory {
  return {
    category: String(category),
    products: Number(products),
    ...numberMember("minPrice", least),
    ...numberMember("maxPrice", most),
  };
}

function photoOf([hash, width, height]: Cells): ProductDetail["photos"][number] {
  return {
    hash: String(hash),
    ...numberMember("width", width),
    ...numberMember("height", height),
  };
}

function textMember<K extends string>(name: K, cell: unknown): { readonly [P in K]?: string } {
  // One member of the name that was asked for.
  return (typeof cell === "string" ? { [name]: cell } : {}) as { readonly [P in K]?: string };
}

/** A number; integers beyond 2^53 come as text. */
function numberMember<K extends string>(name: K, cell: unknown): { readonly [P in K]?: number } {
  const number = cell === null || cell === undefined ? NaN : Number(cell);
  // One member of the name that was asked for.
  return (Number.isFinite(number) ? { [name]: number } : {}) as { readonly [P in K]?: number };
}

function plain(cell: unknown): string | number | boolean | null {
  if (typeof cell === "string" || typeof cell === "number" || typeof cell === "boolean")
    return cell;
  return cell === null || cell === undefined ? null : JSON.stringify(cell);
}

function unknownProduct(id: string): SoukError {
  return new SoukError(
    "PRODUCT_UNKNOWN",
    `expected the id of a row of the dataset products, got "${id.slice(0, 100)}"`,
  );
}
