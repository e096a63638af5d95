import { errorCode, SoukError } from "@souk/core";
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
  currenciesSql,
  newestReviewsSql,
  pageSql,
  photosSql,
  productSql,
  starsSql,
} from "./product-sql.ts";

type Cells = readonly unknown[];

/** Products, read by SQL in the runner's child processes. */
export function createProducts(lake: Lake, runner: SqlRunner): ProductsNoun {
  /** An absent dataset has none. */
  async function columnsOf(name: string): Promise<ReadonlySet<string>> {
    try {
      const { schema } = await lake.snapshot(name);
      return new Set(schema.map((column) => column.name));
    } catch (cause) {
      if (errorCode(cause) === "LAKE_NO_TABLE") return new Set();
      throw cause;
    }
  }

  async function rows(sql: string, signal?: AbortSignal): Promise<readonly Cells[]> {
    return (await runner.run(sql, { ...(signal && { signal }) })).rows;
  }

  return {
    async list(search = {}, { signal } = {}) {
      const [products, images] = await Promise.all([columnsOf("products"), columnsOf("images")]);
      if (!products.has("product_id")) return { items: [], total: 0 };
      const page = await rows(pageSql({ products, images: images.has("photo") }, search), signal);
      return {
        items: page.filter(([, id]) => id !== null).map(([, ...cells]) => listedOf(cells)),
        total: Number(page[0]?.[0] ?? 0),
      };
    },
    async categories({ signal } = {}) {
      const products = await columnsOf("products");
      if (!products.has("category_path")) return [];
      return (await rows(categoriesSql(products), signal)).map(categoryOf);
    },
    async currencies({ signal } = {}) {
      const products = await columnsOf("products");
      if (!products.has("currency") || !products.has("price_minor")) return [];
      return (await rows(currenciesSql(products), signal)).map(([currency, count]) => ({
        currency: String(currency),
        products: Number(count),
      }));
    },
    async get(id, { signal } = {}) {
      const [products, images, reviewColumns] = await Promise.all([
        columnsOf("products"),
        columnsOf("images"),
        columnsOf("reviews"),
      ]);
      const found = products.has("product_id")
        ? await runner.run(productSql(id), { ...(signal && { signal }) })
        : undefined;
      const cells = found?.rows[0];
      if (!found || !cells) throw unknownProduct(id);
      const facts = found.columns.map(({ name }, at) => [name, plain(cells[at])] as const);
      const [photos, reviews] = await Promise.all([
        images.has("photo") ? rows(photosSql(id), signal) : [],
        reviewColumns.has("product_id") ? reviewsOf(id, (sql) => rows(sql, signal)) : undefined,
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

function categoryOf([category, products, least, most, currency]: Cells): ProductCategory {
  return {
    category: String(category),
    products: Number(products),
    ...numberMember("minPrice", least),
    ...numberMember("maxPrice", most),
    ...textMember("currency", currency),
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
