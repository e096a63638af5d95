import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { canonicalJson, SoukError, writeFileAtomic } from "@souk/core";
import { demoBanner } from "@souk/lake";
import { runInChild } from "../jobs/child.ts";
import type { DemoRequest, WrittenDemo } from "../jobs/demo-job.ts";
import type { PhotosNoun } from "../photos/photo-values.ts";
import type { DatasetsNoun } from "../souk-interface.ts";

const DEFAULT_REVIEWS = 20_000;
const MAX_REVIEWS = 100_000_000;

/** What was invented, and where it lies. */
export interface DemoOutcome {
  /** Says that nothing of it is real. */
  readonly notice: string;
  /** Folder with the written files, their README and the known truth. */
  readonly folder: string;
  readonly rows: Readonly<Record<string, number>>;
}

/**
 * Invents a shop, writes it as files under `<data>/demo` and ingests them the way a shop's own files are.
 * Asked again for the same demo it finishes what was stopped.
 * @throws SoukError `DEMO_NOT_EMPTY` when one of its datasets has other rows already.
 */
export async function createDemo(
  { datasets, photos }: { datasets: DatasetsNoun; photos: PhotosNoun },
  dataDirectory: string,
  {
    signal,
    onProgress,
    ...wanted
  }: {
    reviews?: number;
    seed?: number;
    signal?: AbortSignal;
    onProgress?: (message: string) => void;
  } = {},
): Promise<DemoOutcome> {
  const folder = join(dataDirectory, "demo");
  const { reviews, seed } = await resolveOptions(datasets, folder, wanted);
  const request: DemoRequest = { directory: folder, seed, reviews };
  onProgress?.(`inventing a shop with ${reviews.toLocaleString("en")} reviews`);
  // demo-job.ts answers with a `WrittenDemo`.
  const written = (await runInChild(new URL("../jobs/demo-job.ts", import.meta.url), request, {
    signal,
  })) as WrittenDemo;
  const rows: Record<string, number> = {};
  for (const file of written.files) {
    onProgress?.(`ingesting ${file.rows.toLocaleString("en")} rows of ${file.dataset}`);
    const outcome = await datasets.ingest(
      file.dataset,
      { kind: "file", path: file.path },
      { format: file.format, signal },
    );
    rows[file.dataset] = outcome.rows;
  }
  onProgress?.("taking in the photos");
  const taken = await photos.add(
    { kind: "path", path: written.photos },
    { rule: "stem", sourceName: "demo shop", ...(signal && { signal }) },
  );
  rows["images"] = taken.photos;
  return { notice: demoBanner, folder, rows };
}

interface ShopOptions {
  readonly seed: number;
  readonly reviews: number;
}

/** Invented rows go into empty datasets, or go on where the same demo was stopped: its batches are not ingested twice. */
async function resolveOptions(
  datasets: DatasetsNoun,
  folder: string,
  wanted: Partial<ShopOptions>,
): Promise<ShopOptions> {
  const path = join(folder, "options.json");
  const text = await readFile(path, "utf8").catch(() => undefined);
  // Written below, and only there.
  const earlier = text === undefined ? undefined : (JSON.parse(text) as ShopOptions);
  const options = { seed: 1, reviews: DEFAULT_REVIEWS, ...earlier, ...definedOf(wanted) };
  const { reviews } = options;
  if (!Number.isInteger(reviews) || reviews < 1 || reviews > MAX_REVIEWS) {
    throw new SoukError("DEMO_OPTION", `expected 1 to ${MAX_REVIEWS} reviews, got ${reviews}`);
  }
  if (earlier && canonicalJson(earlier) === canonicalJson(options)) return options;
  await refuseUnlessEmpty(datasets);
  await writeFileAtomic(path, JSON.stringify(options));
  return options;
}

function definedOf({ seed, reviews }: Partial<ShopOptions>): Partial<ShopOptions> {
  return { ...(seed !== undefined && { seed }), ...(reviews !== undefined && { reviews }) };
}

async function refuseUnlessEmpty(datasets: DatasetsNoun): Promise<void> {
  const taken = new Set(["reviews", "products", "posts", "orders", "images"]);
  const full = (await datasets.list()).filter(({ name, rows }) => taken.has(name) && rows > 0);
  if (full.length === 0) return;
  const names = full.map(({ name, rows }) => `${name} (${rows} rows)`).join(", ");
  throw new SoukError(
    "DEMO_NOT_EMPTY",
    `invented rows never mix with a shop's own: expected no rows, found ${names}`,
  );
}
