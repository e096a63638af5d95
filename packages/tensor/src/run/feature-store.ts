/** The segments of one folder: an index of all rows, reading, appending, evicting. */
import { type FileHandle, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { errorMessage, SoukError } from "@souk/core";
import {
  createNext,
  isSegment,
  listFolder,
  openSegment,
  type Segment,
  segmentFiles,
} from "./feature-files.ts";
import {
  decodeRowInto,
  encodeBlock,
  encodeHeader,
  HEADER_BYTES,
  rowBytes,
  scanBlocks,
} from "./feature-segment.ts";

/** Where rows are kept and how much of them. */
export interface FeatureStoreOptions {
  /** Folder of all stores that share `maxBytes`. */
  readonly root: string;
  /** Name of this store's folder in it. */
  readonly name: string;
  readonly width: number;
  readonly maxBytes: number;
  readonly segmentBytes: number;
}

interface Place {
  readonly segment: Segment;
  readonly at: number;
}

/** A row to read: its key, and where its numbers go. */
export interface Wanted {
  readonly key: string;
  readonly target: Float32Array;
}

/** Rows next to each other are read together, up to this many bytes. */
const maxReadBytes = 4 * 2 ** 20;

/** Rows by key in the segments of a folder. Several processes may share it: each appends to segments of its own. */
export class FeatureStore {
  readonly #options: FeatureStoreOptions;
  readonly #folder: string;
  readonly #segments = new Map<string, Segment>();
  readonly #index = new Map<string, Place>();
  #own: Segment | undefined;
  #ownFile: FileHandle | undefined;
  #lastTurn: Promise<unknown> = Promise.resolve();
  /** Rows that were found damaged, and segments that were deleted to make room. */
  damaged = 0;
  evicted = 0;

  constructor(options: FeatureStoreOptions) {
    this.#options = options;
    this.#folder = join(options.root, options.name);
  }

  get rows(): number {
    return this.#index.size;
  }

  has(key: string): boolean {
    return this.#index.has(key);
  }

  /** Finds rows that other processes appended, and forgets segments that they deleted. */
  refresh(): Promise<void> {
    return this.#inTurn(() => this.#scanAll());
  }

  /** Reads rows into their targets; gives the keys of those that are gone or damaged, which are forgotten. */
  async read(wanted: readonly Wanted[]): Promise<readonly string[]> {
    const { width } = this.#options;
    const lost: string[] = [];
    const found: Found[] = [];
    for (const one of wanted) {
      const place = this.#index.get(one.key);
      if (place) found.push({ ...one, ...place });
      else lost.push(one.key);
    }
    found.sort(byPlace);
    const runs = neighbours(found, rowBytes(width));
    const failed = await Promise.all(runs.map((run) => readRun(run, rowBytes(width))));
    for (const { key } of failed.flat()) {
      this.#index.delete(key);
      this.damaged++;
      lost.push(key);
    }
    return lost;
  }

  /**
   * Appends rows [keys, width]; resolves when they are in the file, where they survive the end of this process.
   *
   * @throws SoukError `FEATURE_CACHE_WRITE` when the disk refuses; what was there before stays readable.
   */
  append(keys: readonly string[], rows: Float32Array): Promise<void> {
    const block = encodeBlock(keys, rows);
    return this.#inTurn(() => this.#write(keys, block));
  }

  async close(): Promise<void> {
    await this.#inTurn(() => this.#leaveOwn());
    await Promise.all([...this.#segments.values()].map(({ file }) => file.close()));
    this.#segments.clear();
    this.#index.clear();
  }

  /** Scans and writes follow each other: a scan never meets a segment of this process half made. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#lastTurn.then(work);
    this.#lastTurn = turn.catch(() => {});
    return turn;
  }

  async #write(keys: readonly string[], block: Buffer): Promise<void> {
    try {
      const own = await this.#ownSegment(block.length);
      const start = own.end;
      await this.#ownFile?.appendFile(block);
      own.end += block.length;
      const rowsAt = start + block.length - keys.length * rowBytes(this.#options.width);
      this.#add(own, { keys, rowsAt });
    } catch (cause) {
      await this.#leaveOwn();
      throw new SoukError("FEATURE_CACHE_WRITE", `${this.#folder}: ${errorMessage(cause)}`, {
        cause,
      });
    }
  }

  /** The segment this process appends to: a new one when there is none or it is full. */
  async #ownSegment(blockLength: number): Promise<Segment> {
    if (this.#own && this.#own.end + blockLength <= this.#options.segmentBytes) return this.#own;
    await this.#leaveOwn();
    await this.#makeRoom(Math.max(this.#options.segmentBytes, blockLength));
    const { path, file } = await createNext(this.#folder);
    this.#ownFile = file;
    await file.appendFile(encodeHeader(this.#options.width));
    this.#own = { path, file: await open(path, "r"), end: HEADER_BYTES };
    this.#segments.set(path, this.#own);
    return this.#own;
  }

  async #leaveOwn(): Promise<void> {
    await this.#ownFile?.close();
    this.#ownFile = undefined;
    this.#own = undefined;
  }

  /** Deletes the segments of all stores that were written longest ago, until `needed` bytes fit the limit. */
  async #makeRoom(needed: number): Promise<void> {
    const files = await segmentFiles(this.#options.root);
    let total = files.reduce((sum, { size }) => sum + size, 0);
    for (const { path, size } of files.toSorted((a, b) => a.writtenMs - b.writtenMs)) {
      if (total + needed <= this.#options.maxBytes) return;
      await rm(path, { force: true });
      await this.#forget(path);
      total -= size;
      this.evicted++;
    }
  }

  async #scanAll(): Promise<void> {
    const names = await listFolder(this.#folder);
    const paths = new Set(names.filter(isSegment).map((name) => join(this.#folder, name)));
    for (const path of this.#segments.keys()) if (!paths.has(path)) await this.#forget(path);
    for (const path of paths) await this.#scan(path);
  }

  async #scan(path: string): Promise<void> {
    const { width } = this.#options;
    const segment = this.#segments.get(path) ?? (await openSegment(path, width));
    if (!segment || segment === this.#own) return;
    this.#segments.set(path, segment);
    const { blocks, end } = await scanBlocks(segment.file, { start: segment.end, width });
    segment.end = end;
    for (const block of blocks) this.#add(segment, block);
  }

  #add(segment: Segment, { keys, rowsAt }: { keys: readonly string[]; rowsAt: number }): void {
    const stride = rowBytes(this.#options.width);
    keys.forEach((key, row) => this.#index.set(key, { segment, at: rowsAt + row * stride }));
  }

  async #forget(path: string): Promise<void> {
    const segment = this.#segments.get(path);
    if (!segment) return;
    if (segment === this.#own) await this.#leaveOwn();
    this.#segments.delete(path);
    for (const [key, place] of this.#index) {
      if (place.segment === segment) this.#index.delete(key);
    }
    await segment.file.close();
  }
}

type Found = Wanted & Place;

function byPlace(a: Found, b: Found): number {
  if (a.segment === b.segment) return a.at - b.at;
  return a.segment.path < b.segment.path ? -1 : 1;
}

/** Groups rows, sorted by place, that lie next to each other in one segment. */
function neighbours(rows: readonly Found[], stride: number): readonly (readonly Found[])[] {
  const runs: Found[][] = [];
  for (const row of rows) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    const follows = last?.segment === row.segment && last.at + stride === row.at;
    if (run && follows && (run.length + 1) * stride <= maxReadBytes) run.push(row);
    else runs.push([row]);
  }
  return runs;
}

/** Reads neighbouring rows at once; gives those that are not whole. */
async function readRun(run: readonly Found[], stride: number): Promise<readonly Found[]> {
  const bytes = Buffer.alloc(run.length * stride);
  const { segment, at } = run[0];
  try {
    await segment.file.read(bytes, 0, bytes.length, at);
  } catch {
    return run; // the segment was evicted meanwhile: its rows are gone, and counted as such
  }
  return run.filter(
    ({ target }, row) => !decodeRowInto(target, bytes.subarray(row * stride, (row + 1) * stride)),
  );
}
