import { SoukError } from "@souk/core";
import type { ModelCard } from "@souk/models";
import { type OutcomeValue, parseOutcome } from "./outcome.ts";

/** What somebody says a row should have been answered with. */
export interface Correction {
  readonly id: string;
  readonly model: string;
  /** The prediction that was wrong; absent for a row that was never predicted. */
  readonly predictionId?: string;
  /** SHA-256 of the inputs as JSON with sorted names. */
  readonly inputHash: string;
  /** The inputs by name; a photo by its hash. */
  readonly input: Readonly<Record<string, unknown>>;
  /** The right label, or the right number. */
  readonly label: OutcomeValue;
  readonly by?: string;
  /** When it was said, epoch milliseconds. */
  readonly at: number;
  /** The later correction of the same prediction or row that counts instead. */
  readonly replacedBy?: string;
}

/** A page of corrections, newest first. */
export interface CorrectionPage {
  readonly items: readonly Correction[];
  /** Hand back as `cursor` for the next page; absent on the last. */
  readonly nextCursor?: string;
}

/** The row of the table. */
export interface CorrectionRow {
  readonly id: string;
  readonly model: string;
  readonly subject: string;
  readonly prediction_id: string | null;
  readonly input_hash: string;
  readonly input: string;
  readonly label: string;
  readonly created_by: string | null;
  readonly created_at: number;
  readonly replaced_by: string | null;
}

/** A table row as the outside sees it. */
export function readCorrection(row: CorrectionRow): Correction {
  return {
    id: row.id,
    model: row.model,
    ...(row.prediction_id !== null && { predictionId: row.prediction_id }),
    inputHash: row.input_hash,
    // Our own text, written by `Corrections`.
    input: JSON.parse(row.input),
    label: parseOutcome(JSON.parse(row.label)),
    ...(row.created_by !== null && { by: row.created_by }),
    at: row.created_at,
    ...(row.replaced_by !== null && { replacedBy: row.replaced_by }),
  };
}

/**
 * A label from outside as one of the model: `"3"` is the star 3. A number task takes any finite number.
 * @throws SoukError `SERVING_CORRECTION_LABEL` for a label the model does not know: one row cannot teach a new class.
 */
export function parseLabel(
  card: Pick<ModelCard, "labels"> & { signature: { output: { kind: string } } },
  value: unknown,
): OutcomeValue {
  const given = parseOutcome(value);
  if (card.signature.output.kind === "number") {
    const number = Number(given);
    if (Number.isFinite(number) && String(given).trim() !== "") return number;
    throw new SoukError("SERVING_CORRECTION_LABEL", "expected a number, got a text");
  }
  const known = card.labels?.find((label) => String(label) === String(given));
  if (known !== undefined) return known;
  const some = (card.labels ?? []).slice(0, 20).join(", ");
  throw new SoukError(
    "SERVING_CORRECTION_LABEL",
    `expected one of the labels ${some}${(card.labels?.length ?? 0) > 20 ? ", …" : ""}; got "${String(given).slice(0, 100)}"`,
  );
}
