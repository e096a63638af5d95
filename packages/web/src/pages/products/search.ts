import type { RouteAnswer, RouteQuery } from "@souk/api";
import { inShell } from "../../parts/call-text.ts";

export type Product = RouteAnswer<"listProducts">["items"][number];
export type Search = NonNullable<RouteQuery<"listProducts">>;

/** Filters as they stand in the address. */
export interface Filters {
  readonly text: string;
  readonly category: string;
  /** In units of the currency: pounds, euros. */
  readonly min: string;
  readonly max: string;
  readonly sort: string;
}

export const sorts = [
  { value: "name", label: "By name" },
  { value: "price", label: "Cheapest first" },
  { value: "-price", label: "Dearest first" },
  { value: "newest", label: "Newest first" },
] as const;

/** The question for the API; what is no number is no bound. */
export function searchOf({ text, category, min, max, sort }: Filters): Search {
  const minPrice = minorOf(min);
  const maxPrice = minorOf(max);
  const order = sorts.find(({ value }) => value === sort)?.value;
  return {
    ...(text.trim() !== "" && { text: oneLine(text) }),
    ...(category !== "" && { category: oneLine(category) }),
    ...(minPrice !== undefined && { minPrice }),
    ...(maxPrice !== undefined && { maxPrice }),
    ...(order && order !== "name" && { sort: order }),
  };
}

/** An address may hold anything; the API takes one line of 500 characters. */
function oneLine(text: string): string {
  return text
    .replaceAll(/\p{Cc}+/gu, " ")
    .trim()
    .slice(0, 500);
}

function minorOf(text: string): number | undefined {
  const units = text.trim() === "" ? NaN : Number(text);
  return Number.isFinite(units) && units >= 0 && units < 1e12 ? Math.round(units * 100) : undefined;
}

/** The same search as a line for a terminal. */
export function cliOf({ text, category, minPrice, maxPrice }: Search): string {
  const literal = (words: string): string => `'${words.replaceAll("'", "''")}'`;
  const said = "lower(concat_ws(' ', product_id, name, description, category_path))";
  const conditions = [
    ...(text ?? "")
      .toLowerCase()
      .split(/\s+/u)
      .filter(Boolean)
      .map((word) => `contains(${said}, ${literal(word)})`),
    ...(category === undefined ? [] : [`starts_with(category_path, ${literal(category)})`]),
    ...(minPrice === undefined ? [] : [`price_minor >= ${minPrice}`]),
    ...(maxPrice === undefined ? [] : [`price_minor <= ${maxPrice}`]),
  ];
  const where = conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
  const sql = `SELECT product_id, name, category_path, price_minor, currency FROM products${where}`;
  return `npx souk sql ${inShell(sql)}`;
}

/** Every level of the category paths with how many products it holds, in the order of the paths. */
export function categoryLevels(
  categories: RouteAnswer<"productCategories">["items"],
): readonly { readonly value: string; readonly label: string }[] {
  const products = new Map<string, number>();
  for (const { category, products: count } of categories)
    for (const end of [...category.matchAll(/\s*[/>]|$/g)].map(({ index }) => index)) {
      const path = category.slice(0, end);
      if (path !== "") products.set(path, (products.get(path) ?? 0) + count);
    }
  return [...products]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([value, count]) => ({ value, label: `${value} (${count})` }));
}
