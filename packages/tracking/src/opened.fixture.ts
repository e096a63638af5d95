import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { manualClock } from "@souk/core";
import { type Blobs, openBlobs, openStore, type Store } from "@souk/store";
import { openTracking, type Tracking } from "./tracking.ts";

/** What a test of tracking works with. Time stands at 1,000,000 until it is advanced. */
export interface Opened {
  readonly tracking: Tracking;
  readonly store: Store;
  readonly blobs: Blobs;
  readonly clock: ReturnType<typeof manualClock>;
  readonly folder: string;
}

/** Runs `work` over real SQLite and files in a temporary folder. */
export async function withTracking(work: (opened: Opened) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "souk-tracking-"));
  const clock = manualClock(1_000_000);
  const store = await openStore({ path: join(folder, "souk.sqlite"), clock });
  try {
    const blobs = await openBlobs({ directory: join(folder, "blobs") });
    const tracking = await openTracking({ store, blobs, clock });
    await work({ tracking, store, blobs, clock, folder });
  } finally {
    await store.close();
    await rm(folder, { recursive: true });
  }
}

/** A run with one file and a model whose next version is made of it. */
export async function newVersion(
  { runs, registry }: Tracking,
  model: string,
  metrics: Record<string, number> = {},
): Promise<number> {
  const data = { dataset: "reviews", version: 3, hash: "h3" };
  const { id } = await runs.create({ data });
  await runs.putArtifact(id, "model/card.json", Buffer.from("{}"));
  const made = await registry.createVersion(model, { runId: id, artifactPrefix: "model", metrics });
  return made.version;
}
