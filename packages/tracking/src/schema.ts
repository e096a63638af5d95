import type { Migration } from "@souk/store";

// One registry_log row per decision, never changed: triggers refuse UPDATE and DELETE.
// registry_state holds one counter that every registry change moves in its own transaction.

/** The tables of tracking, for `store.migrate("tracking", …)`. */
export const trackingMigrations: readonly Migration[] = [
  {
    id: "0001-runs",
    sql: `
CREATE TABLE experiments (
  id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, removed_at BIGINT);
CREATE TABLE experiment_tags (
  experiment_id TEXT NOT NULL REFERENCES experiments (id), key TEXT NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (experiment_id, key));
CREATE TABLE runs (
  id TEXT PRIMARY KEY, experiment_id TEXT NOT NULL REFERENCES experiments (id), name TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('running', 'finished', 'failed', 'interrupted', 'cancelled')),
  started_at BIGINT NOT NULL, ended_at BIGINT, heartbeat_at BIGINT NOT NULL, attempts BIGINT NOT NULL DEFAULT 1,
  pid BIGINT, process_mark TEXT, host TEXT,
  command TEXT, git TEXT, task TEXT, family TEXT,
  data_dataset TEXT, data_version BIGINT, data_hash TEXT,
  parent_id TEXT REFERENCES runs (id), resumed_from TEXT REFERENCES runs (id),
  created_by TEXT, error TEXT, removed_at BIGINT);
CREATE INDEX runs_by_experiment ON runs (experiment_id, started_at);
CREATE INDEX runs_by_start ON runs (started_at);
CREATE INDEX runs_running ON runs (status) WHERE status = 'running';
CREATE TABLE run_params (
  run_id TEXT NOT NULL REFERENCES runs (id), key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (run_id, key));
CREATE TABLE run_tags (
  run_id TEXT NOT NULL REFERENCES runs (id), key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (run_id, key));
CREATE TABLE run_metrics (
  run_id TEXT NOT NULL REFERENCES runs (id), key TEXT NOT NULL, step BIGINT NOT NULL, at BIGINT NOT NULL,
  value DOUBLE PRECISION NOT NULL, is_nan BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (run_id, key, step, at, value, is_nan));
CREATE TABLE run_latest_metrics (
  run_id TEXT NOT NULL REFERENCES runs (id), key TEXT NOT NULL, step BIGINT NOT NULL, at BIGINT NOT NULL,
  value DOUBLE PRECISION NOT NULL, is_nan BIGINT NOT NULL DEFAULT 0, PRIMARY KEY (run_id, key));
CREATE TABLE run_inputs (
  run_id TEXT NOT NULL REFERENCES runs (id), name TEXT NOT NULL, digest TEXT NOT NULL, dataset TEXT NOT NULL,
  tags TEXT NOT NULL, PRIMARY KEY (run_id, name, digest));
CREATE TABLE run_reports (run_id TEXT PRIMARY KEY REFERENCES runs (id), report TEXT NOT NULL);`,
  },
  {
    id: "0002-registry",
    sql: `
CREATE TABLE models (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, description TEXT, task TEXT,
  created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, removed_at BIGINT);
CREATE UNIQUE INDEX models_by_name ON models (name) WHERE removed_at IS NULL;
CREATE TABLE model_tags (
  model_id TEXT NOT NULL REFERENCES models (id), key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (model_id, key));
CREATE TABLE model_versions (
  model_id TEXT NOT NULL REFERENCES models (id), version BIGINT NOT NULL, run_id TEXT REFERENCES runs (id),
  source TEXT NOT NULL, metrics TEXT NOT NULL, summary TEXT, description TEXT,
  stage TEXT NOT NULL CHECK (stage IN ('pending', 'approved', 'rejected')),
  stage_by TEXT, stage_reason TEXT, stage_at BIGINT, mlflow_stage TEXT NOT NULL DEFAULT 'None',
  created_at BIGINT NOT NULL, created_by TEXT, updated_at BIGINT NOT NULL, removed_at BIGINT,
  PRIMARY KEY (model_id, version));
CREATE TABLE version_tags (
  model_id TEXT NOT NULL, version BIGINT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (model_id, version, key),
  FOREIGN KEY (model_id, version) REFERENCES model_versions (model_id, version));
CREATE TABLE model_aliases (
  model_id TEXT NOT NULL, alias TEXT NOT NULL, version BIGINT NOT NULL, PRIMARY KEY (model_id, alias),
  FOREIGN KEY (model_id, version) REFERENCES model_versions (model_id, version));
CREATE TABLE registry_log (
  sequence BIGINT PRIMARY KEY, model_id TEXT NOT NULL, model TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('promote', 'rollback', 'unset', 'approve', 'reject')),
  alias TEXT, version BIGINT, previous_version BIGINT, run_id TEXT,
  data_dataset TEXT, data_version BIGINT, data_hash TEXT,
  by_whom TEXT NOT NULL, reason TEXT NOT NULL, gate TEXT, forced BIGINT NOT NULL DEFAULT 0, at BIGINT NOT NULL);
CREATE INDEX registry_log_by_alias ON registry_log (model_id, alias, sequence);
CREATE TRIGGER registry_log_no_update BEFORE UPDATE ON registry_log
BEGIN SELECT RAISE(ABORT, 'the promotion log is append-only'); END;
CREATE TRIGGER registry_log_no_delete BEFORE DELETE ON registry_log
BEGIN SELECT RAISE(ABORT, 'the promotion log is append-only'); END;
CREATE TABLE registry_state (id BIGINT PRIMARY KEY CHECK (id = 1), stamp BIGINT NOT NULL);
INSERT INTO registry_state (id, stamp) VALUES (1, 0);`,
  },
];
