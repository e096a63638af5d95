import { type Clock, SoukError } from "@souk/core";
import { type BatchWriter, createBatchWriter, type Sql, type Store } from "@souk/store";
import type { PlainPrediction } from "../inference/encoding.ts";
import { predictionLogMigrations } from "./migrations.ts";
import { judgeOutcome, type Outcome, type OutcomeValue, parseOutcome } from "./outcome.ts";
import { type LoggedPrediction, type PredictionRow, readPrediction } from "./prediction-row.ts";

/** What one answered row leaves behind. */
export interface PredictionEntry {
  readonly id: string;
  readonly model: string;
  readonly version: number;
  readonly targetKind: "ordinal" | "class" | "number";
  readonly inputHash: string;
  /** JSON of the inputs, or `undefined` when inputs are not kept or this one is too long. */
  readonly input: string | undefined;
  readonly output: PlainPrediction;
  readonly principal: string | undefined;
  readonly atMs: number;
  readonly latencyMs: number;
}

/**
 * When an answer may leave. Both mean: after its row is on the disk.
 * `sync` commits at the end of the current turn of the event loop, `group` waits up to 2 ms for others to share the commit.
 */
export type Durability = "sync" | "group";

/** How well a version did on the predictions whose outcome is known. */
export interface OutcomeSummary {
  readonly model: string;
  readonly version: number;
  /** Predictions with an outcome. */
  readonly joined: number;
  /** Share whose label equals the outcome; absent for numeric targets. */
  readonly accuracy?: number;
  /** Mean distance between label and outcome, for ordinal and numeric targets. */
  readonly meanAbsoluteError?: number;
}

/** A page of predictions, newest first. */
export interface PredictionPage {
  readonly items: readonly LoggedPrediction[];
  /** Hand back as `cursor` for the next page; absent on the last. */
  readonly nextCursor?: string;
}

const INSERT = `
  INSERT INTO serving_predictions
    (id, model, version, target_kind, input_hash, input, output, principal, created_at, latency_ms, segment)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
/**
 * Rows whose hashes are indexed beside each other. A commit of 64 rows writes as many pages of an index by hash alone, at most
 * the eight or so of its segment here; a search looks once into each segment.
 */
const SEGMENT_ROWS = 1024;
/** The rows of one input, newest segment first: each segment is one step in the index. */
const BY_INPUT = `
  WITH RECURSIVE segments (segment) AS (
    SELECT MAX(segment) FROM serving_predictions
    UNION ALL
    SELECT (SELECT MAX(older.segment) FROM serving_predictions AS older WHERE older.segment < segments.segment)
    FROM segments WHERE segments.segment IS NOT NULL
  ),
  found AS MATERIALIZED (
    SELECT made.* FROM segments CROSS JOIN serving_predictions AS made
    WHERE made.segment = segments.segment AND substr(made.input_hash, 1, 12) = substr(?, 1, 12)
      AND made.input_hash = ?
  )`;
const LARGEST_PAGE = 1000;
const PURGE_STEP = 1000;

/** Every prediction by id, joined with its outcome when that arrives. */
export class PredictionLog {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #durability: Durability;
  readonly #writer: BatchWriter<readonly PredictionEntry[]>;
  #isFlushPlanned = false;
  /** Appended and not yet on the disk: a flush is asked for only when there is something to flush. */
  #pending = 0;
  #segment = 0;
  #rowsInSegment = 0;

  constructor(store: Store, options: { clock: Clock; durability: Durability }) {
    this.#store = store;
    this.#clock = options.clock;
    this.#durability = options.durability;
    this.#writer = createBatchWriter(store, {
      write: (sql, entries) => insertEntries(sql, entries, this.#segmentOf(entries.length)),
    });
  }

  /** Creates or updates the tables. */
  async migrate(): Promise<void> {
    await this.#store.migrate("serving", predictionLogMigrations);
    const last = await this.#store.get<{ segment: number | null }>(
      "SELECT MAX(segment) AS segment FROM serving_predictions",
    );
    this.#segment = (last?.segment ?? 0) + 1;
  }

  /** Resolves when the entries are on the disk, all or none. */
  append(entries: readonly PredictionEntry[]): Promise<void> {
    this.#pending++;
    const durable = this.#writer.add(entries).finally(() => this.#pending--);
    if (this.#durability === "sync") this.#flushSoon();
    return durable;
  }

  /** @throws SoukError `SERVING_PREDICTION_UNKNOWN`. */
  async get(id: string): Promise<LoggedPrediction> {
    const row = await this.#store.get<PredictionRow>(
      "SELECT * FROM serving_predictions WHERE id = ?",
      [id],
    );
    if (!row) throw unknownPrediction(id);
    return readPrediction(row);
  }

  /** Newest first, at most 1000 a page. @throws SoukError `SERVING_CURSOR`. */
  async page(
    filter: {
      model?: string;
      version?: number;
      inputHash?: string;
      limit?: number;
      cursor?: string;
    } = {},
  ): Promise<PredictionPage> {
    const limit = Math.min(LARGEST_PAGE, Math.max(1, Math.trunc(filter.limit ?? 100)));
    const conditions: string[] = [];
    const parameters: (string | number)[] = [];
    const where = (condition: string, parameter: string | number | undefined): void => {
      if (parameter === undefined) return;
      conditions.push(condition);
      parameters.push(parameter);
    };
    where("model = ?", filter.model);
    where("version = ?", filter.version);
    where("id < ?", checkCursor(filter.cursor));
    const { inputHash } = filter;
    const source = inputHash === undefined ? "serving_predictions" : "found";
    const rows = await this.#store.all<PredictionRow>(
      `${inputHash === undefined ? "" : BY_INPUT} SELECT * FROM ${source} ${conditions.length > 0 ? `WHERE ${conditions.join(" AND ")}` : ""}
       ORDER BY id DESC LIMIT ?`,
      [...(inputHash === undefined ? [] : [inputHash, inputHash]), ...parameters, limit + 1],
    );
    const items = rows.slice(0, limit).map(readPrediction);
    const last = items.at(-1);
    return { items, ...(rows.length > limit && last && { nextCursor: last.id }) };
  }

  /**
   * Joins what really happened to a prediction. May come late and more than once: the last one counts, all are kept.
   * @throws SoukError `SERVING_PREDICTION_UNKNOWN`, `SERVING_OUTCOME`.
   */
  async outcome(
    id: string,
    value: unknown,
    options: { at?: number; by?: string } = {},
  ): Promise<void> {
    const known = parseOutcome(value);
    const at = options.at ?? this.#clock.now();
    if (!Number.isSafeInteger(at) || at < 0) {
      throw new SoukError("SERVING_OUTCOME", `expected a time in epoch milliseconds, got ${at}`);
    }
    await this.#store.transaction(async (sql) => {
      const row = await sql.get<PredictionRow>("SELECT * FROM serving_predictions WHERE id = ?", [
        id,
      ]);
      if (!row) throw unknownPrediction(id);
      await joinOutcome(sql, readPrediction(row), { value: known, at, by: options.by });
    });
  }

  /** Every outcome reported for a prediction, oldest first. */
  async outcomes(id: string): Promise<Outcome[]> {
    const rows = await this.#store.all<{ value: string; at: number; reported_by: string | null }>(
      "SELECT value, at, reported_by FROM serving_outcomes WHERE prediction_id = ? ORDER BY sequence",
      [id],
    );
    return rows.map((row) => ({
      value: parseOutcome(JSON.parse(row.value)),
      at: row.at,
      ...(row.reported_by !== null && { by: row.reported_by }),
    }));
  }

  /** Accuracy and error of every version over its joined predictions. O(joined predictions). */
  async summaries(): Promise<OutcomeSummary[]> {
    const rows = await this.#store.all<{
      model: string;
      version: number;
      joined: number;
      accuracy: number | null;
      error: number | null;
    }>(
      `SELECT model, version, COUNT(*) AS joined, AVG(is_correct * 1e0) AS accuracy, AVG(absolute_error) AS error
       FROM serving_predictions WHERE outcome IS NOT NULL GROUP BY model, version ORDER BY model, version`,
    );
    return rows.map((row) => ({
      model: row.model,
      version: row.version,
      joined: row.joined,
      ...(row.accuracy !== null && { accuracy: row.accuracy }),
      ...(row.error !== null && { meanAbsoluteError: row.error }),
    }));
  }

  /** Removes predictions made before `beforeMs`, with their outcomes, in small transactions. @returns how many. */
  async purge(beforeMs: number): Promise<number> {
    let removed = 0;
    for (;;) {
      const { changes, isOver } = await this.#purgeStep(beforeMs);
      removed += changes;
      if (isOver) return removed;
    }
  }

  /** Everything appended is on the disk; later entries are refused. */
  close(): Promise<void> {
    return this.#writer.close();
  }

  /** The segment the next `rows` rows are written to; two processes may well write to one. */
  #segmentOf(rows: number): number {
    if (this.#rowsInSegment >= SEGMENT_ROWS) {
      this.#segment++;
      this.#rowsInSegment = 0;
    }
    this.#rowsInSegment += rows;
    return this.#segment;
  }

  /** Ids sort by time, so the oldest rows come first and no index on time is needed. */
  async #purgeStep(beforeMs: number): Promise<{ changes: number; isOver: boolean }> {
    const oldest = await this.#store.all<{ id: string; created_at: number }>(
      "SELECT id, created_at FROM serving_predictions ORDER BY id LIMIT ?",
      [PURGE_STEP],
    );
    const due = oldest.filter((row) => row.created_at < beforeMs);
    const last = due.at(-1);
    if (!last) return { changes: 0, isOver: true };
    const { changes } = await this.#store.run(
      "DELETE FROM serving_predictions WHERE id <= ? AND created_at < ?",
      [last.id, beforeMs],
    );
    return { changes, isOver: oldest.length < PURGE_STEP || due.length < oldest.length };
  }

  #flushSoon(): void {
    if (this.#isFlushPlanned) return;
    this.#isFlushPlanned = true;
    setImmediate(() => {
      this.#isFlushPlanned = false;
      if (this.#pending > 0) void this.#writer.flush();
    });
  }
}

async function insertEntries(
  sql: Sql,
  entries: readonly PredictionEntry[],
  segment: number,
): Promise<void> {
  for (const entry of entries) {
    await sql.run(INSERT, [
      entry.id,
      entry.model,
      entry.version,
      entry.targetKind,
      entry.inputHash,
      entry.input ?? null,
      JSON.stringify(entry.output),
      entry.principal ?? null,
      entry.atMs,
      entry.latencyMs,
      segment,
    ]);
  }
}

/** Adds an outcome to a prediction, inside the transaction of `sql`. */
export async function joinOutcome(
  sql: Sql,
  prediction: LoggedPrediction,
  outcome: { value: OutcomeValue; at: number; by: string | undefined },
): Promise<void> {
  const value = JSON.stringify(outcome.value);
  const by = outcome.by ?? null;
  await sql.run(
    `INSERT INTO serving_outcomes (prediction_id, sequence, value, at, reported_by)
     SELECT ?, COALESCE(MAX(sequence), 0) + 1, ?, ?, ? FROM serving_outcomes WHERE prediction_id = ?`,
    [prediction.id, value, outcome.at, by, prediction.id],
  );
  const { isCorrect, absoluteError } = judgeOutcome(prediction, outcome.value);
  await sql.run(
    `UPDATE serving_predictions
     SET outcome = ?, outcome_at = ?, outcome_by = ?, is_correct = ?, absolute_error = ? WHERE id = ?`,
    [
      value,
      outcome.at,
      by,
      isCorrect === undefined ? null : Number(isCorrect),
      absoluteError ?? null,
      prediction.id,
    ],
  );
}

function checkCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined || /^pred_[0-9a-z]{26}$/.test(cursor)) return cursor;
  throw new SoukError("SERVING_CURSOR", "expected the cursor of an earlier page, got another text");
}

/** @returns SoukError `SERVING_PREDICTION_UNKNOWN`. */
export function unknownPrediction(id: string): SoukError {
  return new SoukError(
    "SERVING_PREDICTION_UNKNOWN",
    `expected the id of a stored prediction, got "${id.slice(0, 64)}"`,
  );
}
