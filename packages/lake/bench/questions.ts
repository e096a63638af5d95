/** The statements of the eleven questions through the SQL runner and in DuckDB alone, in turns, on the same Parquet files. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import {
  createSqlRunner,
  defaultSqlLimits,
  questions,
  readSnapshot,
  relationOf,
  type SqlRunner,
} from "../src/index.ts";
import { jsonCell } from "../src/sql/values.ts";

/** Times of one statement, milliseconds. */
export interface StatementTimes {
  readonly statement: string;
  readonly souk: { readonly median: number; readonly spread: number };
  readonly duckdb: { readonly median: number; readonly spread: number };
}

/** What the comparison found. */
export interface QuestionTimes {
  readonly rows: number;
  readonly rounds: number;
  readonly threads: number;
  /** Sum of Souk's medians over the sum of DuckDB's. */
  readonly ratio: number;
  readonly soukMs: number;
  readonly duckdbMs: number;
  readonly statements: readonly StatementTimes[];
}

/** Memory of both sides, so that neither spills. */
const MEMORY = "6GB";

/**
 * Compares on dataset `reviews` of `lake`. The answers are compared before anything is timed; each round runs every
 * statement on both sides, the side that goes first in turns.
 */
export async function compareQuestions(
  lake: string,
  { rounds = 7 }: { rounds?: number } = {},
): Promise<QuestionTimes> {
  const snapshot = await readSnapshot(join(lake, "reviews"));
  const { threads } = defaultSqlLimits;
  const limits = { memory: MEMORY, threads, timeMs: 600_000 };
  const runner = createSqlRunner({ lake, processes: 1, limits });
  const alone = await DuckDBInstance.create(":memory:", {
    threads: String(threads),
    memory_limit: MEMORY,
  });
  const connection = await alone.connect();
  await connection.run(`create view reviews as select * from ${relationOf(snapshot)}`);
  try {
    const statements = questions.flatMap(({ id, statements: all }) =>
      all.map(({ name, sql }) => ({ statement: `${id} ${name}`, sql })),
    );
    for (const { sql } of statements) await compareAnswers(runner, connection, sql);
    const times = await measure(runner, connection, { statements, rounds });
    const soukMs = times.reduce((sum, { souk }) => sum + souk.median, 0);
    const duckdbMs = times.reduce((sum, { duckdb }) => sum + duckdb.median, 0);
    const ratio = soukMs / duckdbMs;
    return { rows: snapshot.rows, rounds, threads, ratio, soukMs, duckdbMs, statements: times };
  } finally {
    await runner.close();
    connection.closeSync();
    alone.closeSync();
  }
}

async function compareAnswers(
  runner: SqlRunner,
  connection: DuckDBConnection,
  sql: string,
): Promise<void> {
  const ours = await runner.run(sql);
  const theirs = await (await connection.run(sql)).getRows();
  // Sums of doubles depend on the order of the threads in their last bits.
  const rounded = (row: readonly unknown[]): unknown[] =>
    row.map((cell) => (typeof cell === "number" ? Number(cell.toPrecision(12)) : cell));
  assert.deepEqual(
    ours.rows.map(rounded),
    theirs.map((row) => rounded(row.map(jsonCell))),
    sql,
  );
}

async function measure(
  runner: SqlRunner,
  connection: DuckDBConnection,
  { statements, rounds }: { statements: { statement: string; sql: string }[]; rounds: number },
): Promise<StatementTimes[]> {
  const souk = statements.map((): number[] => []);
  const duckdb = statements.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, { sql }] of statements.entries()) {
      const ours = async (): Promise<number | undefined> =>
        souk[i]?.push(await timed(async () => (await runner.run(sql)).rowCount));
      const theirs = async (): Promise<number | undefined> =>
        duckdb[i]?.push(
          await timed(async () => (await (await connection.run(sql)).getRows()).length),
        );
      for (const side of round % 2 === 0 ? [ours, theirs] : [theirs, ours]) await side();
    }
  }
  return statements.map(({ statement }, i) => ({
    statement,
    souk: summary(souk[i] ?? []),
    duckdb: summary(duckdb[i] ?? []),
  }));
}

async function timed(work: () => Promise<number>): Promise<number> {
  const started = performance.now();
  const rows = await work();
  if (!(rows > 0)) throw new Error("expected rows");
  return performance.now() - started;
}

/** Median, and the distance of the quartiles. */
function summary(times: readonly number[]): { median: number; spread: number } {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (q: number): number => sorted[Math.round((sorted.length - 1) * q)] ?? 0;
  return { median: at(0.5), spread: at(0.75) - at(0.25) };
}
