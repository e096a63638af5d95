import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { builtInTasks, type ColumnBatch, loadModel, taskColumns, trainTask } from "./index.ts";

const shared =
  process.env["SOUK_SHARED_DATA"] ??
  fileURLToPath(new URL("../../../../shared/data", import.meta.url));
const file = join(
  shared,
  "amazon-digital-software-2015/amazon_reviews_us_Digital_Software_v1_00.dev.tsv.gz",
);
const skip = existsSync(file) ? false : `needs ${file}`;

/** The columns of the tab-separated file; it has no quoting. */
async function readReviews(columns: readonly string[]): Promise<ColumnBatch> {
  const lines = gunzipSync(await readFile(file))
    .toString("utf8")
    .trimEnd()
    .split("\n");
  const header = lines[0].split("\t");
  const places = columns.map((column) => header.indexOf(column));
  const cells: Record<string, string[]> = Object.fromEntries(columns.map((name) => [name, []]));
  for (let i = 1; i < lines.length; i++) {
    const fields = lines[i].split("\t");
    places.forEach((place, c) => cells[columns[c]].push(fields[place]));
  }
  return { length: lines.length - 1, columns: cells };
}

test(
  "star rating from headline and body reaches .76 accuracy on customers it never saw",
  { skip },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "souk-stars-"));
    const task = builtInTasks["star-rating"];
    const batch = await readReviews(taskColumns(task));
    async function* rows(): AsyncGenerator<ColumnBatch> {
      yield batch;
    }
    const { report, card } = await trainTask(task, rows(), {
      family: "ngram",
      threads: 1,
      directory: folder,
      data: { dataset: "reviews", version: 1, hash: "dev" },
    });
    assert.equal(batch.length, 89895);
    assert.ok(report.metrics["accuracy"] >= 0.76, `accuracy ${report.metrics["accuracy"]}`);
    assert.ok(report.metrics["macroF1"] >= 0.6, `macro-F1 ${report.metrics["macroF1"]}`);
    assert.ok(report.baseline.metrics["accuracy"] < 0.47);
    assert.ok(card.weights.sizeBytes < 8e6, `${card.weights.sizeBytes} bytes`);
    const model = await loadModel(folder);
    const [worst, best] = await model.predict({
      length: 2,
      columns: {
        review_headline: ["Waste of money", "Five Stars"],
        review_body: ["Does not install, asked for a refund.", "Love it, works great!"],
      },
    });
    assert.deepEqual([worst.label, best.label], [1, 5]);
    await rm(folder, { recursive: true });
  },
);
