import type { RouteAnswer } from "@souk/api";
import { formatNumber } from "../../parts/format.ts";

/** A dataset as the list tells it. */
export type Listed = RouteAnswer<"listDatasets">["items"][number];

/** "1 row", "2,000 rows". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`;
}

const typeNames: Readonly<Record<string, string>> = {
  VARCHAR: "text",
  INTEGER: "whole number",
  BIGINT: "whole number",
  DOUBLE: "number",
  BOOLEAN: "yes or no",
  DATE: "date",
  TIMESTAMPTZ: "time",
  "TIMESTAMP WITH TIME ZONE": "time",
};

/** A column type for people: "whole number". */
export function typeWords(type: string): string {
  return typeNames[type.toUpperCase()] ?? type.toLowerCase();
}

/** "a, b and c". */
export function listed(words: readonly string[]): string {
  const last = words.at(-1);
  if (words.length < 2 || last === undefined) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${last}`;
}

/** What the lake comes down to, for somebody who only reads the first line. */
export function lakeVerdict(datasets: readonly Listed[]): {
  text: string;
  tone: "plain" | "good" | "warn";
} {
  if (datasets.length === 0) return { text: "There is no data yet.", tone: "plain" };
  const rows = datasets.reduce((sum, one) => sum + one.rows, 0);
  const size = `${counted(datasets.length, "dataset")} with ${counted(rows, "row")}`;
  const waiting = datasets.filter(({ quarantined }) => quarantined > 0);
  const held = waiting.reduce((sum, { quarantined }) => sum + quarantined, 0);
  if (held === 0) return { text: `${size}; no row waits to be mended.`, tone: "good" };
  const names = listed(waiting.map(({ name }) => name));
  return {
    text: `${size}; ${counted(held, "refused row waits", "refused rows wait")} to be mended in ${names}.`,
    tone: "warn",
  };
}
