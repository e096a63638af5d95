import type { RouteAnswer } from "@souk/api";
import { formatNumber } from "../../parts/format.ts";
import { formatMoney } from "../../parts/money.ts";

export type ProductDetail = RouteAnswer<"getProduct">;
type Fact = string | number | boolean | null;

/** The columns of the product by name. */
export function factsOf({ facts }: ProductDetail): ReadonlyMap<string, Fact> {
  const cells: [string, Fact][] = [];
  const members: [string, unknown][] = Object.entries(facts);
  for (const [name, value] of members)
    if (value === null || ["string", "number", "boolean"].includes(typeof value))
      // One of the kinds of the line before.
      cells.push([name, value as Fact]);
  return new Map(cells);
}

/** A column's text; undefined when it has none. */
export function textFact(facts: ReadonlyMap<string, Fact>, name: string): string | undefined {
  const value = facts.get(name);
  return value === null || value === undefined || value === "" ? undefined : String(value);
}

/** What the product costs, in words. */
export function priceOf(facts: ReadonlyMap<string, Fact>): string | undefined {
  const minor = textFact(facts, "price_minor");
  return minor === undefined ? undefined : formatMoney(Number(minor), textFact(facts, "currency"));
}

/** What a product manager reads first: price, place and what customers say. */
export function productVerdict(product: ProductDetail): {
  text: string;
  tone: "plain" | "good" | "warn" | "bad";
} {
  const facts = factsOf(product);
  const price = priceOf(facts);
  const category = textFact(facts, "category_path");
  const { count = 0, mean } = product.reviews ?? {};
  const sold = [
    price ? `Sold for ${price}` : "It has no price",
    category ? `in ${category}` : "in no category",
  ].join(" ");
  if (count === 0 || mean === undefined)
    return { text: `${sold}. Nobody reviewed it yet.`, tone: "plain" };
  const said = `${formatNumber(count)} ${count === 1 ? "review gives" : "reviews give"} it ${mean.toFixed(1)} of 5 stars`;
  const enough = count >= 5;
  const tone = enough && mean >= 4 ? "good" : enough && mean < 3 ? "warn" : "plain";
  return { text: `${sold}. ${said}.`, tone };
}

/** An address one may follow: of the web, never a script. */
export function webAddress(text: string): string | undefined {
  const address = URL.parse(text);
  return address && (address.protocol === "https:" || address.protocol === "http:")
    ? address.href
    : undefined;
}
