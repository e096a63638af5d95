import { join } from "node:path";
import { readCsv } from "./records.ts";
import { type Place, type Show, writeRows } from "./show.ts";

const tweets = "tweets-engagement-538/tweets.csv.gz";

/** "10/16/17 22:59" as ISO 8601. */
function isoTime(text: string): string {
  const [, month = 1, day = 1, year = 0, hour = 0, minute = 0] =
    /^(\d+)\/(\d+)\/(\d+) (\d+):(\d+)$/u.exec(text)?.map(Number) ?? [];
  return new Date(Date.UTC(2000 + year, month - 1, day, hour, minute)).toISOString();
}

async function prepare({ shared, directory }: Place): Promise<void> {
  const posts = await readCsv(join(shared, tweets));
  const rows = posts.map(
    ({ url, user, created_at = "", text = "", replies, retweets, favorites }) => ({
      post_id: url,
      author: user,
      posted_at: isoTime(created_at),
      text,
      hashtags: (text.match(/#[\p{L}\p{N}_]+/gu) ?? []).join(" "),
      replies,
      retweets,
      likes: favorites,
    }),
  );
  await writeRows(join(directory, "posts.jsonl"), rows);
}

/** Replies, retweets and likes of posts, with bounds that hold nine times in ten. */
export const engagement: Show = {
  about: "engagement of 5,468 posts of two accounts, from text, hashtags, author and time",
  needs: [tweets],
  prepare,
  commands: () => [
    ["ingest", "posts", "posts.jsonl"],
    ...["baseline", "linear", "ngram", "boosted-trees"].map((family) => [
      "train",
      "engagement",
      "--family",
      family,
      "--no-promote",
    ]),
    ["leaderboard", "engagement"],
  ],
};
