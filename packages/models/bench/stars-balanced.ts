/**
 * How well the default family guesses stars when every star has equally many rows: of each part of the customer-grouped
 * split as many rows of each star as its rarest star has, in the order of the split, the others left out. The built-in
 * split and five others; test parts only; the settings are the defaults, which were chosen on rows as they come.
 * Also with all rows of the training part, each star weighted to count the same: the ratio is of these. Needs the Amazon digital software reviews.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { mean } from "@souk/core";
import {
  builtInTasks,
  type ColumnBatch,
  type SettingValue,
  type Task,
  taskColumns,
  trainTask,
} from "../src/index.ts";
import { selectRows } from "../src/rows/batch.ts";
import { splitRows } from "../src/rows/split.ts";

const shared =
  process.env["SOUK_SHARED_DATA"] ?? join(import.meta.dirname, "../../../../shared/data");
const file = "amazon-digital-software-2015/amazon_reviews_us_Digital_Software_v1_00.dev.tsv.gz";
const folds = ["fold-1", "fold-2", "fold-3", "fold-4", "fold-5"];

async function readReviews(columns: readonly string[]): Promise<ColumnBatch> {
  const lines = gunzipSync(await readFile(join(shared, file)))
    .toString("utf8")
    .trimEnd()
    .split("\n");
  const header = lines[0].split("\t");
  const rows = lines.slice(1).map((line) => line.split("\t"));
  const cells = columns.map((name) => [name, rows.map((row) => row[header.indexOf(name)])]);
  return { length: rows.length, columns: Object.fromEntries(cells) };
}

/** As many rows of each star as the rarest has, in every part; with `allTraining` the training part as it comes. */
function balancedRows(
  task: Task,
  reviews: ColumnBatch,
  { allTraining }: { allTraining: boolean },
): Int32Array {
  const stars = reviews.columns[task.target.column];
  const split = splitRows(task, reviews);
  const chosen: number[] = allTraining ? [...split.train] : [];
  const parts = [split.validation, split.test, ...(allTraining ? [] : [split.train])];
  for (const rows of parts) {
    const byStar = [...Map.groupBy(rows, (row) => stars[row]).values()];
    const each = Math.min(...byStar.map((some) => some.length));
    for (const some of byStar) chosen.push(...some.slice(0, each));
  }
  return Int32Array.from(chosen);
}

interface Measured {
  readonly split: string;
  readonly inputs: string;
  readonly training: "balanced" | "all rows, weighted";
  readonly rows: Readonly<Record<string, number>>;
  readonly accuracy: number;
  readonly macroF1: number;
  readonly mae: number;
}

async function measure(
  task: Task,
  reviews: ColumnBatch,
  { split, allTraining }: { split: string; allTraining: boolean },
): Promise<Measured> {
  const directory = await mkdtemp(join(tmpdir(), "souk-stars-balanced-"));
  const rows = balancedRows(task, reviews, { allTraining });
  async function* batches(): AsyncGenerator<ColumnBatch> {
    yield selectRows(reviews, rows);
  }
  const settings: Record<string, SettingValue> = allTraining ? { balance: "full" } : {};
  const data = { dataset: "reviews", version: 0, hash: "bench" };
  const { report } = await trainTask(task, batches(), {
    family: "ngram",
    settings,
    directory,
    data,
  });
  await rm(directory, { recursive: true });
  const { accuracy, macroF1, mae } = report.metrics;
  const inputs = task.inputs.map(({ column }) => column).join(" + ");
  const training = allTraining ? "all rows, weighted" : "balanced";
  console.log(`${inputs}  ${split}  ${training}: accuracy ${accuracy.toFixed(4)}`);
  return { split, inputs, training, rows: { ...report.rows }, accuracy, macroF1, mae };
}

/** Runs the benchmark; the ratio is the mean accuracy from headline and body over the five other splits to chance's. */
export async function run(): Promise<object> {
  const task = builtInTasks["star-rating"];
  const reviews = await readReviews(taskColumns(task));
  const body = task.inputs.filter(({ column }) => column === "review_body");
  const measured = [
    await measure({ ...task, inputs: body }, reviews, { split: "built-in", allTraining: false }),
  ];
  for (const allTraining of [false, true]) {
    measured.push(await measure(task, reviews, { split: "built-in", allTraining }));
    for (const salt of folds) {
      const salted = { ...task, split: { ...task.split, salt } };
      measured.push(await measure(salted, reviews, { split: salt, allTraining }));
    }
  }
  const others = measured.filter(
    ({ split, training }) => split !== "built-in" && training !== "balanced",
  );
  return {
    name: "stars-balanced",
    ratio: mean(others.map(({ accuracy }) => accuracy)) * 5,
    goal: 3.1,
    peer: "chance among five stars",
    figures: { folds: measured },
  };
}
