import { type Clock, createId, SoukError } from "@souk/core";
import type { Sql, SqlValue, Store } from "@souk/store";
import {
  type Correction,
  type CorrectionPage,
  type CorrectionRow,
  readCorrection,
} from "./correction.ts";
import { predictionLogMigrations } from "./migrations.ts";
import type { OutcomeValue } from "./outcome.ts";
import { joinOutcome, unknownPrediction } from "./prediction-log.ts";
import { type PredictionRow, readPrediction } from "./prediction-row.ts";

/** Whose correction is asked for. */
export interface CorrectionFilter {
  readonly model?: string;
  /** Only those said after this time, epoch milliseconds. */
  readonly since?: number;
  /** Only those of rows with these inputs. */
  readonly inputHash?: string;
}

const LARGEST_PAGE = 1000;

/**
 * What people said was wrong. Of each prediction, and of each row without one, the latest correction counts; those
 * before it stay on record. The table is the store's, so trainings in other processes read it too.
 */
export class Corrections {
  readonly #store: Store;
  readonly #clock: Clock;

  constructor(store: Store, options: { clock: Clock }) {
    this.#store = store;
    this.#clock = options.clock;
  }

  /** Creates or updates the tables. */
  async migrate(): Promise<void> {
    await this.#store.migrate("serving", predictionLogMigrations);
  }

  /**
   * Corrects a stored prediction; that is its outcome, too. Both or neither are on the disk.
   * @throws SoukError `SERVING_PREDICTION_UNKNOWN`, `SERVING_CORRECTION_INPUT` when its inputs were not kept.
   */
  ofPrediction(
    predictionId: string,
    { label, by }: { label: OutcomeValue; by?: string },
  ): Promise<Correction> {
    return this.#store.transaction(async (sql) => {
      const row = await sql.get<PredictionRow>("SELECT * FROM serving_predictions WHERE id = ?", [
        predictionId,
      ]);
      if (!row) throw unknownPrediction(predictionId);
      if (row.input === null) throw inputsGone(predictionId);
      const { model, input, input_hash: inputHash } = row;
      const subject = { model, subject: predictionId, predictionId };
      const at = this.#clock.now();
      const said = { ...subject, inputHash, input, label, by, at };
      await joinOutcome(sql, readPrediction(row), { value: label, at, by });
      return replace(sql, createId("corr", this.#clock), said);
    });
  }

  /** Says what the answer for a row is that was never predicted; `input` is its JSON. */
  ofRow(
    model: string,
    said: { input: string; inputHash: string; label: OutcomeValue; by?: string },
  ): Promise<Correction> {
    const at = this.#clock.now();
    const subject = { model, subject: `row:${said.inputHash}`, predictionId: undefined };
    return this.#store.transaction((sql) =>
      replace(sql, createId("corr", this.#clock), { ...subject, by: undefined, ...said, at }),
    );
  }

  /** Newest first, at most 1000 a page; `history` adds those that a later one replaced. @throws SoukError `SERVING_CURSOR`. */
  async page(
    filter: CorrectionFilter & { limit?: number; cursor?: string; history?: boolean } = {},
  ): Promise<CorrectionPage> {
    const limit = Math.min(LARGEST_PAGE, Math.max(1, Math.trunc(filter.limit ?? 100)));
    const { where, values } = conditionsOf(filter);
    const rows = await this.#store.all<CorrectionRow>(
      `SELECT * FROM serving_corrections WHERE ${where} ORDER BY id DESC LIMIT ?`,
      [...values, limit + 1],
    );
    const items = rows.slice(0, limit).map(readCorrection);
    const last = items.at(-1);
    return { items, ...(rows.length > limit && last && { nextCursor: last.id }) };
  }

  /** How many count now. */
  async count(filter: CorrectionFilter = {}): Promise<number> {
    const { where, values } = conditionsOf(filter);
    const row = await this.#store.get<{ n: number }>(
      `SELECT COUNT(*) AS n FROM serving_corrections WHERE ${where}`,
      values,
    );
    return row?.n ?? 0;
  }

  /**
   * Every correction of a model that counted at a time (epoch milliseconds, default now), oldest first: what a training
   * that began then learns from.
   */
  async *active(model: string, { until = this.#clock.now() } = {}): AsyncGenerator<Correction> {
    let after = "";
    for (;;) {
      const rows = await this.#store.all<CorrectionRow>(
        `SELECT * FROM serving_corrections AS said WHERE model = ? AND created_at <= ? AND id > ?
         AND NOT EXISTS (SELECT 1 FROM serving_corrections AS later
                         WHERE later.id = said.replaced_by AND later.created_at <= ?)
         ORDER BY id LIMIT ?`,
        [model, until, after, until, LARGEST_PAGE],
      );
      for (const row of rows) yield readCorrection(row);
      const last = rows.at(-1);
      if (!last || rows.length < LARGEST_PAGE) return;
      after = last.id;
    }
  }
}

/** Opens the corrections of a store: for trainings, which need no live models. */
export async function openCorrections(
  store: Store,
  options: { clock: Clock },
): Promise<Corrections> {
  const corrections = new Corrections(store, options);
  await corrections.migrate();
  return corrections;
}

interface Said {
  readonly model: string;
  readonly subject: string;
  readonly predictionId: string | undefined;
  readonly inputHash: string;
  readonly input: string;
  readonly label: OutcomeValue;
  readonly by: string | undefined;
  readonly at: number;
}

/** The one before steps back first: at any moment at most one counts. */
async function replace(sql: Sql, id: string, said: Said): Promise<Correction> {
  const { model, subject, predictionId, inputHash, input, label, by, at } = said;
  await sql.run(
    "UPDATE serving_corrections SET replaced_by = ? WHERE model = ? AND subject = ? AND replaced_by IS NULL",
    [id, model, subject],
  );
  const row: CorrectionRow = {
    id,
    model,
    subject,
    prediction_id: predictionId ?? null,
    input_hash: inputHash,
    input,
    label: JSON.stringify(label),
    created_by: by ?? null,
    created_at: at,
    replaced_by: null,
  };
  const columns = Object.entries(row);
  await sql.run(
    `INSERT INTO serving_corrections (${columns.map(([name]) => name).join(", ")})
     VALUES (${columns.map(() => "?").join(", ")})`,
    columns.map(([, value]): SqlValue => value),
  );
  return readCorrection(row);
}

function conditionsOf(filter: CorrectionFilter & { cursor?: string; history?: boolean }): {
  where: string;
  values: SqlValue[];
} {
  const conditions = filter.history ? ["1 = 1"] : ["replaced_by IS NULL"];
  const values: SqlValue[] = [];
  const add = (condition: string, value: SqlValue | undefined): void => {
    if (value === undefined) return;
    conditions.push(condition);
    values.push(value);
  };
  add("model = ?", filter.model);
  add("created_at > ?", filter.since);
  add("input_hash = ?", filter.inputHash);
  add("id < ?", checkCursor(filter.cursor));
  return { where: conditions.join(" AND "), values };
}

function checkCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined || /^corr_[0-9a-z]{26}$/.test(cursor)) return cursor;
  throw new SoukError("SERVING_CURSOR", "expected the cursor of an earlier page, got another text");
}

function inputsGone(predictionId: string): SoukError {
  return new SoukError(
    "SERVING_CORRECTION_INPUT",
    `expected a prediction whose inputs were kept, got ${predictionId}: correct the row itself`,
  );
}
