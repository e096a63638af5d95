import type { RouteAnswer } from "@souk/api";
import { formatMoney } from "../money.ts";
import { formatNumber } from "../format.ts";

/** A champion that answers, and what it takes. */
export type ServedModel = RouteAnswer<"listServed">["items"][number];
export type ServedInput = ServedModel["inputs"][number];

/** A prediction, from whichever route. */
export interface ModelAnswer {
  readonly id: string;
  readonly model: string;
  readonly version: number;
  readonly label: string | number;
  readonly value?: number | undefined;
  readonly low?: number | undefined;
  readonly high?: number | undefined;
  /** Likeliest first. */
  readonly top: readonly Likelihood[];
  readonly parts?: {
    readonly text: readonly Likelihood[];
    readonly image: readonly Likelihood[];
  };
}

export interface Likelihood {
  readonly label: string | number;
  readonly probability: number;
}

/** A column or model name in words: "review_headline" is "Review headline". */
export function inWords(name: string): string {
  const words = name.replaceAll(/[_.-]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** True when the model answers with money in minor units: by the name of the column it learnt. */
export function isMoney({ output }: Pick<ServedModel, "output">): boolean {
  return output.kind === "number" && output.name.endsWith("_minor");
}

/** A number of the model's answers, in its unit. */
export function formatAnswer(
  model: Pick<ServedModel, "output">,
  value: string | number,
  currency?: string,
): string {
  if (typeof value === "string") return value;
  if (isMoney(model)) return formatMoney(value, currency);
  if (model.output.kind === "ordinal" && model.output.name.includes("star"))
    return `${value} ${value === 1 ? "star" : "stars"}`;
  // An estimate of 249.7 says no more than one of 250.
  return formatNumber(Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3)));
}

/** A prediction as one sentence: what is most likely, how sure, or between which bounds. */
export function sentenceOf(
  model: ServedModel,
  { label, value, low, high, top }: ModelAnswer,
  currency?: string,
): string {
  const name = inWords(model.model);
  if (model.output.kind !== "number") {
    const sure = top.find((one) => one.label === label)?.probability;
    const share = sure === undefined ? "" : ` (${Math.round(sure * 100)} % sure)`;
    return `${name}: most likely ${formatAnswer(model, label, currency)}${share}.`;
  }
  const estimate = formatAnswer(model, value ?? Number(label), currency);
  if (low === undefined || high === undefined) return `${name}: about ${estimate}.`;
  return `${name}: about ${estimate}, between ${formatAnswer(model, low, currency)} and ${formatAnswer(model, high, currency)}.`;
}
