import type { RouteAnswer } from "@souk/api";
import { formatAgo, formatNumber, formatShare } from "../../parts/format.ts";
import { counted, listed } from "../../parts/counted.ts";
import { typeWords } from "../../parts/column-type.ts";

export type Check = RouteAnswer<"getChecks">["items"][number];
export type Outcome = RouteAnswer<"checkHistory">["items"][number];
export type Result = Outcome["results"][number];

/** A check without its severity, as text: two checks of one id look for the same. */
export function checkId(check: Check): string {
  return JSON.stringify(
    Object.entries(check)
      .filter(([name]) => name !== "severity")
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** What a check asks for, in words: "star_rating is between 1 and 5". */
export function checkWords(check: Check): string {
  const text = (name: string): string => textOf(check[name as keyof typeof check]);
  const column = text("column");
  const share = check["share" as keyof typeof check] as unknown;
  const most = typeof share === "number" && share < 1 ? ` in ${formatShare(share, 0)} of rows` : "";
  switch (check.kind) {
    case "rowCount":
      return text("max") === ""
        ? `there are at least ${counted(Number(text("min")), "row")}`
        : `there are ${text("min") || 0} to ${text("max")} rows`;
    case "type":
      return `${column} is ${kindWords(text("type"))}`;
    case "complete":
      return `${column} is filled${most || " in every row"}`;
    case "unique":
      return `${text("columns")} is in one row only`;
    case "range":
      return `${column} is ${rangeWords(text("min"), text("max"))}${most}`;
    case "inSet":
      return `${column} is one of ${text("values")}${most}`;
    case "regex":
      return `${column} looks like ${text("regex")}${most}`;
    case "foreignKey":
      return `${column} is a ${text("otherColumn")} of ${text("dataset")}${most}`;
    case "monotone":
      return `${column} never falls by ${text("orderBy")}`;
    case "freshness":
      return `${column} is at most ${formatNumber(Number(text("maxAgeMs")) / 86_400_000)} days old`;
    default:
      return `${check.kind} ${column}`;
  }
}

function kindWords(type: string): string {
  const words = typeWords(type);
  return words === "text" || words === "yes or no" ? words : `a ${words}`;
}

function rangeWords(min: string, max: string): string {
  if (min === "") return `at most ${max}`;
  return max === "" ? `at least ${min}` : `between ${min} and ${max}`;
}

function textOf(value: unknown): string {
  // As it is: a year is not "2,024".
  if (typeof value === "number") return String(value);
  if (Array.isArray(value)) return value.map(textOf).join(", ");
  return typeof value === "string" ? value : "";
}

/** What the checks of a dataset come down to. */
export function qualityVerdict(
  dataset: string,
  history: readonly Outcome[],
  nowMs: number,
): { text: string; tone: "plain" | "good" | "warn" | "bad" } {
  const [last] = history;
  if (!last) return { text: `The checks of ${dataset} have not run yet.`, tone: "plain" };
  const when = formatAgo(last.at, nowMs);
  const failed = last.results.filter(({ passed }) => !passed);
  const all = counted(last.results.length, "check");
  if (last.results.length === 0)
    return { text: `${dataset} had nothing to check ${when}.`, tone: "plain" };
  if (failed.length === 0)
    return { text: `All ${all} of ${dataset} passed ${when}.`, tone: "good" };
  const names = failed.slice(0, 3).map(({ check }) => checkWords(check));
  const more = failed.length > 3 ? `, and ${failed.length - 3} others` : "";
  const serious = failed.some(({ severity }) => severity === "error");
  const gate = serious ? " The gate is closed." : " They are warnings: the gate stays open.";
  return {
    text: `${failed.length} of ${all} of ${dataset} failed ${when}. Expected: ${listed(names)}${more}.${gate}`,
    tone: serious ? "bad" : "warn",
  };
}

/** What became of one check over time: the newest runs, oldest first; undefined where it was not asked. */
export function stripOf(
  check: Check,
  history: readonly Outcome[],
  most = 24,
): { at: number; version: number; result: Result | undefined }[] {
  const id = checkId(check);
  return history
    .slice(0, most)
    .map(({ at, version, results }) => ({
      at,
      version,
      result: results.find((result) => checkId(result.check) === id),
    }))
    .toReversed();
}
