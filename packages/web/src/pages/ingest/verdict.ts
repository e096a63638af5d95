import { formatNumber } from "../../parts/format.ts";
import { counted } from "../../parts/counted.ts";
import type { DryRun } from "./plan.ts";

/** The dry run in a sentence. */
export function verdictOf({
  rows,
  refused,
  columns,
}: Pick<DryRun, "rows" | "refused" | "columns">): { text: string; tone: "good" | "warn" | "bad" } {
  const all = rows + refused;
  if (all === 0) return { text: "The file has no rows.", tone: "bad" };
  if (refused === 0) {
    const empty = columns.filter(({ verdict }) => verdict === "warning").length;
    const note = empty > 0 ? ` ${counted(empty, "column")} would be empty.` : "";
    return {
      text: `All ${counted(all, "row")} would be taken.${commaWords(columns)}${note}`,
      tone: "good",
    };
  }
  const worst = columns.toSorted((a, b) => b.bad - a.bad)[0];
  const why = worst && worst.bad > 0 ? `, most for ${worst.name}` : "";
  if (rows === 0)
    return {
      text: `None of ${counted(all, "row")} would be taken${why}.${minorWords(worst)}`,
      tone: "bad",
    };
  return {
    text: `${formatNumber(rows)} of ${counted(all, "row")} would be taken; ${formatNumber(refused)} would be set aside to mend${why}.${minorWords(worst)}`,
    tone: refused / all > 0.2 ? "bad" : "warn",
  };
}

/** Which numbers are read with a decimal comma: somebody should know before they count on them. */
function commaWords(columns: DryRun["columns"]): string {
  const names = columns.flatMap(({ name, hasDecimalCommas }) => (hasDecimalCommas ? [name] : []));
  return names.length === 0 ? "" : ` The comma in ${names.join(", ")} is read as a decimal comma.`;
}

/** What a shop whose prices have decimals needs to know of a column in cents. */
function minorWords(worst: DryRun["columns"][number] | undefined): string {
  if (!worst || worst.bad === 0 || !worst.name.endsWith("_minor")) return "";
  return ` ${worst.name} is in minor units (pence, cents): 129.95 is written 12995.`;
}
