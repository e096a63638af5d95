import type { Migration } from "@souk/store";

/** The tables of the prediction log, owned by serving. */
export const predictionLogMigrations: readonly Migration[] = [
  {
    id: "0001-predictions",
    sql: `
      CREATE TABLE serving_predictions (
        id TEXT PRIMARY KEY,
        model TEXT NOT NULL,
        version INTEGER NOT NULL,
        target_kind TEXT NOT NULL,
        input_hash TEXT NOT NULL,
        input TEXT,
        output TEXT NOT NULL,
        principal TEXT,
        created_at BIGINT NOT NULL,
        latency_ms DOUBLE PRECISION NOT NULL,
        outcome TEXT,
        outcome_at BIGINT,
        outcome_by TEXT,
        is_correct INTEGER,
        absolute_error DOUBLE PRECISION
      );
      CREATE INDEX serving_predictions_by_version ON serving_predictions (model, version, id);
      CREATE INDEX serving_predictions_joined
        ON serving_predictions (model, version, is_correct, absolute_error) WHERE outcome IS NOT NULL;
      CREATE TABLE serving_outcomes (
        prediction_id TEXT NOT NULL REFERENCES serving_predictions (id) ON DELETE CASCADE,
        sequence INTEGER NOT NULL,
        value TEXT NOT NULL,
        at BIGINT NOT NULL,
        reported_by TEXT,
        PRIMARY KEY (prediction_id, sequence)
      );
    `,
  },
  {
    id: "0002-corrections",
    sql: `
      CREATE TABLE serving_corrections (
        id TEXT PRIMARY KEY,
        model TEXT NOT NULL,
        subject TEXT NOT NULL,
        prediction_id TEXT,
        input_hash TEXT NOT NULL,
        input TEXT NOT NULL,
        label TEXT NOT NULL,
        created_by TEXT,
        created_at BIGINT NOT NULL,
        replaced_by TEXT
      );
      CREATE UNIQUE INDEX serving_corrections_active
        ON serving_corrections (model, subject) WHERE replaced_by IS NULL;
      CREATE INDEX serving_corrections_by_time ON serving_corrections (model, created_at);
    `,
  },
  {
    id: "0003-predictions-by-input",
    sql: `
      CREATE INDEX serving_predictions_by_input ON serving_predictions (input_hash);
      CREATE INDEX serving_corrections_by_input ON serving_corrections (input_hash);
    `,
  },
  {
    // Hashes come in no order: an index by them alone writes a page for every row. Within a segment of rows that came
    // one after the other they share a few pages.
    id: "0004-predictions-by-segment",
    sql: `
      ALTER TABLE serving_predictions ADD COLUMN segment BIGINT NOT NULL DEFAULT 0;
      DROP INDEX serving_predictions_by_input;
      CREATE INDEX serving_predictions_by_segment
        ON serving_predictions (segment, substr(input_hash, 1, 12));
    `,
  },
];
