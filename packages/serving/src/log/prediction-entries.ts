import type { ColumnBatch } from "@souk/models";
import type { PlainPrediction } from "../inference/encoding.ts";
import { describeRows } from "../inputs.ts";
import type { LogOptions } from "../options.ts";
import type { AvailableVersion } from "../versions/live-versions.ts";
import type { PredictionEntry } from "./prediction-log.ts";

/** What the answered rows of one request leave behind, in their order. */
export function predictionEntries(
  { model, version, card }: AvailableVersion,
  answer: {
    readonly batch: ColumnBatch;
    readonly ids: readonly string[];
    readonly predictions: readonly PlainPrediction[];
    readonly principal: string | undefined;
    readonly log: LogOptions;
    readonly latencyMs: number;
    readonly atMs: number;
  },
): PredictionEntry[] {
  const { keepInputs, maxInputChars } = answer.log;
  return describeRows(answer.batch).map(({ json, hash }, row) => ({
    id: answer.ids[row]!,
    model,
    version,
    targetKind: card.signature.output.kind,
    inputHash: hash,
    input: keepInputs && json.length <= maxInputChars ? json : undefined,
    output: answer.predictions[row]!,
    principal: answer.principal,
    atMs: answer.atMs,
    latencyMs: answer.latencyMs,
  }));
}
