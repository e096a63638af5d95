/**
 * How well a post's engagement (replies, retweets and likes together) is foretold from its text, hashtags, author and
 * time: the task `engagement` on 5,468 posts of two accounts, beside its median. Test part only, settings as they come.
 * Needs the tweets of fivethirtyeight's "twitter-ratio" (CC BY 4.0).
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { builtInTasks, type ColumnBatch, type Task, trainTask } from "../src/index.ts";

const shared =
  process.env["SOUK_SHARED_DATA"] ?? join(import.meta.dirname, "../../../../shared/data");
const file = "tweets-engagement-538/tweets.csv.gz";
const families = ["linear", "ngram"];

interface Measured {
  readonly family: string;
  readonly split: string;
  readonly testRows: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly baseline: Readonly<Record<string, number>>;
  readonly coverage: number;
  readonly medianWidth: number;
  readonly seconds: number;
}

/** Records of comma-separated text; a quoted cell may hold commas, line ends and doubled quotes. */
function parseCsv(text: string): string[][] {
  const records: string[][] = [[]];
  for (const [, quoted, plain = "", end] of text.matchAll(
    /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/gu,
  )) {
    records.at(-1)?.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end !== ",") records.push([]);
  }
  return records.filter((record) => record.length > 1);
}

/** "10/16/17 22:59" as ISO 8601. */
function isoTime(text: string): string {
  const [, month, day, year, hour, minute] =
    /^(\d+)\/(\d+)\/(\d+) (\d+):(\d+)$/u.exec(text)?.map(Number) ?? [];
  return new Date(Date.UTC(2000 + year, month - 1, day, hour, minute)).toISOString();
}

async function readPosts(): Promise<ColumnBatch> {
  const [header, ...records] = parseCsv(
    gunzipSync(await readFile(join(shared, file))).toString("utf8"),
  );
  const column = (name: string): string[] => records.map((record) => record[header.indexOf(name)]);
  const text = column("text");
  return {
    length: records.length,
    columns: {
      post_id: column("url"),
      author: column("user"),
      posted_at: column("created_at").map(isoTime),
      text,
      hashtags: text.map((one) => (one.match(/#[\p{L}\p{N}_]+/gu) ?? []).join(" ")),
      replies: column("replies"),
      retweets: column("retweets"),
      likes: column("favorites"),
    },
  };
}

async function measure(task: Task, family: string, batch: ColumnBatch): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), "souk-engagement-"));
  async function* rows(): AsyncGenerator<ColumnBatch> {
    yield batch;
  }
  const data = { dataset: "posts", version: 0, hash: "bench" };
  const { report, seconds } = await trainTask(task, rows(), { family, directory: folder, data });
  await rm(folder, { recursive: true });
  const measured = {
    family,
    split: task.split.kind,
    testRows: report.rows.test,
    metrics: report.metrics,
    baseline: report.baseline.metrics,
    coverage: report.coverage?.coverage ?? NaN,
    medianWidth: report.coverage?.medianWidth ?? NaN,
    seconds: seconds["total"],
  };
  const { rmsle, spearman } = report.metrics;
  console.log(
    `${task.split.kind}  ${family}  RMSLE ${rmsle.toFixed(3)} (${task.baseline} ${measured.baseline["rmsle"].toFixed(3)})  Spearman ${spearman.toFixed(3)}  bounds held ${measured.coverage.toFixed(3)}`,
  );
  return measured;
}

/** Runs the benchmark; the ratio is the median's RMSLE to the best family's on the built-in split. */
export async function run(): Promise<object> {
  const { engagement } = builtInTasks;
  const batch = await readPosts();
  const later: Task = {
    ...engagement,
    split: { ...engagement.split, kind: "time", by: "posted_at" },
  };
  const measured: Measured[] = [];
  for (const task of [engagement, later])
    for (const family of families) measured.push(await measure(task, family, batch));
  measured.push(await measure({ ...engagement, baseline: "mean" }, "baseline", batch));
  const random = measured.filter(({ split }) => split === "random");
  return {
    name: "engagement",
    ratio: random[0].baseline["rmsle"] / Math.min(...random.map(({ metrics }) => metrics["rmsle"])),
    goal: 1.5,
    peer: "always the median",
    figures: { rows: batch.length, measured },
  };
}
