/**
 * How well families name things from photos: clothes worn by people (10 classes), groceries (81 classes, 43 coarse), and a
 * fashion shop's products (the 30 most common types) from photo, title and both. Never the held-out test parts: clothes
 * and groceries are judged on their validation part, and early stopping sees a part of the training rows instead; of
 * fashion a tenth of all products is taken out of the training part to be judged on.
 *
 * `npm run bench -- photos` runs all; some of it, with other settings than the default ones:
 *
 *   SOUK_FEATURE_CACHE=FOLDER node packages/models/bench/photos.ts [clothing|grocery|grocery-coarse|fashion-photo|fashion-title|fashion]…
 *     [SETTING=VALUE]…
 */
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { sha256, unitHash } from "@souk/core";
import {
  type ColumnBatch,
  type ImageSource,
  readPhotos,
  type SettingValue,
  type Task,
  trainTask,
} from "../src/index.ts";

const shared =
  process.env["SOUK_SHARED_DATA"] ?? join(import.meta.dirname, "../../../../shared/data");
const cacheDirectory = process.env["SOUK_FEATURE_CACHE"];
const threads = Number(process.env["SOUK_THREADS"] ?? 4);

/** Rows of a task, and the photos that they name. */
interface Rows {
  readonly rows: readonly Readonly<Record<string, string | null>>[];
  readonly photos: Map<string, Uint8Array>;
}

async function readTars(
  ...paths: string[]
): Promise<Map<string, { hash: string; bytes: Uint8Array }>> {
  const found = new Map<string, { hash: string; bytes: Uint8Array }>();
  for (const path of paths)
    for await (const { name, bytes } of readPhotos(join(shared, path)))
      found.set(name, { hash: sha256(bytes), bytes });
  return found;
}

/** Of ten training rows one is for early stopping. */
function partOfTraining(name: string): string {
  return unitHash(`early stopping ${name}`) < 0.1 ? "validation" : "train";
}

async function clothing(): Promise<Rows> {
  const files = await readTars("clothing-small-cc0/images256.tar");
  const photos = new Map<string, Uint8Array>();
  const rows = [...files].flatMap(([name, { hash, bytes }]) => {
    const [part, label] = name.split("/");
    if (part === "test" || label === undefined) return [];
    photos.set(hash, bytes);
    return [{ photo: hash, label, part: part === "train" ? partOfTraining(name) : "test" }];
  });
  return { rows, photos };
}

async function grocery(column: "fine_id" | "coarse_id"): Promise<Rows> {
  const files = await readTars("grocery-store-mit/images256.tar");
  const photos = new Map<string, Uint8Array>();
  const lines = (await readFile(join(shared, "grocery-store-mit/split.csv"), "utf8"))
    .trim()
    .split("\n");
  const header = lines[0].split(",");
  const rows = lines.slice(1).flatMap((line) => {
    const cells = line.split(",");
    const [part, path] = cells;
    const file = files.get(path);
    if (part === "test" || file === undefined) return [];
    photos.set(file.hash, file.bytes);
    const label = cells[header.indexOf(column)];
    return [{ photo: file.hash, label, part: part === "train" ? partOfTraining(path) : "test" }];
  });
  return { rows, photos };
}

const FASHION_TYPES = 30;

async function fashion(): Promise<Rows> {
  const folder = "fashion-product-images";
  const files = await readTars(`${folder}/images224.part1.tar`, `${folder}/images224.part2.tar`);
  const photos = new Map<string, Uint8Array>();
  const csv = gunzipSync(await readFile(join(shared, folder, "styles.csv.gz"))).toString("utf8");
  const [header, ...lines] = csv.trim().split("\n").map(cellsOf);
  const all = lines.flatMap((cells) => {
    const of = (name: string): string => cells[header.indexOf(name)] ?? "";
    const id = of("id");
    const bucket = Number(BigInt(`0x${createHash("sha1").update(id).digest("hex")}`) % 100n);
    const file = files.get(`images/${id}.jpg`);
    if (bucket >= 85 || file === undefined) return [];
    const part = bucket >= 70 ? "validation" : bucket >= 60 ? "test" : "train";
    return [{ id, file, part, label: of("articleType"), title: of("productDisplayName") }];
  });
  const counts = Map.groupBy(all, ({ label }) => label);
  const types = [...counts].toSorted((a, b) => b[1].length - a[1].length).slice(0, FASHION_TYPES);
  const kept = new Set(types.map(([label]) => label));
  const rows = all.filter(({ label }) => kept.has(label));
  for (const { file } of rows) photos.set(file.hash, file.bytes);
  return { rows: rows.map(({ file, ...row }) => ({ ...row, photo: file.hash })), photos };
}

/** A line of CSV whose cells may be quoted. */
function cellsOf(line: string): string[] {
  return [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, cell]) =>
    cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell,
  );
}

/** What one training says. */
interface Figures {
  readonly name: string;
  readonly family: string;
  readonly rows: Readonly<Record<string, number>>;
  readonly metrics: Readonly<Record<string, number>>;
  readonly low: number | undefined;
  readonly high: number | undefined;
  readonly seconds: Readonly<Record<string, number>>;
}

const photo = { column: "photo", kind: "image" } as const;
const title = { column: "title", kind: "text" } as const;
const cases: Record<string, { read: () => Promise<Rows>; family: string; inputs: Task["inputs"] }> =
  {
    clothing: { read: clothing, family: "image", inputs: [photo] },
    grocery: { read: () => grocery("fine_id"), family: "image", inputs: [photo] },
    "grocery-coarse": { read: () => grocery("coarse_id"), family: "image", inputs: [photo] },
    "fashion-photo": { read: fashion, family: "image", inputs: [photo] },
    "fashion-title": { read: fashion, family: "ngram", inputs: [title] },
    fashion: { read: fashion, family: "fused", inputs: [title, photo] },
  };

/** Trains one case and prints its figures. */
async function measure(name: string, settings: Record<string, SettingValue>): Promise<Figures> {
  const { read, inputs, family: usual } = cases[name];
  const { family = usual, ...others } = settings;
  const { rows, photos } = await read();
  const images: ImageSource = { read: (hash) => Promise.resolve(photos.get(hash)) };
  const columns = [...inputs.map(({ column }) => column), "label", "part"];
  const batch: ColumnBatch = {
    length: rows.length,
    columns: Object.fromEntries(columns.map((one) => [one, rows.map((row) => row[one])])),
  };
  const task: Task = {
    name,
    dataset: name,
    inputs,
    target: { column: "label", kind: "class" },
    split: { kind: "given", by: "part", validation: 0, test: 0 },
    metric: "accuracy",
    baseline: "majority",
  };
  const directory = await mkdtemp(join(tmpdir(), "souk-photos-"));
  async function* stream(): AsyncGenerator<ColumnBatch> {
    yield batch;
  }
  const { report, seconds } = await trainTask(task, stream(), {
    family: String(family),
    settings: others,
    directory,
    threads,
    data: { dataset: name, version: 0, hash: "bench" },
    images,
    pretrained: { "mobilenet-v2": join(shared, "image-weights-mobilenet") },
    cacheDirectory,
    onEvent: process.env["SOUK_VERBOSE"] === undefined ? undefined : tell,
  });
  await rm(directory, { recursive: true });
  const { low, high } = report.interval ?? {};
  const { rows: counts, metrics } = report;
  const figures = { name, family: String(family), rows: counts, metrics, low, high, seconds };
  console.log(JSON.stringify(figures));
  return figures;
}

function tell(event: {
  readonly kind: string;
  readonly values?: unknown;
  readonly epoch?: number;
}): void {
  if (event.kind === "metrics") console.log(event.epoch, JSON.stringify(event.values));
}

/** Every case with default settings; the ratio is the fused model's accuracy to that of the title alone. */
export async function run(): Promise<unknown> {
  const figures: Record<string, Figures> = {};
  for (const name of Object.keys(cases)) figures[name] = await measure(name, {});
  const of = (name: string): number => figures[name].metrics["accuracy"];
  const ratio = of("fashion") / of("fashion-title");
  return { name: "photos", ratio, goal: 1, peer: "the title alone", figures };
}

/** Some cases with settings from the command line. */
async function runSome(given: readonly string[]): Promise<void> {
  const settings: Record<string, SettingValue> = {};
  for (const one of given.filter((each) => each.includes("="))) {
    const [key, value] = one.split("=");
    settings[key] = Number.isNaN(Number(value)) ? value : Number(value);
  }
  for (const name of given.filter((one) => !one.includes("="))) await measure(name, settings);
}

if (import.meta.main) await runSome(process.argv.slice(2));
