/** A small shop in a temporary folder for the tests: real store, blobs, registry, and models trained on reviews written here. */
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { type ColumnBatch, parseTask, trainTask } from "@souk/models";
import { type Blobs, openBlobs, openStore, type Store } from "@souk/store";
import { openTracking, type Tracking } from "@souk/tracking";
import { openServing } from "./live-serving.ts";
import type { ServingOptions } from "./options.ts";
import type { Serving } from "./serving.ts";

/** What the tests ask of the shop. */
export interface TestShop {
  readonly folder: string;
  readonly store: Store;
  readonly blobs: Blobs;
  readonly tracking: Tracking;
  /** Opens serving over the shop; closed after the test. */
  serve(options?: Partial<ServingOptions>): Promise<Serving>;
  /** Registers the next version of `stars`; `damage` gets its artefact folder first. */
  register(damage?: (folder: string) => Promise<void>): Promise<number>;
  promote(version: number, alias?: string): Promise<void>;
}

/** Stars of a review, from its headline and body. */
export const starsTask = parseTask({
  name: "stars",
  dataset: "reviews",
  inputs: [
    { column: "review_headline", kind: "text" },
    { column: "review_body", kind: "text" },
  ],
  target: { column: "star_rating", kind: "ordinal" },
  split: { kind: "random", validation: 0.2, test: 0.2 },
  metric: "accuracy",
  baseline: "majority",
});

const words = {
  1: ["broken", "refund", "awful", "terrible", "waste"],
  3: ["okay", "average", "fine", "decent", "mixed"],
  5: ["great", "love", "perfect", "excellent", "wonderful"],
};

/** Texts whose words tell their stars, 1, 3 or 5; the same `count` gives the same rows. */
export function reviews(count: number): ColumnBatch {
  const headlines: string[] = [];
  const bodies: string[] = [];
  const stars: number[] = [];
  const kinds = Object.entries(words);
  for (let i = 0; i < count; i++) {
    const [star, vocabulary] = kinds[i % kinds.length]!;
    const word = (offset: number): string => vocabulary[(i + offset) % vocabulary.length]!;
    headlines.push(`${word(0)} product`);
    bodies.push(`this one is ${word(1)} and ${word(2)}, number ${i}`);
    stars.push(Number(star));
  }
  return {
    length: count,
    columns: { review_headline: headlines, review_body: bodies, star_rating: stars },
  };
}

/** One row for `predict`. */
export function review(body: string, headline = "product"): ColumnBatch {
  return { length: 1, columns: { review_headline: [headline], review_body: [body] } };
}

let trained: Promise<string> | undefined;

/** The artefact folder of a model trained once for the whole test file. */
export function trainedModel(): Promise<string> {
  trained ??= train();
  return trained;
}

async function train(): Promise<string> {
  const directory = join(await mkdtemp(join(tmpdir(), "souk-serving-model-")), "stars");
  process.once("exit", () => void rm(directory, { recursive: true, force: true }));
  async function* rows(): AsyncGenerator<ColumnBatch> {
    yield reviews(300);
  }
  await trainTask(starsTask, rows(), {
    family: "linear",
    seed: 1,
    threads: 1,
    directory,
    data: { dataset: "reviews", version: 1, hash: "0".repeat(64) },
  });
  return directory;
}

/** Opens a shop with one approved version of `stars` behind `champion`. */
export async function openTestShop(t: TestContext): Promise<TestShop> {
  const folder = await mkdtemp(join(tmpdir(), "souk-serving-"));
  const store = await openStore({ path: join(folder, "souk.sqlite") });
  const blobs = await openBlobs({ directory: join(folder, "blobs") });
  const tracking = await openTracking({ store, blobs });
  const open: Serving[] = [];
  t.after(async () => {
    for (const serving of open) await serving.close();
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });
  await tracking.registry.createModel("stars", { task: "stars" });
  const shop: TestShop = {
    folder,
    store,
    blobs,
    tracking,
    async serve(options) {
      const { registry } = tracking;
      const serving = await openServing({
        registry,
        blobs,
        store,
        workers: 2,
        pollMs: 0,
        ...options,
      });
      open.push(serving);
      return serving;
    },
    register: (damage) => register({ folder, tracking }, damage),
    promote: (version, alias = "champion") => promote(tracking, version, alias),
  };
  await shop.promote(await shop.register());
  return shop;
}

async function register(
  { folder, tracking }: { folder: string; tracking: Tracking },
  damage?: (folder: string) => Promise<void>,
): Promise<number> {
  const copy = await mkdtemp(join(folder, "artefact-"));
  await cp(await trainedModel(), copy, { recursive: true });
  await damage?.(copy);
  const run = await tracking.runs.create({ experiment: "stars" });
  await tracking.runs.logArtifacts(run.id, copy, "model");
  await tracking.runs.finish(run.id, "finished");
  const { version } = await tracking.registry.createVersion("stars", {
    runId: run.id,
    artifactPrefix: "model",
    metrics: {},
  });
  await tracking.registry.approve("stars", version, { by: "test", reason: "a test" });
  return version;
}

/** Moves an alias as another part of Souk does it. */
export async function promote(tracking: Tracking, version: number, alias: string): Promise<void> {
  await tracking.registry.promote("stars", version, {
    alias,
    by: "test",
    reason: "a test",
    gate: { passed: true, rules: [] },
  });
}

/** Replaces every file of an artefact with bytes that no loader accepts. */
export async function poison(folder: string): Promise<void> {
  const { readdir } = await import("node:fs/promises");
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) await writeFile(join(entry.parentPath, entry.name), "\0poison");
  }
}
