import { formatNumber } from "./format.ts";

/** "1 row", "2,000 rows". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`;
}

/** "a, b and c". */
export function listed(words: readonly string[]): string {
  const last = words.at(-1);
  if (words.length < 2 || last === undefined) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${last}`;
}
