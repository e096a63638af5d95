import type { SoukError } from "@souk/core";
import type { ColumnType } from "../shape.ts";

/** What one run may cost. A breach of `rows` or `bytes` truncates the answer; the others end the run. */
export interface SqlLimits {
  /** Wall clock of one run, milliseconds; default 30,000. */
  readonly timeMs: number;
  /** Rows of the answer; default 10,000. */
  readonly rows: number;
  /** JSON size of the answer in bytes; default 16 MiB. */
  readonly bytes: number;
  /** DuckDB's memory limit, such as "1GB"; the whole process may use 512 MiB more before it is killed. */
  readonly memory: string;
  /** Threads of one run; default the machine's cores, at most 4. */
  readonly threads: number;
}

/** One cell of an answer, safe to print as JSON: integers beyond 2^53 and NaN are text, dates are ISO 8601. */
export type SqlCell = string | number | boolean | null | object;

/** The answer of one statement. */
export interface SqlResult {
  readonly columns: { readonly name: string; readonly type: string }[];
  /** `[rowCount, columns]`. */
  readonly rows: SqlCell[][];
  readonly rowCount: number;
  /** Whether a row or byte limit cut the answer short. */
  readonly truncated: boolean;
  /** From acceptance to last row, inside the child process. */
  readonly elapsedMs: number;
  /** Version of every dataset the statement read. */
  readonly versions: Record<string, number>;
}

/** Options of one run. */
export interface SqlRunOptions {
  readonly limits?: Partial<SqlLimits>;
  readonly signal?: AbortSignal;
  /** Time travel: dataset name to version; the others are read at their newest. */
  readonly versions?: Readonly<Record<string, number>>;
  /** Short for `limits.rows`. */
  readonly maxRows?: number;
}

/** Runs statements in child processes that can be killed; owned by whoever created it. */
export interface SqlRunner {
  /**
   * Answers one read-only statement over the lake's datasets.
   *
   * @throws SoukError `SQL_SYNTAX`, `SQL_MULTIPLE_STATEMENTS`, `SQL_READ_ONLY`, `SQL_FORBIDDEN`, `SQL_UNKNOWN_DATASET`,
   * `SQL_FAILED`, `SQL_TIMEOUT`, `SQL_CANCELLED`, `SQL_MEMORY`, `SQL_CRASHED`, `SQL_RESULT_TOO_LARGE`, `SQL_LIMIT`,
   * `SQL_FUNCTIONS`, `SQL_CLOSED`.
   */
  run(sql: string, options?: SqlRunOptions): Promise<SqlResult>;
  /** Ends the processes; runs under way fail with `SQL_CLOSED`. */
  close(): Promise<void>;
}

/**
 * A scalar function written in JavaScript. `call` is synchronous and gets DuckDB's chunks of up to 2,048 rows, one array
 * per parameter; SQL NULL arrives as `null` and may be returned. BIGINT arrives as number when safe, else as bigint.
 */
export interface SqlFunction {
  readonly name: string;
  readonly parameters: readonly ColumnType[];
  readonly returns: ColumnType;
  /** True when equal arguments may give different answers. */
  readonly volatile?: boolean;
  call(columns: unknown[][], rows: number): unknown[];
}

/** The module in the child that makes the SQL functions. */
export interface SqlFunctionModule {
  /** File URL of a module exporting `createSqlFunctions(options)`. */
  readonly module: string;
  /** Plain JSON, handed to `createSqlFunctions`. */
  readonly options: unknown;
}

/** One dataset at one version, as the child needs it. */
export interface SqlTable {
  readonly name: string;
  readonly version: number;
  /** Equal exactly when version, files and columns are. */
  readonly identity: string;
  /** `select` text of the view, over exactly the files in `files`. */
  readonly view: string;
  /** Absolute paths: the only files DuckDB may open. */
  readonly files: readonly string[];
}

/** Every dataset of a lake at chosen versions; `key` is equal exactly when the contents are. */
export interface SqlTables {
  readonly key: string;
  readonly tables: readonly SqlTable[];
}

/** Parent to child. */
export type SqlRequest =
  | {
      readonly kind: "start";
      readonly functions: SqlFunctionModule | null;
      readonly spill: string;
    }
  | { readonly kind: "tables"; readonly tables: SqlTables }
  | { readonly kind: "run"; readonly id: number; readonly sql: string; readonly limits: SqlLimits }
  | { readonly kind: "cancel"; readonly id: number };

/** Child to parent. */
export type SqlReply =
  | { readonly kind: "ready" }
  | { readonly kind: "result"; readonly id: number; readonly result: SqlResult }
  | { readonly kind: "memory"; readonly bytes: number }
  | {
      readonly kind: "error";
      readonly id: number;
      readonly code: SoukError["code"];
      readonly message: string;
    };
