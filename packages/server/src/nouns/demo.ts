import { join } from "node:path";
import { SoukError } from "@souk/core";
import { demoBanner, type WrittenDemoShop } from "@souk/lake";
import { runInChild } from "../jobs/child.ts";
import type { DemoRequest } from "../jobs/demo-job.ts";
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
 * @throws SoukError `DEMO_NOT_EMPTY` when one of its datasets has rows already.
 */
export async function createDemo(
  datasets: DatasetsNoun,
  dataDirectory: string,
  {
    reviews = DEFAULT_REVIEWS,
    seed = 1,
    onProgress,
  }: { reviews?: number; seed?: number; onProgress?: (message: string) => void } = {},
): Promise<DemoOutcome> {
  if (!Number.isInteger(reviews) || reviews < 1 || reviews > MAX_REVIEWS) {
    throw new SoukError("DEMO_OPTION", `expected 1 to ${MAX_REVIEWS} reviews, got ${reviews}`);
  }
  await refuseUnlessEmpty(datasets);
  const folder = join(dataDirectory, "demo");
  const request: DemoRequest = { directory: folder, seed, reviews };
  onProgress?.(`inventing a shop with ${reviews.toLocaleString("en")} reviews`);
  // demo-job.ts answers with what `writeDemoShop` returns.
  const { files } = (await runInChild(
    new URL("../jobs/demo-job.ts", import.meta.url),
    request,
  )) as WrittenDemoShop;
  const rows: Record<string, number> = {};
  for (const file of files) {
    onProgress?.(`ingesting ${file.rows.toLocaleString("en")} rows of ${file.dataset}`);
    const outcome = await datasets.ingest(
      file.dataset,
      { kind: "file", path: file.path },
      { format: file.format },
    );
    rows[file.dataset] = outcome.rows;
  }
  return { notice: demoBanner, folder, rows };
}

async function refuseUnlessEmpty(datasets: DatasetsNoun): Promise<void> {
  const taken = new Set(["reviews", "products", "posts", "orders"]);
  const full = (await datasets.list()).filter(({ name, rows }) => taken.has(name) && rows > 0);
  if (full.length === 0) return;
  const names = full.map(({ name, rows }) => `${name} (${rows} rows)`).join(", ");
  throw new SoukError(
    "DEMO_NOT_EMPTY",
    `invented rows never mix with a shop's own: expected no rows, found ${names}`,
  );
}
