import type { Leaderboard, LeaderboardRow } from "@souk/models";
import type { Store } from "@souk/store";
import type { TaskData } from "./task-rows.ts";

/** A family's place, with what it takes. */
interface LeaderboardPlace extends LeaderboardRow {
  /** The run whose model was measured, and the version it is registered as. */
  readonly runId: string;
  readonly version?: number;
  /** Every figure of the test rows. */
  readonly metrics: Readonly<Record<string, number>>;
  /** A prediction of one row alone, median, is `latencyMs`; this is a row's share of a batch. */
  readonly batchLatencyMs: number;
}

/** The families of a task on the same test rows, as it was computed last. */
export interface TaskLeaderboard extends Omit<Leaderboard, "rows"> {
  readonly rows: readonly LeaderboardPlace[];
  readonly verdict: readonly string[];
  readonly data: TaskData;
  /** Families without a place, and why. */
  readonly missing: readonly { readonly family: string; readonly reason: string }[];
  /** Epoch ms. */
  readonly computedAt: number;
}

const migrations = [
  {
    id: "0001-leaderboards",
    sql: "create table leaderboards (task text primary key, computed_at bigint not null, result text not null);",
  },
];

/** Leaderboards by task, the latest of each. */
export interface LeaderboardTable {
  put(board: TaskLeaderboard): Promise<void>;
  get(task: string): Promise<TaskLeaderboard | undefined>;
  /** The latest first. */
  list(): Promise<readonly TaskLeaderboard[]>;
}

/** The table in `store`, made when it is not there. */
export async function openLeaderboards(store: Store): Promise<LeaderboardTable> {
  await store.migrate("leaderboards", migrations);
  return {
    async put(board) {
      await store.run(
        `insert into leaderboards (task, computed_at, result) values (?, ?, ?)
         on conflict (task) do update set computed_at = excluded.computed_at, result = excluded.result`,
        [board.task, board.computedAt, JSON.stringify(board)],
      );
    },
    async get(task) {
      const row = await store.get("select result from leaderboards where task = ?", [task]);
      return row && read(row);
    },
    async list() {
      const rows = await store.all(
        "select result from leaderboards order by computed_at desc, task",
      );
      return rows.map(read);
    },
  };
}

/** Written by `put` alone. */
function read(row: Readonly<Record<string, unknown>>): TaskLeaderboard {
  return JSON.parse(String(row["result"])) as TaskLeaderboard;
}
