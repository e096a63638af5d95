import { sha256, SoukError } from "@souk/core";
import type { ColumnBatch, Lake } from "@souk/lake";
import {
  forecastColumns,
  type ForecastTask,
  PHOTO_COLUMN,
  type Task,
  taskColumns,
} from "@souk/models";

/** What a model learnt from: the dataset at a version, and the version of the photos that were joined to it, if any. */
export interface TaskData {
  readonly dataset: string;
  readonly version: number;
  /** Hash of the data: of the dataset's files, and of the photos' when there are any. */
  readonly hash: string;
  readonly photos?: number;
}

/** The rows a task is about, each with its photo when the task has photos. */
export interface TaskRows {
  readonly data: TaskData;
  rows(): AsyncIterable<ColumnBatch>;
}

/**
 * The rows of `task` at versions that are fixed here, default the newest. In a task with photos column `photo` holds the
 * hash of the row's first photo by position, then by hash; null where there is none, or no photo at all in the shop, or
 * with `photos: "none"`.
 * @throws SoukError `LAKE_NO_TABLE`, `LAKE_NO_VERSION`; reading: `LAKE_NO_COLUMN`.
 */
export async function openTaskRows(
  lake: Lake,
  task: Task | ForecastTask,
  {
    version,
    photos: photosVersion,
  }: { version?: number | undefined; photos?: number | "none" | undefined } = {},
): Promise<TaskRows> {
  const { dataset } = task;
  const table = await lake.snapshot(dataset, version === undefined ? {} : { version });
  const data = { dataset, version: table.version, hash: table.hash };
  if ("kind" in task || task.photos === undefined) {
    const columns = "kind" in task ? forecastColumns(task) : taskColumns(task);
    return { data, rows: () => lake.read(dataset, { columns, version: data.version }) };
  }
  const { photos } = task;
  const columns = taskColumns(task).filter((column) => column !== PHOTO_COLUMN);
  const read = (): AsyncIterable<ColumnBatch> =>
    lake.read(dataset, { columns, version: data.version });
  const shown =
    photosVersion === "none" ? undefined : await photoSnapshot(lake, photos.dataset, photosVersion);
  const from = shown && { dataset: photos.dataset, version: shown.version };
  const rows = (): AsyncIterable<ColumnBatch> => joinPhotos(lake, read(), { by: photos.by, from });
  if (!shown) return { data, rows };
  const hash = sha256(`${table.hash}\n${shown.hash}`);
  return { data: { ...data, hash, photos: shown.version }, rows };
}

async function* joinPhotos(
  lake: Lake,
  batches: AsyncIterable<ColumnBatch>,
  { by, from }: { by: string; from: { dataset: string; version: number } | undefined },
): AsyncGenerator<ColumnBatch> {
  const first = from
    ? await firstPhotos(lake.read(from.dataset, { columns: photoColumns, version: from.version }))
    : new Map<string, string>();
  for await (const batch of batches) yield withPhotos(batch, by, first);
}

const photoColumns = ["product_id", "position", "photo"];

async function photoSnapshot(
  lake: Lake,
  dataset: string,
  version: number | undefined,
): Promise<{ version: number; hash: string } | undefined> {
  try {
    return await lake.snapshot(dataset, version === undefined ? {} : { version });
  } catch (thrown) {
    // A shop without photos still has texts to learn from.
    if (thrown instanceof SoukError && thrown.code === "LAKE_NO_TABLE") return undefined;
    throw thrown;
  }
}

/** The first photo of each product: by position, then by hash. */
async function firstPhotos(batches: AsyncIterable<ColumnBatch>): Promise<Map<string, string>> {
  const best = new Map<string, { position: number; photo: string }>();
  for await (const { length, columns } of batches)
    for (let row = 0; row < length; row++) {
      const product = String(columns["product_id"]![row]);
      const photo = String(columns["photo"]![row]);
      const position = Number(columns["position"]![row]);
      const known = best.get(product);
      const isEarlier =
        known === undefined ||
        position < known.position ||
        (position === known.position && photo < known.photo);
      if (isEarlier) best.set(product, { position, photo });
    }
  return new Map([...best].map(([product, { photo }]) => [product, photo]));
}

function withPhotos(
  { length, columns }: ColumnBatch,
  by: string,
  first: ReadonlyMap<string, string>,
): ColumnBatch {
  const products = columns[by]!;
  const photos = Array.from({ length }, (_, row) => first.get(String(products[row])) ?? null);
  return { length, columns: { ...columns, [PHOTO_COLUMN]: photos } };
}
