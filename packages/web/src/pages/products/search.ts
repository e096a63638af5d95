import type { RouteAnswer, RouteQuery } from "@souk/api";
import { inShell } from "../../parts/call-text.ts";
import { minorUnits } from "../../parts/money.ts";

export type Product = RouteAnswer<"listProducts">["items"][number];
export type Search = NonNullable<RouteQuery<"listProducts">>;

/** The currencies of the shop's prices, the commonest first. */
export type Currencies = RouteAnswer<"productCurrencies">["items"];

/** Filters as they stand in the address. */
export interface Filters {
  readonly text: string;
  readonly category: string;
  readonly currency: string;
  /** In units of the currency: pounds, yen. */
  readonly min: string;
  readonly max: string;
  readonly sort: string;
}

/** Under which name each filter stands in the address. */
export const addressed = {
  text: "find",
  category: "category",
  currency: "currency",
  min: "min",
  max: "max",
  sort: "sort",
} as const satisfies Record<keyof Filters, string>;

/** The members of an address with other filters; what is left at its default is not written. */
export function addressWith(kept: object, next: Partial<Filters>): object {
  const changed = Object.entries(next).map(
    // Entries of filters.
    ([name, value]) => [addressed[name as keyof Filters], value] as const,
  );
  const all = { ...kept, ...Object.fromEntries(changed) };
  return Object.fromEntries(
    Object.entries(all).filter(
      ([name, value]) => value !== "" && !(name === addressed.sort && value === "name"),
    ),
  );
}

export const sorts = [
  { value: "name", label: "By name" },
  { value: "price", label: "Cheapest first" },
  { value: "-price", label: "Dearest first" },
  { value: "newest", label: "Newest first" },
] as const;

/** The currency that a price in the filter is meant in: the chosen one, or the commonest. */
export function priceCurrency(
  { currency }: Pick<Filters, "currency">,
  currencies: Currencies,
): string | undefined {
  return currency === "" ? currencies[0]?.currency : oneLine(currency).slice(0, 20);
}

/** The question for the API; what is no number is no bound. In a shop of several currencies a price is meant in one of them. */
export function searchOf(filters: Filters, currencies: Currencies): Search {
  const { text, category, min, max, sort } = filters;
  const currency = priceCurrency(filters, currencies);
  const minPrice = minorOf(min, currency);
  const maxPrice = minorOf(max, currency);
  const isPriced = minPrice !== undefined || maxPrice !== undefined;
  const order = sorts.find(({ value }) => value === sort)?.value;
  return {
    ...(text.trim() !== "" && { text: oneLine(text) }),
    ...(category !== "" && { category: oneLine(category) }),
    ...(currency &&
      (filters.currency !== "" || (isPriced && currencies.length > 1)) && { currency }),
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

function minorOf(text: string, currency: string | undefined): number | undefined {
  const units = text.trim() === "" ? NaN : Number(text);
  return Number.isFinite(units) && units >= 0 && units < 1e12
    ? Math.round(units * minorUnits(currency))
    : undefined;
}

/** The same search as a line for a terminal. */
export function cliOf({ text, category, currency, minPrice, maxPrice }: Search): string {
  const literal = (words: string): string => `'${words.replaceAll("'", "''")}'`;
  const said = "lower(concat_ws(' ', product_id, name, description, category_path))";
  const conditions = [
    ...(text ?? "")
      .toLowerCase()
      .split(/\s+/u)
      .filter(Boolean)
      .map((word) => `contains(${said}, ${literal(word)})`),
    ...(category === undefined ? [] : [`starts_with(category_path, ${literal(category)})`]),
    ...(currency === undefined ? [] : [`upper(currency) = ${literal(currency.toUpperCase())}`]),
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
