import { SoukError } from "@souk/core";
import type { Model, Prediction } from "../artefact/model.ts";
import type { ColumnBatch } from "../rows/batch.ts";
import { readTargets } from "../rows/target.ts";
import type { Task } from "../task/task.ts";
import type { Scored } from "./scored.ts";

/** A model that keeps the scores of the first batch it is asked for. */
export interface WatchedModel {
  readonly model: Model;
  /** @throws SoukError `EVALUATE_EMPTY` before the model was asked. */
  readonly scored: () => Scored;
}

/** `model`, with its answers kept, so that an evaluation and its charts score the rows once. */
export function watchScores(model: Model, task: Task): WatchedModel {
  const { labels } = model.card;
  let kept: Scored | undefined;
  return { model: { ...model, score, predict }, scored };

  async function score(batch: ColumnBatch): Promise<Float64Array> {
    const scores = await model.score(batch);
    keep(batch, scores);
    return scores;
  }

  async function predict(
    batch: ColumnBatch,
    options?: { readonly topK?: number },
  ): Promise<Prediction[]> {
    const predictions = await model.predict(batch, options);
    const values = predictions.map(({ value = NaN }) => value);
    if (labels === undefined) keep(batch, Float64Array.from(values));
    return predictions;
  }

  function keep(batch: ColumnBatch, scores: Float64Array): void {
    kept ??= { batch, scores, targets: readTargets(task, batch, labels), labels };
  }

  function scored(): Scored {
    if (kept === undefined)
      throw new SoukError("EVALUATE_EMPTY", "expected a model that scored rows, got none scored");
    return kept;
  }
}
