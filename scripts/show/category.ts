import type { Show } from "./show.ts";

/** Every family on the invented demo shop: needs no data at all. */
export const category: Show = {
  about: "the leaderboard of every family on the invented demo shop's products and drawn photos",
  needs: [],
  prepare: async () => {},
  commands: () => [["demo"], ["leaderboard", "category", "--train"]],
};
