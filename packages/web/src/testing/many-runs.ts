import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/*
 * Runs and points by the hundred thousand, written into the tables of tracking beside the server that has them open: by its
 * routes, each in a transaction of its own, they would take many minutes.
 */

/** Adds `count` finished runs with a figure each, a second apart, the last one now. */
export function addRuns(dataDirectory: string, count: number): void {
  inStore(dataDirectory, (store) => {
    const numbers = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${Math.trunc(count)})`;
    const now = Date.now();
    store.exec(`${numbers} INSERT INTO runs
      (id, experiment_id, name, status, started_at, ended_at, heartbeat_at, task, family)
      SELECT printf('run_many_%08d', i), (SELECT min(id) FROM experiments), 'night ' || i,
        CASE WHEN i % 17 = 0 THEN 'failed' ELSE 'finished' END,
        ${now} - (${count} - i) * 1000, ${now} - (${count} - i) * 1000 + 400, ${now}, 'star-rating',
        CASE i % 3 WHEN 0 THEN 'linear' WHEN 1 THEN 'ngram' ELSE 'forest' END
      FROM n`);
    store.exec(`${numbers} INSERT INTO run_latest_metrics (run_id, key, step, at, value)
      SELECT printf('run_many_%08d', i), 'test_accuracy', 0, ${now}, (i * 7919 % 10007) / 10007.0 FROM n`);
  });
}

/** Gives a run `steps` points of each series, from step 1 on. */
export function addPoints(
  dataDirectory: string,
  { runId, series, steps }: { runId: string; series: readonly string[]; steps: number },
): void {
  inStore(dataDirectory, (store) => {
    const all =
      store.prepare(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
      INSERT INTO run_metrics (run_id, key, step, at, value)
      SELECT ?, ?, i, i, 1.0 / i + (i * 7919 % 101) / 1000.0 FROM n`);
    const last = store.prepare(
      "INSERT INTO run_latest_metrics (run_id, key, step, at, value) VALUES (?, ?, ?, ?, 0)",
    );
    for (const key of series) {
      all.run(steps, runId, key);
      last.run(runId, key, steps, steps);
    }
  });
}

function inStore(dataDirectory: string, work: (store: DatabaseSync) => void): void {
  const store = new DatabaseSync(join(dataDirectory, "souk.sqlite"), { timeout: 30_000 });
  try {
    store.exec("BEGIN IMMEDIATE");
    work(store);
    store.exec("COMMIT");
  } finally {
    store.close();
  }
}
