import { SoukError } from "@souk/core";
import { type Comparison, filterError, parseFilter } from "../filter.ts";
import { invalid, limits } from "../limits.ts";
import type { Fields } from "./fields.ts";

/** What a filter may ask about one item: its own attributes, and its tags. */
export interface Facts {
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly tags: Readonly<Record<string, string>>;
}

/** Clients add `tag.… != 'true'` to every search of models; what has no such tag is no prompt and is meant to be found. */
const IS_PROMPT = "mlflow.prompt.is_prompt";

/** One page of a short list (experiments, models, versions), filtered and ordered as MLflow's search does. */
export function selectPage<T>(
  all: readonly T[],
  fields: Fields,
  facts: (item: T) => Facts,
): { items: T[]; nextToken: string | undefined } {
  const comparisons = parseFilter(fields.optionalText("filter") ?? "");
  const found = all.filter((item) =>
    comparisons.every((comparison) => matches(facts(item), comparison)),
  );
  const order = readOrder(fields.texts("order_by"));
  const sorted = found.toSorted((a, b) => compareBy(order, [facts(a), facts(b)]));
  const start = readToken(fields.optionalText("page_token"));
  const end = start + Math.min(pageSize(fields), limits.page);
  return {
    items: sorted.slice(start, end),
    nextToken: end < sorted.length ? String(end) : undefined,
  };
}

/** `max_results`, default 1000. */
export function pageSize(fields: Fields): number {
  const size = fields.integer("max_results") ?? limits.page;
  if (size >= 1) return size;
  throw invalid("max_results to be 1 or more", String(size));
}

function readToken(token: string | undefined): number {
  if (token === undefined || token === "") return 0;
  if (/^\d{1,9}$/.test(token)) return Number(token);
  throw new SoukError("TRACKING_CURSOR", "expected a page token this server gave");
}

function readOrder(terms: readonly string[]): { key: string; descending: boolean }[] {
  if (terms.length > limits.orderBy)
    throw invalid(`at most ${limits.orderBy} order terms`, String(terms.length));
  return terms.map((term) => {
    const match = /^(?:attributes?\.)?`?(\w+)`?(?:\s+(asc|desc))?$/i.exec(term.trim());
    if (match === null)
      throw filterError("an attribute and asc or desc to order by", JSON.stringify(term));
    return { key: match[1] ?? "", descending: match[2]?.toLowerCase() === "desc" };
  });
}

function compareBy(
  order: readonly { key: string; descending: boolean }[],
  [a, b]: [Facts, Facts],
): number {
  for (const { key, descending } of order) {
    const [left, right] = [attributeOf(a, key), attributeOf(b, key)];
    if (left !== right) return (left < right ? -1 : 1) * (descending ? -1 : 1);
  }
  return 0;
}

function matches(facts: Facts, comparison: Comparison): boolean {
  const { entity, key, operator, values } = comparison;
  const tagged = entity === "tag" || entity === "tags";
  if (!tagged && !["", "attribute", "attributes"].includes(entity))
    throw filterError("an attribute or tags.", `${entity}.`);
  const actual = tagged ? tagOf(facts, key) : attributeOf(facts, key);
  if (operator === "is null") return actual === undefined;
  if (actual === undefined) return tagged && key === IS_PROMPT && operator === "!=";
  if (operator === "is not null") return true;
  for (const value of values) {
    if (typeof value !== typeof actual)
      throw filterError(
        `a ${typeof actual === "number" ? "number" : "quoted text"} for ${key}`,
        JSON.stringify(value),
      );
  }
  return compare(actual, operator, values);
}

function compare(
  actual: string | number,
  operator: Comparison["operator"],
  values: readonly (string | number)[],
): boolean {
  const value = values[0] ?? "";
  switch (operator) {
    case "=":
      return actual === value;
    case "!=":
      return actual !== value;
    case ">":
      return actual > value;
    case ">=":
      return actual >= value;
    case "<":
      return actual < value;
    case "<=":
      return actual <= value;
    case "in":
      return values.includes(actual);
    case "not in":
      return !values.includes(actual);
    case "like":
      return isLike(String(actual), String(value));
    case "ilike":
      return isLike(String(actual).toLowerCase(), String(value).toLowerCase());
    default:
      throw filterError("another operator", operator);
  }
}

/** SQL's LIKE: `%` any run of characters, `_` any one. Two pointers, so no pattern takes more than text x pattern steps. */
function isLike(text: string, pattern: string): boolean {
  let at = 0;
  let p = 0;
  let star = -1;
  let resume = 0;
  while (at < text.length) {
    if (pattern[p] === "%") {
      star = p++;
      resume = at;
    } else if (p < pattern.length && (pattern[p] === "_" || pattern[p] === text[at])) {
      at++;
      p++;
    } else if (star >= 0) {
      p = star + 1;
      at = ++resume;
    } else return false;
  }
  while (pattern[p] === "%") p++;
  return p === pattern.length;
}

function tagOf({ tags }: Facts, key: string): string | undefined {
  return Object.hasOwn(tags, key) ? tags[key] : undefined;
}

function attributeOf({ attributes }: Facts, key: string): string | number {
  const found = Object.hasOwn(attributes, key) ? attributes[key] : undefined;
  if (found === undefined)
    throw filterError(`an attribute (${Object.keys(attributes).join(", ")})`, JSON.stringify(key));
  return found;
}
