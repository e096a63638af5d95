/**
 * How far prices are foretold from what a listing says, beside the median: PRDECT-ID (Indonesian marketplace, rows are
 * reviews, split by product name) and the AWS retail catalogue. Settings as they come, test part only.
 * Needs PRDECT-ID (Sutoyo et al., Data in Brief 44, 2022) and the catalogue of aws-samples/retail-demo-store (MIT-0).
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { type ColumnBatch, parseTask, type Task, trainTask } from "../src/index.ts";

const shared =
  process.env["SOUK_SHARED_DATA"] ?? join(import.meta.dirname, "../../../../shared/data");
const families = ["linear", "ngram", "forest", "boosted-trees", "neighbours"];

interface Table {
  readonly task: Task;
  readonly batch: ColumnBatch;
}

interface Measured {
  readonly table: string;
  readonly family: string;
  readonly testRows: number;
  readonly mae: number;
  readonly medianMae: number;
  /** 1 - MAE / MAE of the median. */
  readonly under: number;
  readonly coverage: number;
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

function priceTask(inputs: Readonly<Record<string, string>>, split: object): Task {
  return parseTask({
    name: "price",
    dataset: "products",
    inputs: Object.entries(inputs).map(([column, kind]) => ({ column, kind })),
    target: { column: "price", kind: "number" },
    split: { validation: 0.15, test: 0.2, ...split },
    metric: "mae",
    baseline: "median",
    transform: "log1p",
    interval: 0.9,
  });
}

async function readFileText(path: string): Promise<string> {
  return gunzipSync(await readFile(join(shared, path))).toString("utf8");
}

async function readReviews(): Promise<Table> {
  const [header, ...records] = parseCsv(await readFileText("prdect-id/reviews.csv.gz"));
  const column = (name: string): string[] => records.map((record) => record[header.indexOf(name)]);
  const numbers = (name: string): number[] => column(name).map(Number);
  const columns = {
    name: column("Product Name"),
    category: column("Category"),
    location: column("Location"),
    rating: numbers("Overall Rating"),
    sold: numbers("Number Sold"),
    reviews: numbers("Total Review"),
    price: numbers("Price"),
  };
  const inputs = {
    name: "text",
    category: "category",
    location: "category",
    rating: "number",
    sold: "number",
    reviews: "number",
  };
  return {
    batch: { length: records.length, columns },
    task: priceTask(inputs, { kind: "grouped", by: "name" }),
  };
}

async function readCatalogue(): Promise<Table> {
  const text = await readFileText("retail-demo-catalog/products.json.gz");
  // The file's own notice says what its members are.
  const items = JSON.parse(text) as Record<string, string | number>[];
  const inputs = { name: "text", description: "text", category: "category", style: "category" };
  const names = [...Object.keys(inputs), "id", "price"];
  const columns = Object.fromEntries(
    names.map((name) => [name, items.map((item) => item[name] ?? null)]),
  );
  return {
    batch: { length: items.length, columns },
    task: priceTask(inputs, { kind: "grouped", by: "id" }),
  };
}

async function measure(table: string, family: string, { task, batch }: Table): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), "souk-price-"));
  async function* rows(): AsyncGenerator<ColumnBatch> {
    yield batch;
  }
  const data = { dataset: table, version: 0, hash: "bench" };
  const { report, seconds } = await trainTask(task, rows(), { family, directory: folder, data });
  await rm(folder, { recursive: true });
  const mae = report.metrics["mae"];
  const medianMae = report.baseline.metrics["mae"];
  const under = 1 - mae / medianMae;
  const measured = {
    table,
    family,
    testRows: report.rows.test,
    mae,
    medianMae,
    under,
    coverage: report.coverage?.coverage ?? NaN,
    seconds: seconds["total"],
  };
  console.log(
    `${table}  ${family}  MAE ${mae.toPrecision(6)} (median ${medianMae.toPrecision(6)}), ${(100 * under).toFixed(1)} % under; bounds held ${measured.coverage.toFixed(3)}; ${measured.seconds.toFixed(1)} s`,
  );
  return measured;
}

/** Runs the benchmark; the ratio is the median's MAE to the best family's, on the harder of both tables. */
export async function run(): Promise<object> {
  const tables = { "prdect-id": await readReviews(), catalogue: await readCatalogue() };
  const measured: Measured[] = [];
  for (const [name, table] of Object.entries(tables))
    for (const family of families) measured.push(await measure(name, family, table));
  const best = Object.keys(tables).map((name) =>
    Math.max(...measured.filter(({ table }) => table === name).map(({ under }) => under)),
  );
  return {
    name: "price",
    ratio: 1 / (1 - Math.min(...best)),
    goal: 1 / 0.75,
    peer: "always the median",
    figures: { measured },
  };
}
