/**
 * How well the default family guesses stars on real reviews: the built-in split and five others, each customer-grouped,
 * from headline and body and from body alone. Test parts only. Needs the Amazon digital software reviews.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { mean } from "@souk/core";
import { builtInTasks, type ColumnBatch, type Task, taskColumns, trainTask } from "../src/index.ts";

const shared =
  process.env["SOUK_SHARED_DATA"] ?? join(import.meta.dirname, "../../../../shared/data");
const file = "amazon-digital-software-2015/amazon_reviews_us_Digital_Software_v1_00.dev.tsv.gz";
const folds = ["fold-1", "fold-2", "fold-3", "fold-4", "fold-5"];

interface Fold {
  readonly inputs: string;
  readonly split: string;
  readonly testRows: number;
  readonly accuracy: number;
  readonly macroF1: number;
  readonly mae: number;
  readonly majority: number;
  readonly seconds: Readonly<Record<string, number>>;
}

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

async function measure(task: Task, split: string, batch: ColumnBatch): Promise<Fold> {
  const folder = await mkdtemp(join(tmpdir(), "souk-stars-"));
  async function* rows(): AsyncGenerator<ColumnBatch> {
    yield batch;
  }
  const data = { dataset: "reviews", version: 0, hash: "bench" };
  const { report, seconds } = await trainTask(task, rows(), {
    family: "ngram",
    directory: folder,
    data,
  });
  await rm(folder, { recursive: true });
  const { accuracy, macroF1, mae } = report.metrics;
  const inputs = task.inputs.map(({ column }) => column).join(" + ");
  const majority = report.baseline.metrics["accuracy"];
  console.log(
    `${inputs}  ${split}  accuracy ${accuracy.toFixed(4)}  macro-F1 ${macroF1.toFixed(4)}  mae ${mae.toFixed(3)}`,
  );
  return { inputs, split, testRows: report.rows.test, accuracy, macroF1, mae, majority, seconds };
}

/** Runs the benchmark; the ratio is the mean accuracy from headline and body over the five other splits to the majority's. */
export async function run(): Promise<object> {
  const task = builtInTasks["star-rating"];
  const batch = await readReviews(taskColumns(task));
  const measured: Fold[] = [];
  for (const columns of [["review_headline", "review_body"], ["review_body"]]) {
    const inputs = columns.map((column) => ({ column, kind: "text" as const }));
    measured.push(await measure({ ...task, inputs }, "built-in", batch));
    for (const salt of folds) {
      measured.push(
        await measure({ ...task, inputs, split: { ...task.split, salt } }, salt, batch),
      );
    }
  }
  const both = measured.filter(
    ({ inputs, split }) => inputs.includes("headline") && split !== "built-in",
  );
  return {
    name: "stars",
    ratio: mean(both.map(({ accuracy }) => accuracy)) / mean(both.map(({ majority }) => majority)),
    goal: 1.6,
    peer: "always the commonest star",
    figures: { rows: batch.length, folds: measured },
  };
}
