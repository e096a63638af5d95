import { SoukError } from "@souk/core";
import type { Store } from "@souk/store";
import { openLeaderboards } from "../jobs/leaderboard-table.ts";
import type { LeaderboardsNoun } from "../training-values.ts";

/** Leaderboards as they were computed last. */
export async function createLeaderboards(store: Store): Promise<LeaderboardsNoun> {
  const boards = await openLeaderboards(store);
  return {
    list: () => boards.list(),
    async get(task) {
      const board = await boards.get(task);
      if (board !== undefined) return board;
      throw new SoukError(
        "LEADERBOARD_UNKNOWN",
        `expected a task whose leaderboard was computed, got "${task}"`,
      );
    },
  };
}
