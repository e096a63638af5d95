import { createRng, type Rng, SoukError } from "@souk/core";
import { type AliasTable, aliasTable, quantileTable } from "./sampling.ts";
import { buildBanks, type CategoryBanks } from "./sentences.ts";
import { demoBrands, demoCategories, demoModels } from "./vocabulary.ts";

/** How large a demo shop to invent. Counts that are not given follow from `reviews`. */
export interface DemoShopOptions {
  /** Any integer; the same seed and counts give the same bytes. */
  seed?: number;
  /** Number of reviews, 0..50,000,000. */
  reviews: number;
  /** Default: reviews^0.6, at least 24. The first ten have one category each. */
  products?: number;
  /** Default: a tenth of the reviews, at least 500. */
  posts?: number;
  /** Number of order events. Default: as many as reviews. */
  orders?: number;
}

/** One invented product and what its buyers think of it. */
export interface DemoProduct {
  readonly id: string;
  readonly parent: string;
  readonly title: string;
  /** The title without what it is: brand, model and number. */
  readonly shortTitle: string;
  readonly noun: string;
  readonly category: number;
  /** Chance of 1..5 stars, [5]. */
  readonly starShare: Float64Array;
  /** The same, as sums: [5], the last is 1. */
  readonly starSum: Float64Array;
  /** Price in pence or cents. */
  readonly priceMinor: number;
  readonly currency: "GBP" | "EUR" | "USD";
  /** Where in the category's life this product appears, 0..1. */
  readonly launch: number;
}

/** Everything that is fixed before the first row: the products, the customers and the way people write. */
export interface DemoWorld {
  readonly rng: Rng;
  readonly counts: { reviews: number; products: number; posts: number; orders: number };
  readonly customers: number;
  readonly products: readonly DemoProduct[];
  readonly popularity: AliasTable;
  readonly banks: readonly CategoryBanks[];
  /** Review day by category as equally likely quantiles, index into `days`. */
  readonly dayTables: readonly Uint16Array[];
  /** ISO dates from `FIRST_YEAR`-01-01 on. */
  readonly days: readonly string[];
}

/** Years the shop pretends to have been open: `FIRST_YEAR`..`LAST_YEAR`. */
const FIRST_YEAR = 2012;
/** The last year with rows. */
const LAST_YEAR = 2025;
/** Quantiles per table of days. */
export const DAY_QUANTILES = 8192;

const currencies = ["GBP", "EUR", "USD"] as const;
const DAY_MS = 86_400_000;
const MAX_ROWS = 50_000_000;
const GROWTH_PER_YEAR = 1.28;

/** Invents the shop for `options`. @throws SoukError `DEMO_OPTION` when a count is out of range. */
export function buildWorld(options: DemoShopOptions): DemoWorld {
  const counts = countsOf(options);
  const rng = createRng(`souk demo shop ${options.seed ?? 1}`);
  const products = inventProducts(counts.products, rng.fork("products"));
  const days = allDays();
  return {
    rng,
    counts,
    customers: Math.max(20, Math.ceil(counts.reviews * 0.6)),
    products,
    popularity: aliasTable(products.map((_, rank) => 1 / (rank + 4) ** 0.8)),
    banks: buildBanks(rng.fork("banks")),
    dayTables: demoCategories.map((category) => dayTable(category.since, days)),
    days,
  };
}

function countsOf(options: DemoShopOptions): DemoWorld["counts"] {
  const { reviews } = options;
  const counts = {
    reviews,
    products: options.products ?? Math.max(24, Math.round(reviews ** 0.6)),
    posts: options.posts ?? Math.max(500, Math.round(reviews / 10)),
    orders: options.orders ?? reviews,
  };
  for (const [name, count] of Object.entries(counts)) {
    const low = name === "products" ? 1 : 0;
    if (!Number.isInteger(count) || count < low || count > MAX_ROWS)
      throw new SoukError(
        "DEMO_OPTION",
        `${name}: expected a whole number from ${low} to ${MAX_ROWS}, got ${count}`,
      );
  }
  return counts;
}

function inventProducts(count: number, rng: Rng): DemoProduct[] {
  const categoryOf = aliasTable(demoCategories.map((category) => category.weight));
  return Array.from({ length: count }, (_, index) => {
    const category = index < demoCategories.length ? index : categoryOf.draw(rng);
    return inventProduct(index, category, rng);
  });
}

function inventProduct(index: number, category: number, rng: Rng): DemoProduct {
  const { nouns, quality, price } = demoCategories[category]!;
  const noun = rng.pick(nouns);
  const launch = index < demoCategories.length ? 0 : rng.next() ** 1.5 * 0.9;
  const starShare = starShares(quality + rng.normal(0, 0.55) - 0.5 * launch);
  const number = String(index + 1).padStart(6, "0");
  const brand = rng.pick(demoBrands);
  const model = rng.pick(demoModels);
  const series = `${model.name} ${1 + rng.integer(9)}00`;
  const typical = 100 * price * model.price;
  let sum = 0;
  return {
    id: `demo-p${number}`,
    parent: `demo-g${String(Math.floor(index / 2) + 1).padStart(6, "0")}`,
    title: `${brand} ${titled(noun)} ${series}`,
    shortTitle: `${brand} ${series}`,
    noun,
    category,
    starShare,
    starSum: starShare.map((share) => (sum += share)),
    priceMinor: Math.max(50, Math.round(typical * Math.exp(rng.normal(0, 0.45)))),
    currency: rng.pick(currencies),
    launch,
  };
}

/**
 * Chances of 1..5 stars for a quality in about [-2, 2]: the J shape of shop reviews (many 5, some 1, few 2),
 * tilted by e^(quality x stars).
 */
function starShares(quality: number): Float64Array {
  const tilted = [0.15, 0.065, 0.09, 0.19, 0.505].map(
    (share, i) => share * Math.exp(quality * 0.45 * (i - 2)),
  );
  const total = tilted.reduce((a, b) => a + b, 0);
  return Float64Array.from(tilted, (share) => share / total);
}

/** Every word with a capital. */
function titled(noun: string): string {
  return noun.replace(/\b[a-z]/g, (letter) => letter.toUpperCase());
}

function allDays(): string[] {
  const first = Date.UTC(FIRST_YEAR, 0, 1);
  const count = (Date.UTC(LAST_YEAR + 1, 0, 1) - first) / DAY_MS;
  return Array.from({ length: count }, (_, day) =>
    new Date(first + day * DAY_MS).toISOString().slice(0, 10),
  );
}

/** Growth over the years, a slow summer, a busy December and quiet weekends. */
function dayTable(since: number, days: readonly string[]): Uint16Array {
  const weights = days.map((day, index) => {
    const year = Number(day.slice(0, 4));
    if (year < since) return 0;
    const month = Number(day.slice(5, 7));
    const season = month === 12 || month === 1 ? 1.7 : month >= 6 && month <= 8 ? 0.8 : 1;
    const weekend = (index + 6) % 7 >= 5 ? 0.8 : 1;
    return GROWTH_PER_YEAR ** (year - since + (index % 365) / 365) * season * weekend;
  });
  return quantileTable(weights, DAY_QUANTILES);
}
