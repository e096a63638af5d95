import type { RouteAnswer } from "@souk/api";
import { counted, listed } from "../../parts/counted.ts";

/** A dataset as the list tells it. */
export type Listed = RouteAnswer<"listDatasets">["items"][number];

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
