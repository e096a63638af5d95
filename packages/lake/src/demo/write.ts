import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { SoukError, writeFileAtomic } from "@souk/core";
import type { ColumnBatch } from "../read.ts";
import { demoOrders, orderColumns } from "./orders.ts";
import { demoPosts, postColumns } from "./posts.ts";
import { demoProducts, productColumns } from "./products.ts";
import { demoReviewChunks } from "./review-bytes.ts";
import { demoBanner } from "./shop.ts";
import { type DemoTruth, demoTruth } from "./truth.ts";
import { buildWorld, type DemoShopOptions } from "./world.ts";

/** One file of a written shop. */
export interface DemoFile {
  readonly dataset: "reviews" | "products" | "posts" | "orders";
  readonly path: string;
  readonly format: "tsv" | "jsonl";
  readonly rows: number;
  readonly sizeBytes: number;
}

/** What `writeDemoShop` left behind. */
export interface WrittenDemoShop {
  readonly truth: DemoTruth;
  readonly files: readonly DemoFile[];
}

/**
 * Writes reviews.tsv, products.jsonl, posts.jsonl and orders.jsonl, with README_demo.md and truth_demo.json beside them.
 * Each file appears whole (temporary name, fsync, rename). `onRows` hears how many reviews are written.
 * @throws SoukError `DEMO_OPTION`; the reason of `signal` when it is aborted.
 */
export async function writeDemoShop(
  directory: string,
  options: DemoShopOptions & { signal?: AbortSignal; onRows?: (rows: number) => void },
): Promise<WrittenDemoShop> {
  const world = buildWorld(options);
  await mkdir(directory, { recursive: true });
  await writeFileAtomic(join(directory, "README_demo.md"), readme(options));
  const { signal, onRows } = options;
  const reviews = demoReviewChunks(world);
  const products = jsonlChunks(productColumns, demoProducts(world));
  const posts = jsonlChunks(postColumns, demoPosts(world));
  const orders = jsonlChunks(orderColumns, demoOrders(world));
  const files = [
    await writeFile(directory, {
      dataset: "reviews",
      format: "tsv",
      chunks: reviews,
      signal,
      onRows,
    }),
    await writeFile(directory, { dataset: "products", format: "jsonl", chunks: products, signal }),
    await writeFile(directory, { dataset: "posts", format: "jsonl", chunks: posts, signal }),
    await writeFile(directory, { dataset: "orders", format: "jsonl", chunks: orders, signal }),
  ];
  const shopTruth = demoTruth(world);
  const truth = JSON.stringify({ notice: demoBanner, ...shopTruth }, null, 2);
  await writeFileAtomic(join(directory, "truth_demo.json"), `${truth}\n`);
  return { truth: shopTruth, files };
}

/** Bytes of one file with the number of rows written so far. */
type Chunk = { bytes: Uint8Array; rows: number };

interface FileWriting {
  dataset: DemoFile["dataset"];
  format: DemoFile["format"];
  chunks: AsyncIterable<Chunk> | Iterable<Chunk>;
  signal?: AbortSignal | undefined;
  onRows?: ((rows: number) => void) | undefined;
}

async function writeFile(directory: string, writing: FileWriting): Promise<DemoFile> {
  const { dataset, format } = writing;
  const path = join(directory, `${dataset}.${format}`);
  const temporary = join(directory, `.tmp-${dataset}-${process.pid}`);
  const file = await open(temporary, "w");
  try {
    const written = await writeChunks(file, writing);
    await file.sync();
    await file.close();
    await rename(temporary, path);
    return { dataset, path, format, ...written };
  } finally {
    await file.close();
    await rm(temporary, { force: true });
  }
}

async function writeChunks(
  file: FileHandle,
  { chunks, signal, onRows }: FileWriting,
): Promise<{ rows: number; sizeBytes: number }> {
  let rows = 0;
  let sizeBytes = 0;
  for await (const chunk of chunks) {
    signal?.throwIfAborted();
    await file.writeFile(chunk.bytes);
    sizeBytes += chunk.bytes.length;
    rows = chunk.rows;
    onRows?.(rows);
  }
  return { rows, sizeBytes };
}

async function* jsonlChunks(
  columns: readonly string[],
  batches: AsyncIterable<ColumnBatch>,
): AsyncGenerator<Chunk> {
  let rows = 0;
  for await (const batch of batches) {
    rows += batch.length;
    yield { bytes: Buffer.from(jsonLines(batch, columns)), rows };
  }
}

function jsonLines(batch: ColumnBatch, columns: readonly string[]): string {
  const values = columns.map((name) => columnOf(batch, name));
  let text = "";
  for (let row = 0; row < batch.length; row++) {
    const record: Record<string, unknown> = {};
    for (const [c, name] of columns.entries()) record[name] = values[c]![row];
    text += `${JSON.stringify(record)}\n`;
  }
  return text;
}

function columnOf(batch: ColumnBatch, name: string): ArrayLike<string | number | boolean | null> {
  const column = batch.columns[name];
  if (column === undefined)
    throw new SoukError(
      "DEMO_OPTION",
      `expected a column ${name}, got ${Object.keys(batch.columns).join(", ")}`,
    );
  return column;
}

function readme({ seed = 1, reviews }: DemoShopOptions): string {
  return `# This is invented data

${demoBanner}

Made by Souk's demo shop generator with seed ${seed} and ${reviews} reviews. Marketplace is "DEMO", every id starts with "demo",
brands and towns do not exist. \`truth_demo.json\` holds the numbers the generator used.
Do not publish results from these files as if they described people or products.
`;
}
