import { SoukError } from "@souk/core";

/** What really happened: the true class or number. */
export type OutcomeValue = string | number;

/** One report of what really happened. */
export interface Outcome {
  readonly value: OutcomeValue;
  /** When it happened, epoch milliseconds. */
  readonly at: number;
  /** Who reported it. */
  readonly by?: string;
}

/** Longest text of an outcome, UTF-16 units: a class name, not a document. */
const MAX_OUTCOME_CHARS = 1000;

/** A value from outside as an outcome. @throws SoukError `SERVING_OUTCOME`. */
export function parseOutcome(value: unknown): OutcomeValue {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (typeof value === "string" && value.length > 0 && value.length <= MAX_OUTCOME_CHARS)
    return value;
  throw new SoukError(
    "SERVING_OUTCOME",
    `expected a number or a text of 1 to ${MAX_OUTCOME_CHARS} characters, got ${typeof value}`,
  );
}

/** Compares a prediction with its outcome: right or wrong for classes, distance where both are numbers. */
export function judgeOutcome(
  { targetKind, label }: { targetKind: "ordinal" | "class" | "number"; label: string | number },
  value: OutcomeValue,
): { isCorrect?: boolean; absoluteError?: number } {
  const distance = Math.abs(Number(label) - Number(value));
  const hasDistance = targetKind !== "class" && Number.isFinite(distance);
  return {
    ...(targetKind !== "number" && { isCorrect: String(label) === String(value) }),
    ...(hasDistance && { absoluteError: distance }),
  };
}
