import type { PlainPrediction } from "../inference/encoding.ts";
import { type OutcomeValue, parseOutcome } from "./outcome.ts";

/** A stored prediction. */
export interface LoggedPrediction extends PlainPrediction {
  readonly id: string;
  readonly model: string;
  readonly version: number;
  readonly targetKind: "ordinal" | "class" | "number";
  /** SHA-256 of the inputs as JSON with sorted names. */
  readonly inputHash: string;
  /** The inputs by name, when they were kept. */
  readonly input?: Readonly<Record<string, unknown>>;
  /** Who asked. */
  readonly principal?: string;
  /** When it was answered, epoch milliseconds. */
  readonly at: number;
  /** From request to answer, without the time to store it. */
  readonly latencyMs: number;
  /** The last outcome reported, when there is one. */
  readonly outcome?: OutcomeValue;
  /** When it happened, epoch milliseconds. */
  readonly outcomeAt?: number;
  /** Who reported it. */
  readonly outcomeBy?: string;
  /** Whether the label equals the outcome; absent without outcome and for numeric targets. */
  readonly isCorrect?: boolean;
}

/** The row of the table. */
export interface PredictionRow {
  readonly id: string;
  readonly model: string;
  readonly version: number;
  readonly target_kind: "ordinal" | "class" | "number";
  readonly input_hash: string;
  readonly input: string | null;
  readonly output: string;
  readonly principal: string | null;
  readonly created_at: number;
  readonly latency_ms: number;
  readonly outcome: string | null;
  readonly outcome_at: number | null;
  readonly outcome_by: string | null;
  readonly is_correct: number | null;
}

/** A table row as the outside sees it. */
export function readPrediction(row: PredictionRow): LoggedPrediction {
  return {
    id: row.id,
    model: row.model,
    version: row.version,
    targetKind: row.target_kind,
    inputHash: row.input_hash,
    ...(row.input !== null && { input: JSON.parse(row.input) }),
    ...readOutput(row.output),
    ...(row.principal !== null && { principal: row.principal }),
    at: row.created_at,
    latencyMs: row.latency_ms,
    ...outcomeOf(row),
    ...(row.is_correct !== null && { isCorrect: row.is_correct === 1 }),
  };
}

/** Our own text, written by `PredictionLog`. */
function readOutput(json: string): PlainPrediction {
  return JSON.parse(json);
}

function outcomeOf(
  row: PredictionRow,
): Pick<LoggedPrediction, "outcome" | "outcomeAt" | "outcomeBy"> {
  if (row.outcome === null || row.outcome_at === null) return {};
  return {
    outcome: parseOutcome(JSON.parse(row.outcome)),
    outcomeAt: row.outcome_at,
    ...(row.outcome_by !== null && { outcomeBy: row.outcome_by }),
  };
}
