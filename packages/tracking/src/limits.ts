import { SoukError } from "@souk/core";

/** Most of everything a caller may hand over at once, and the longest text in each place. Mostly MLflow's own limits. */
export const limits = {
  /** Points, params or tags in one `logBatch`. */
  batch: 10_000,
  key: 250,
  name: 256,
  paramValue: 6_000,
  tagValue: 8_000,
  text: 10_000,
  /** A report as JSON text: more would stall whoever reads it. */
  report: 16 * 1024 * 1024,
  page: 1_000,
  filter: 10_000,
  comparisons: 40,
  listValues: 500,
  orderBy: 10,
  cursor: 20_000,
} as const;

/** Letters, digits, `_ . - / :` and spaces: MLflow's set, so that a key is also a safe file name part. */
const KEY = /^[\p{L}\p{N}_.\-/: ]+$/u;
/** A model or alias appears in URLs: no slash, colon or percent sign. */
const NAME = /^[\p{L}\p{N}_.\- ()]+$/u;

/** Returns `key` when it can name a param, metric or tag. @throws SoukError `TRACKING_INVALID`. */
export function checkKey(key: string, what: string): string {
  if (key.length > 0 && key.length <= limits.key && KEY.test(key) && !/(^|\/)\.\.?(\/|$)/.test(key))
    return key;
  throw invalid(`${what} to be 1 to ${limits.key} letters, digits, or _ . - / : and spaces`, key);
}

/** Returns `name` when it can name a model or an alias. @throws SoukError `TRACKING_INVALID`. */
export function checkName(name: string, what: string): string {
  if (name.length > 0 && name.length <= limits.name && NAME.test(name) && name.trim() === name)
    return name;
  throw invalid(`${what} to be 1 to ${limits.name} letters, digits, or _ . - ( ) and spaces`, name);
}

/** Returns `text` when it is at most `most` characters. @throws SoukError `TRACKING_INVALID`. */
export function checkText(text: string, what: string, most: number = limits.text): string {
  if (text.length <= most && text.isWellFormed()) return text;
  throw invalid(`${what} to be at most ${most} characters`, `${text.length} characters`);
}

/** A reason somebody gave: present and of sane length. @throws SoukError `TRACKING_INVALID`. */
export function checkReason(reason: string): string {
  if (reason.trim() === "") throw invalid("a reason", "none");
  return checkText(reason, "the reason");
}

/** Refuses more than `most` items. @throws SoukError `TRACKING_INVALID`. */
export function checkCount(count: number, most: number, what: string): void {
  if (!(Number.isInteger(count) && count <= most))
    throw invalid(`at most ${most} ${what}`, String(count));
}

/** Refuses what is no whole number within ±2^53. @throws SoukError `TRACKING_INVALID`. */
export function checkInteger(value: number, what: string): number {
  if (Number.isSafeInteger(value)) return value;
  throw invalid(`${what} to be a whole number`, String(value));
}

/** A page size in [1, 1000]. @throws SoukError `TRACKING_INVALID`. */
export function checkPage(limit: number): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= limits.page) return limit;
  throw invalid(`a page of 1 to ${limits.page}`, String(limit));
}

/** The error of a value that is not what was expected. */
export function invalid(expected: string, got: string): SoukError {
  const shown = got.length > 80 ? `${got.slice(0, 80)}…` : got;
  return new SoukError("TRACKING_INVALID", `expected ${expected}, got ${JSON.stringify(shown)}`);
}
