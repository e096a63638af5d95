/**
 * Five million generated reviews: how fast they are ingested, and what the eleven questions cost through Souk beside
 * the same SQL in DuckDB alone. `--lake DIR` takes a lake that is there, `--rows N` another size, `--rounds N` more turns.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { version } from "@duckdb/node-api";
import { knownShapes, writeDemoShop } from "../src/index.ts";
import { openLake } from "../src/lake.ts";
import { compareQuestions } from "./questions.ts";

/** What a benchmark reports. */
export interface BenchResult {
  readonly name: string;
  readonly ratio: number;
  readonly goal: number;
  readonly lowerIsBetter: true;
  readonly peer: string;
  readonly figures: Record<string, unknown>;
}

/** Runs the benchmark; a generated lake is removed at the end. */
export async function run(): Promise<BenchResult> {
  const { values } = parseArgs({
    args: process.argv.slice(2),
    allowPositionals: true,
    options: {
      lake: { type: "string" },
      rows: { type: "string", default: "5000000" },
      rounds: { type: "string", default: "7" },
    },
  });
  const rounds = Number(values.rounds);
  if (values.lake !== undefined) return report(await compareQuestions(values.lake, { rounds }), {});
  const folder = await mkdtemp(join(tmpdir(), "souk-bench-lake-"));
  try {
    const { lake, ingest } = await generate(folder, Number(values.rows));
    return report(await compareQuestions(lake, { rounds }), { ingest });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function generate(folder: string, reviews: number) {
  const shop = await writeDemoShop(join(folder, "shop"), { seed: 1, reviews, posts: 1, orders: 1 });
  const file = shop.files.find((one) => one.dataset === "reviews");
  if (file === undefined) throw new Error("expected the demo shop to have reviews");
  const directory = join(folder, "lake");
  const lake = openLake({ directory });
  try {
    const started = performance.now();
    const { rows, bytes } = await lake.ingest(
      "reviews",
      { kind: "file", path: file.path },
      { shape: knownShapes.reviews },
    );
    const seconds = (performance.now() - started) / 1000;
    const ingest = { rows, bytes, seconds, rowsPerSecond: Math.round(rows / seconds) };
    console.log(`ingested ${rows} rows in ${seconds.toFixed(1)} s`);
    return { lake: directory, ingest };
  } finally {
    await lake.close();
    await rm(file.path);
  }
}

function report(
  times: Awaited<ReturnType<typeof compareQuestions>>,
  more: Record<string, unknown>,
): BenchResult {
  for (const { statement, souk, duckdb } of times.statements) {
    const sides = [souk, duckdb].map(
      ({ median, spread }) => `${median.toFixed(1).padStart(8)} ms ± ${spread.toFixed(1)}`,
    );
    console.log(`${statement.padEnd(18)} souk ${sides[0]}   duckdb ${sides[1]}`);
  }
  return {
    name: "lake",
    ratio: times.ratio,
    goal: 1.05,
    lowerIsBetter: true,
    peer: `DuckDB ${version()} in process, same files, same SQL`,
    figures: { ...more, ...times },
  };
}
