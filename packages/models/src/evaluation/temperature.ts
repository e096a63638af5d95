import type { FamilyData, Predictor } from "../families/family.ts";
import { fitTemperature, scaledLogLoss } from "./calibration.ts";

/** The temperature that fits the validation rows; 1 for numbers, and where it does not lower their log-loss. */
export async function temperatureOf(
  predictor: Predictor,
  { labels, validation }: FamilyData,
): Promise<number> {
  if (labels === undefined) return 1;
  const k = labels.length;
  const scores = new Float64Array(validation.batch.length * k);
  await predictor.scoreInto(validation.batch, scores);
  const t = fitTemperature(scores, validation.targets, k);
  const gain =
    scaledLogLoss(scores, validation.targets, { k, t: 1 }) -
    scaledLogLoss(scores, validation.targets, { k, t });
  return gain > 0 ? t : 1;
}
