import { createRng, SoukError } from "@souk/core";
import { encodeTensors } from "../artefact/tensors.ts";
import { classMetrics } from "../evaluation/class-metrics.ts";
import { numberMetrics } from "../evaluation/number-metrics.ts";
import type { ColumnBatch } from "../rows/batch.ts";
import type { Task } from "../task/task.ts";
import { drawPhotos } from "./made-up-photos.ts";
import type {
  Examples,
  Family,
  FamilyContext,
  FamilyData,
  ImageSource,
  Predictor,
  SavedPredictor,
} from "./family.ts";
import { resolveSettings, type SettingValue } from "./settings.ts";

/** One law of families, by its name; `check` rejects with SoukError `FAMILY_LAW` when the family breaks it. */
export interface FamilyLaw {
  readonly name: string;
  check(family: Family): Promise<void>;
}

/**
 * The laws every family keeps, to be run one test each: `for (const law of checkFamily()) test(law.name, () => law.check(family))`.
 * They train on a few hundred made-up rows with text, number, category and date inputs, and drawn photos for a family that
 * reads photos; each takes well under a second for a fast family.
 * @param quick settings for the laws that are not about quality, for example few epochs of a slow family.
 * @param always settings for all laws, for example a small size of photos.
 */
export function checkFamily(
  quick: Readonly<Record<string, SettingValue>> = {},
  always: Readonly<Record<string, SettingValue>> = {},
): readonly FamilyLaw[] {
  const within =
    (settings: Readonly<Record<string, SettingValue>>) =>
    (check: FamilyLaw["check"]): FamilyLaw["check"] =>
    (family) =>
      check(withDefaults(family, settings));
  const quickly = within({ ...always, ...quick });
  const wholly = within(always);
  return [
    { name: "default settings are valid", check: checkDefaults },
    { name: "is not worse than the majority class", check: wholly(checkClasses) },
    { name: "is not worse than the mean", check: wholly(checkNumbers) },
    { name: "saved and restored gives the same scores", check: quickly(checkRestore) },
    { name: "one thread and the same seed give the same bytes", check: quickly(checkDeterminism) },
    { name: "scores one row as it scores it in a batch", check: quickly(checkBatches) },
    { name: "missing values and unknown words give finite scores", check: quickly(checkMissing) },
    { name: "an aborted signal stops the training with its reason", check: quickly(checkAbort) },
    {
      name: "resumed from a checkpoint it ends where the uninterrupted training ends",
      check: quickly(checkResume),
    },
    { name: "restoring without its tensors is refused", check: quickly(checkBrokenRestore) },
  ];
}

const ROWS = 400;

function checkDefaults(family: Family): Promise<void> {
  resolveSettings(family.settings);
  return Promise.resolve();
}

/** The family with other defaults. */
function withDefaults(family: Family, defaults: Readonly<Record<string, SettingValue>>): Family {
  const { values } = resolveSettings(family.settings, defaults);
  return {
    ...family,
    train: (data, context) =>
      family.train(data, { ...context, settings: resolveSettings(family.settings, values) }),
  };
}

async function checkClasses(family: Family): Promise<void> {
  const data = await madeUp(family, "class");
  const predictor = await train(family, data);
  const { targets, batch } = data.validation;
  const { accuracy } = classMetrics(await scoresOf(predictor, batch, 3), targets, LABELS).metrics;
  const majority = Math.max(...countsOf(targets)) / targets.length;
  hold(accuracy >= majority - 0.02, `accuracy at least ${majority}`, accuracy);
}

async function checkNumbers(family: Family): Promise<void> {
  const data = await madeUp(family, "number");
  const predictor = await train(family, data);
  const { targets, batch } = data.validation;
  const { r2 } = numberMetrics(await scoresOf(predictor, batch, 1), targets);
  hold(r2 > -0.05, "R2 of about 0 or more", r2);
}

async function checkRestore(family: Family): Promise<void> {
  for (const kind of ["class", "number"] as const) {
    const data = await madeUp(family, kind);
    const predictor = await train(family, data);
    const restored = restore(family, predictor.save(), data);
    const k = data.labels?.length ?? 1;
    const before = await scoresOf(predictor, data.validation.batch, k);
    const after = await scoresOf(restored, data.validation.batch, k);
    hold(sameNumbers(before, after), "the same scores after restoring", "others");
  }
}

async function checkDeterminism(family: Family): Promise<void> {
  const data = await madeUp(family, "class");
  const first = bytesOf(await train(family, data));
  const second = bytesOf(await train(family, data));
  hold(Buffer.compare(first, second) === 0, "the same bytes twice", "others");
}

async function checkBatches(family: Family): Promise<void> {
  const data = await madeUp(family, "class");
  const predictor = await train(family, data);
  const { batch } = data.validation;
  const all = await scoresOf(predictor, batch, 3);
  for (let row = 0; row < 20; row++) {
    const one = await scoresOf(predictor, sliceOf(batch, row), 3);
    hold(sameNumbers(one, all.slice(3 * row, 3 * row + 3)), "the score of the batch", `row ${row}`);
  }
}

async function checkMissing(family: Family): Promise<void> {
  const data = await madeUp(family, "class");
  const predictor = await train(family, data);
  const batches: ColumnBatch[] = [
    { length: 1, columns: {} },
    { length: 1, columns: { text: [""], price: [null], shop: [null], day: [null], photo: [null] } },
    {
      length: 1,
      columns: { text: ["zzz qqq \u0000 \ud800"], price: [1e300], shop: ["?"], day: ["no date"] },
    },
  ];
  for (const batch of batches)
    hold((await scoresOf(predictor, batch, 3)).every(Number.isFinite), "finite scores", "others");
}

async function checkAbort(family: Family): Promise<void> {
  const reason = new Error("stopped by the law");
  const data = await madeUp(family, "class");
  const got = await train(family, data, { signal: AbortSignal.abort(reason) }).then(
    () => undefined,
    (error: unknown) => error,
  );
  hold(got === reason, "the signal's reason", String(got));
}

async function checkResume(family: Family): Promise<void> {
  const data = await madeUp(family, "class");
  const states: SavedPredictor[] = [];
  const recorder = {
    save: (state: SavedPredictor) => Promise.resolve(void states.push(structuredClone(state))),
    load: () => Promise.resolve(undefined),
  };
  const whole = bytesOf(await train(family, data, { checkpoints: recorder }));
  // The first, a middle and the last checkpoint stand for all: a family may have a hundred epochs.
  for (const state of new Set([states[0], states[states.length >> 1], states.at(-1)])) {
    if (state === undefined) continue;
    const checkpoints = { save: () => Promise.resolve(), load: () => Promise.resolve(state) };
    const resumed = bytesOf(await train(family, data, { checkpoints }));
    hold(Buffer.compare(whole, resumed) === 0, "the bytes of the uninterrupted training", "others");
  }
}

async function checkBrokenRestore(family: Family): Promise<void> {
  const data = await madeUp(family, "class");
  const saved = (await train(family, data)).save();
  for (const name of Object.keys(saved.tensors)) {
    const tensors = Object.fromEntries(
      Object.entries(saved.tensors).filter(([key]) => key !== name),
    );
    let code = "";
    try {
      restore(family, { parameters: saved.parameters, tensors }, data);
    } catch (error) {
      if (error instanceof SoukError) code = error.code;
    }
    // A tensor may be optional; then what is restored must still answer.
    if (code === "")
      await scoresOf(restore(family, { ...saved, tensors }, data), data.validation.batch, 3);
    else hold(code.startsWith("MODEL_"), "an error MODEL_...", code);
  }
}

const LABELS = ["bad", "fair", "good"];
const WORDS = [
  ["awful", "broken", "refund"],
  ["okay", "average", "fine"],
  ["great", "love", "perfect"],
];

/** The rows of a law, and the photos they name. */
interface LawData extends FamilyData {
  readonly images?: ImageSource;
}

/** Rows whose words, price, shop and photo lean towards their class; the number is the class plus noise. */
async function madeUp(family: Family, kind: "class" | "number"): Promise<LawData> {
  const drawn = family.inputKinds.includes("image") ? await drawPhotos() : undefined;
  const rng = createRng("check family");
  const columns: Record<string, (string | number | null)[]> = {
    text: [],
    price: [],
    shop: [],
    day: [],
    ...(drawn === undefined ? {} : { photo: [] }),
  };
  const targets: number[] = [];
  for (let row = 0; row < ROWS; row++) {
    const label = rng.weighted([1, 2, 3]);
    const words = ["the", "item", "was", rng.pick(WORDS[label]), rng.pick(["a", "b", "c", "d"])];
    columns["text"].push(words.join(" "));
    columns["price"].push(row % 17 === 0 ? null : 10 * label + rng.normal(0, 5));
    columns["shop"].push(rng.pick(["north", "south", null]));
    columns["day"].push(`2024-0${1 + rng.integer(9)}-1${rng.integer(10)}`);
    targets.push(kind === "class" ? label : 100 * label + rng.normal(0, 10));
    const photos = drawn?.hashes[label];
    if (photos) columns["photo"].push(row % 13 === 0 ? null : photos[row % photos.length]);
  }
  const part = (from: number, to: number): Examples => ({
    batch: {
      length: to - from,
      columns: Object.fromEntries(
        Object.entries(columns).map(([name, cells]) => [name, cells.slice(from, to)]),
      ),
    },
    targets: Float64Array.from(targets.slice(from, to)),
  });
  const labels = kind === "class" ? LABELS : undefined;
  const parts = { train: part(0, 300), validation: part(300, ROWS) };
  return { task: lawTask(kind, drawn !== undefined), labels, ...parts, images: drawn?.images };
}

function lawTask(kind: "class" | "number", hasPhotos: boolean): Task {
  const photo = { column: "photo", kind: "image" } as const;
  return {
    name: "law",
    dataset: "made-up",
    inputs: [
      { column: "text", kind: "text" },
      { column: "price", kind: "number" },
      { column: "shop", kind: "category" },
      { column: "day", kind: "date" },
      ...(hasPhotos ? [photo] : []),
    ],
    target: { column: "label", kind },
    split: { kind: "random", validation: 0.25, test: 0.1 },
    metric: kind === "class" ? "accuracy" : "rmse",
    baseline: kind === "class" ? "majority" : "mean",
  };
}

function restore(family: Family, saved: SavedPredictor, data: LawData): Predictor {
  return family.restore(saved, data.task, data.labels, { images: data.images });
}

function train(
  family: Family,
  data: LawData,
  more: Pick<FamilyContext, "signal" | "checkpoints"> = {},
): Promise<Predictor> {
  const settings = resolveSettings(family.settings);
  const surroundings = { images: data.images, onEvent: () => undefined };
  return family.train(data, { settings, seed: 7, threads: 1, ...surroundings, ...more });
}

async function scoresOf(
  predictor: Predictor,
  batch: ColumnBatch,
  k: number,
): Promise<Float64Array> {
  const scores = new Float64Array(batch.length * k);
  await predictor.scoreInto(batch, scores);
  return scores;
}

function bytesOf(predictor: Predictor): Uint8Array {
  const { tensors, parameters } = predictor.save();
  return encodeTensors(tensors, parameters);
}

function sliceOf(batch: ColumnBatch, row: number): ColumnBatch {
  const columns = Object.entries(batch.columns).map(([name, cells]) => [name, [cells[row]]]);
  return { length: 1, columns: Object.fromEntries(columns) };
}

function countsOf(targets: Float64Array): number[] {
  return LABELS.map((_, label) => targets.filter((target) => target === label).length);
}

function sameNumbers(a: Float64Array, b: Float64Array): boolean {
  return a.length === b.length && a.every((value, i) => Object.is(value, b[i]));
}

function hold(kept: boolean, expected: string, got: unknown): void {
  if (!kept) throw new SoukError("FAMILY_LAW", `expected ${expected}, got ${String(got)}`);
}
