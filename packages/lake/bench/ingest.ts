/**
 * Ingest of generated reviews: rows and megabytes per second beside DuckDB alone (the same casts into the same partitions,
 * without checks, quarantine, batch ids and log), and the peak memory of a small and a four times larger file.
 * `--rows N` is the size of the larger file, `--rounds N` how often each is timed.
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { DuckDBInstance, version } from "@duckdb/node-api";
import { writeDemoShop } from "../src/index.ts";

interface Measured {
  readonly rows: number;
  readonly quarantined: number;
  readonly bytes: number;
  readonly ms: number;
  readonly cpuMs: number;
  readonly peakMegabytes: number;
}

/** Runs the benchmark. */
export async function run() {
  const { values } = parseArgs({
    args: process.argv.slice(2),
    allowPositionals: true,
    options: {
      rows: { type: "string", default: "5000000" },
      rounds: { type: "string", default: "3" },
    },
  });
  const rows = Number(values.rows);
  const folder = await mkdtemp(join(tmpdir(), "souk-bench-ingest-"));
  try {
    const small = await generate(join(folder, "small"), Math.round(rows / 4));
    const large = await generate(join(folder, "large"), rows);
    const smallRun = await ingest(folder, small);
    const ours: Measured[] = [];
    const peer: number[] = [];
    for (let round = 0; round < Number(values.rounds); round++) {
      ours.push(await ingest(folder, large));
      peer.push(await duckdbAlone(folder, large));
    }
    return report(smallRun, ours, peer);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function report(small: Measured, ours: readonly Measured[], peer: readonly number[]) {
  const [first] = ours;
  if (first === undefined) throw new Error("expected at least one round");
  if (ours.some(({ quarantined }) => quarantined > 0))
    throw new Error("expected every generated review to be accepted");
  const ms = median(ours.map((one) => one.ms));
  const peerMs = median(peer);
  return {
    name: "ingest",
    ratio: ms / peerMs,
    goal: 1.5,
    lowerIsBetter: true,
    peer: `DuckDB ${version()} COPY to partitioned Parquet, time`,
    figures: {
      rows: first.rows,
      megabytes: first.bytes / 1e6,
      rowsPerSecond: (first.rows / ms) * 1000,
      megabytesPerSecond: first.bytes / 1e3 / ms,
      cpuMicrosecondsPerRow: (median(ours.map((one) => one.cpuMs)) * 1000) / first.rows,
      peakMegabytes: median(ours.map((one) => one.peakMegabytes)),
      smallFile: {
        rows: small.rows,
        megabytes: small.bytes / 1e6,
        peakMegabytes: small.peakMegabytes,
      },
      ms: ours.map((one) => one.ms),
      peerMs: peer,
    },
  };
}

async function generate(folder: string, reviews: number): Promise<string> {
  const shop = await writeDemoShop(folder, { seed: 1, reviews, posts: 1, orders: 1 });
  const file = shop.files.find((one) => one.dataset === "reviews");
  if (file === undefined) throw new Error("expected the demo shop to have reviews");
  return file.path;
}

async function ingest(folder: string, file: string): Promise<Measured> {
  const directory = join(folder, "lake");
  await rm(directory, { recursive: true, force: true });
  const { stdout } = await promisify(execFile)(process.execPath, [
    join(import.meta.dirname, "ingest-run.ts"),
    directory,
    file,
  ]);
  // The line comes from ingest-run.ts, which prints exactly this.
  return JSON.parse(stdout) as Measured;
}

async function duckdbAlone(folder: string, file: string): Promise<number> {
  const target = join(folder, "peer");
  await rm(target, { recursive: true, force: true });
  const instance = await DuckDBInstance.create(":memory:", { memory_limit: "2GB" });
  try {
    const connection = await instance.connect();
    await connection.run(
      `SET temp_directory = '${folder}'; SET preserve_insertion_order = false; SET partitioned_write_flush_threshold = 65536`,
    );
    const started = performance.now();
    await connection.run(
      `COPY (SELECT * REPLACE (CAST(star_rating AS INTEGER) AS star_rating, CAST(helpful_votes AS INTEGER) AS helpful_votes, CAST(total_votes AS INTEGER) AS total_votes, CAST(review_date AS DATE) AS review_date), year(CAST(review_date AS DATE)) AS year
        FROM read_csv('${file}', delim = '\t', quote = '', escape = '', header = true, all_varchar = true))
       TO '${target}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, PARTITION_BY (product_category))`,
    );
    return performance.now() - started;
  } finally {
    instance.closeSync();
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
