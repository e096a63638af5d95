import type { ColumnBatch, ModelCard } from "@souk/models";
import type { CallOptions } from "./inference/direct-calls.ts";
import { checkInputs, describeRows } from "./inputs.ts";
import { type Correction, parseLabel } from "./log/correction.ts";
import type { Corrections } from "./log/corrections.ts";
import type { OutcomeValue } from "./log/outcome.ts";
import type { PredictionLog } from "./log/prediction-log.ts";
import type { LookRequest, ModelRef } from "./serving.ts";

/** What corrections stand on. */
export interface CorrectorParts {
  readonly log: PredictionLog;
  readonly corrections: Corrections;
  readonly card: (ref: ModelRef) => Promise<ModelCard>;
  readonly keepPhotos: (batch: ColumnBatch, options: CallOptions) => Promise<ColumnBatch>;
}

/** Checks what people say was right before it is kept. */
export class Corrector {
  readonly #parts: CorrectorParts;

  constructor(parts: CorrectorParts) {
    this.#parts = parts;
  }

  /** A prediction; its label is one of those the champion knows, or where there is none the version that answered. */
  async ofPrediction(
    predictionId: string,
    { label, by }: { label: OutcomeValue; by?: string },
  ): Promise<Correction> {
    const { log, corrections, card } = this.#parts;
    const { model, version } = await log.get(predictionId);
    const known = await card({ model }).catch(() => card({ model, version }));
    return corrections.ofPrediction(predictionId, { label: parseLabel(known, label), by });
  }

  /** The first row of a batch, its photo kept. */
  async ofRow(
    { label, by, batch, ...ref }: LookRequest & { label: OutcomeValue; by?: string },
    options: CallOptions,
  ): Promise<Correction> {
    const { corrections, card, keepPhotos } = this.#parts;
    const known = await card(ref);
    const checked = checkInputs(batch, known.signature);
    const right = parseLabel(known, label);
    const kept = await keepPhotos(checked, options);
    const { json: input, hash: inputHash } = describeRows(kept)[0]!;
    return corrections.ofRow(ref.model, { input, inputHash, label: right, by });
  }
}
