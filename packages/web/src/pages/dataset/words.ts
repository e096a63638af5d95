import type { RouteAnswer } from "@souk/api";
import { formatAgo } from "../../parts/format.ts";
import { memberOf } from "../../wire/answers.ts";
import { counted } from "../../parts/counted.ts";

export type Detail = RouteAnswer<"describeDataset">;
export type Batch = Detail["batches"][number];
export type Commit = Detail["history"][number];
/** A refused row. */
export type Refused = RouteAnswer<"listQuarantine">["items"][number];

/** What a dataset comes down to. */
export function detailVerdict(
  { rows, quarantined, version, updatedAt, description }: Detail & { description?: unknown },
  { isOld, nowMs }: { isOld: boolean; nowMs: number },
): { text: string; tone: "plain" | "good" | "warn" } {
  const about = typeof description === "string" ? `${description} ` : "";
  if (isOld)
    return {
      text: `You look at version ${version}, as it was ${formatAgo(updatedAt, nowMs)}: ${counted(rows, "row")}.`,
      tone: "warn",
    };
  const state =
    quarantined === 0
      ? "No row waits to be mended."
      : `${counted(quarantined, "refused row waits", "refused rows wait")} to be mended.`;
  return {
    text: `${about}It ${rows === 0 ? "is empty" : `holds ${counted(rows, "row")}`}, changed ${formatAgo(updatedAt, nowMs)}. ${state}`,
    tone: rows > 0 && quarantined === 0 ? "good" : "warn",
  };
}

/** The columns that made a row be refused, as its reasons name them. */
export function faultyColumns({ reasons, values }: Refused): string[] {
  const named = reasons.map((reason) => reason.split(":", 1)[0] ?? "");
  return [...new Set(named)].filter((column) => Object.hasOwn(values, column));
}

/** What the values of a column must be: "from 1 to 5, must be filled"; else "may be empty". */
export function ruleWords(
  {
    nullable,
    min,
    max,
    oneOf,
  }: {
    readonly nullable?: boolean;
    readonly min?: number;
    readonly max?: number;
    readonly oneOf?: readonly string[];
  },
  isKey: boolean,
): string {
  const rules: string[] = [];
  if (min !== undefined && max !== undefined) rules.push(`from ${min} to ${max}`);
  else if (min !== undefined) rules.push(`at least ${min}`);
  else if (max !== undefined) rules.push(`at most ${max}`);
  if (oneOf) rules.push(`one of ${oneOf.join(", ")}`);
  rules.push(isKey || nullable === false ? "must be filled" : "may be empty");
  return rules.join("; ");
}

/** What a commit did, in words. */
export function commitWords({ operation, summary }: Commit): string {
  const count = (name: string): number => countIn(summary, name);
  if (operation === "UNDO") {
    const back = count("rowsRestored");
    const restored = back > 0 ? `, ${counted(back, "row")} came back` : "";
    return `Batch undone: ${counted(count("rowsRemoved"), "row")} taken out${restored}`;
  }
  if (operation === "OPTIMIZE") return "Small files joined; no row changed";
  const refused = count("quarantined");
  const aside = refused > 0 ? `, ${formatRefused(refused)}` : "";
  const replaced = count("replaced");
  const over = replaced > 0 ? `, ${counted(replaced, "row")} replaced` : "";
  return `${counted(count("rows"), "row")} added${over}${aside}`;
}

/** Rows after each version, oldest first, as the log tells them. */
export function rowsOver(history: readonly Commit[]): number[] {
  let rows = 0;
  return history.map(({ operation, summary }) => {
    const count = (name: string): number => countIn(summary, name);
    if (operation === "UNDO") rows += count("rowsRestored") - count("rowsRemoved");
    else if (operation !== "OPTIMIZE") rows += count("rows") - count("replaced");
    return rows;
  });
}

function countIn(summary: Commit["summary"], name: string): number {
  const value = memberOf(summary, name);
  return typeof value === "number" ? value : 0;
}

function formatRefused(count: number): string {
  return `${counted(count, "row")} refused`;
}

/** A batch id that is a hash, as short as people tell them apart; others as they are. */
export function shortBatch(batchId: string): string {
  return /^[0-9a-f]{64}$/.test(batchId) ? batchId.slice(0, 10) : batchId.slice(0, 40);
}
