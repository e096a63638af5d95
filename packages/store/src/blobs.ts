import { randomUUID } from "node:crypto";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import {
  type Clock,
  errorCode,
  errorMessage,
  SoukError,
  syncFolder,
  systemClock,
} from "@souk/core";

/**
 * Bytes by key. A key is a relative path of names (`models/star/1/weights.bin`); a prefix is a key or a whole number of
 * leading names, and `""` is everything. A key cannot be both a blob and the prefix of another.
 *
 * Every method rejects with SoukError `BLOB_KEY` for a key that is not one, and `BLOB_NOT_FOUND` for one that is absent.
 */
export interface Blobs {
  /** Stores all of `data` or nothing, replacing what was there. Durable when it resolves. @throws SoukError `BLOB_CONFLICT`. */
  put(
    key: string,
    data: Uint8Array | AsyncIterable<Uint8Array>,
  ): Promise<{ sizeBytes: number; sha256: string }>;
  /** The whole blob in memory. */
  get(key: string): Promise<Uint8Array>;
  /** The blob piece by piece. */
  stream(key: string): AsyncIterable<Uint8Array>;
  /** Blobs under `prefix`, by ascending key. */
  list(prefix: string): Promise<{ key: string; sizeBytes: number }[]>;
  /** Removes everything under `prefix` (not `""`); nothing there is no error. */
  remove(prefix: string): Promise<void>;
  /** Copies a local folder under `prefix`: all of it at once when nothing was there. @throws SoukError `BLOB_NOT_A_FILE` on a link or device. */
  putDirectory(prefix: string, localDirectory: string): Promise<void>;
  /** A local folder with the blobs under `prefix`, to read and never to write. */
  localDirectory(prefix: string): Promise<string>;
}

const MAX_KEY_LENGTH = 1024;
/** The longest file name most file systems take, in bytes. */
const MAX_NAME_BYTES = 255;
/** Where half-written blobs live; a key cannot start with it. */
const INCOMING = ".incoming";
const ABANDONED_MS = 24 * 60 * 60 * 1000;

/** Returns `key` when it is one. @throws SoukError `BLOB_KEY` when it is empty, absolute, too long, or has `.`, `..` or odd characters. */
export function checkKey(key: string): string {
  const fault = keyFault(key);
  if (fault !== undefined) {
    throw new SoukError(
      "BLOB_KEY",
      `expected a relative path of plain names, got ${JSON.stringify(key.slice(0, 100))}: ${fault}`,
    );
  }
  return key;
}

function keyFault(key: string): string | undefined {
  if (key.length === 0 || key.length > MAX_KEY_LENGTH)
    return `length must be 1 to ${MAX_KEY_LENGTH}`;
  // eslint-disable-next-line no-control-regex -- control characters are what is refused
  if (/[\u0000-\u001f\u007f\\]/.test(key)) return "control characters and backslashes are refused";
  if (!key.isWellFormed()) return "it is not well-formed text";
  const names = key.split("/");
  if (names[0] === INCOMING) return `${INCOMING} is reserved`;
  if (names.some((name) => name === "" || name === "." || name === ".."))
    return "empty names, . and .. are refused";
  if (names.some((name) => Buffer.byteLength(name) > MAX_NAME_BYTES))
    return `a name is longer than ${MAX_NAME_BYTES} bytes`;
  return undefined;
}

/** Opens (and creates) a folder of blobs. Half-written files a day old, left by a kill, are cleared. */
export async function openBlobs({
  directory,
  clock = systemClock,
}: {
  directory: string;
  clock?: Clock;
}): Promise<Blobs> {
  const root = resolve(directory);
  const incoming = join(root, INCOMING);
  await mkdir(incoming, { recursive: true, mode: 0o700 });
  await clearAbandoned(incoming, clock.now() - ABANDONED_MS);
  return new FolderBlobs(root, incoming);
}

async function clearAbandoned(incoming: string, before: number): Promise<void> {
  for (const name of await readdir(incoming)) {
    const path = join(incoming, name);
    const facts = await stat(path).catch(() => undefined);
    if (facts !== undefined && facts.mtimeMs < before)
      await rm(path, { recursive: true, force: true });
  }
}

class FolderBlobs implements Blobs {
  readonly #root: string;
  readonly #incoming: string;

  constructor(root: string, incoming: string) {
    this.#root = root;
    this.#incoming = incoming;
  }

  async put(key: string, data: Uint8Array | AsyncIterable<Uint8Array>) {
    const target = this.#path(key);
    const temporary = this.#temporary();
    try {
      const facts = await writeDurably(temporary, data);
      await this.#install(temporary, target, key);
      return facts;
    } finally {
      await rm(temporary, { force: true });
    }
  }

  async get(key: string): Promise<Uint8Array> {
    return readFile(this.#path(key)).catch((cause: unknown) => {
      throw absent(key, cause);
    });
  }

  async *stream(key: string): AsyncIterable<Uint8Array> {
    try {
      for await (const chunk of createReadStream(this.#path(key))) {
        if (chunk instanceof Uint8Array) yield chunk;
      }
    } catch (cause) {
      throw absent(key, cause);
    }
  }

  async list(prefix: string): Promise<{ key: string; sizeBytes: number }[]> {
    const found: { key: string; sizeBytes: number }[] = [];
    const start = prefix === "" ? this.#root : this.#path(prefix);
    await this.#walk(prefix, start, found);
    return found.sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)));
  }

  async remove(prefix: string): Promise<void> {
    const doomed = this.#temporary();
    try {
      await rename(this.#path(prefix), doomed);
      await syncFolder(dirname(this.#path(prefix)));
    } catch (cause) {
      if (!isAbsent(cause)) throw cause;
    }
    await rm(doomed, { recursive: true, force: true });
  }

  async putDirectory(prefix: string, localDirectory: string): Promise<void> {
    const target = this.#path(prefix);
    const copy = this.#temporary();
    try {
      await copyFolder(resolve(localDirectory), copy);
      if (!(await exists(target))) {
        if (await this.#installFolder(copy, target)) return;
      }
      for (const { key } of await this.#within(copy))
        await this.#install(join(copy, key), join(target, key), `${prefix}/${key}`);
    } finally {
      await rm(copy, { recursive: true, force: true });
    }
  }

  async localDirectory(prefix: string): Promise<string> {
    const path = prefix === "" ? this.#root : this.#path(prefix);
    const facts = await stat(path).catch((cause: unknown) => {
      throw absent(prefix, cause);
    });
    if (!facts.isDirectory())
      throw new SoukError("BLOB_NOT_FOUND", `expected a folder at ${prefix}, got one blob`);
    return path;
  }

  #path(key: string): string {
    return join(this.#root, ...checkKey(key).split("/"));
  }

  #temporary(): string {
    return join(this.#incoming, randomUUID());
  }

  async #install(temporary: string, target: string, key: string): Promise<void> {
    try {
      await makeFolders(this.#root, dirname(target));
      await rename(temporary, target);
      await syncFolder(dirname(target));
    } catch (cause) {
      if (!["EISDIR", "ENOTDIR", "EEXIST", "ENOTEMPTY"].includes(errorCode(cause) ?? ""))
        throw cause;
      throw new SoukError(
        "BLOB_CONFLICT",
        `${key} cannot be stored: a blob cannot also be the folder of another`,
        { cause },
      );
    }
  }

  /** @returns whether the whole folder took its place in one step. */
  async #installFolder(copy: string, target: string): Promise<boolean> {
    await makeFolders(this.#root, dirname(target));
    try {
      await rename(copy, target);
    } catch (cause) {
      if (["ENOTEMPTY", "EEXIST"].includes(errorCode(cause) ?? "")) return false;
      throw cause;
    }
    await syncFolder(dirname(target));
    return true;
  }

  async #within(folder: string): Promise<{ key: string; sizeBytes: number }[]> {
    const found: { key: string; sizeBytes: number }[] = [];
    await this.#walk("", folder, found);
    return found;
  }

  async #walk(
    key: string,
    path: string,
    found: { key: string; sizeBytes: number }[],
  ): Promise<void> {
    const facts = await lstat(path).catch(() => undefined);
    if (facts?.isFile()) found.push({ key, sizeBytes: facts.size });
    if (!facts?.isDirectory() || path === this.#incoming) return;
    for (const name of await readdir(path).catch(() => []))
      await this.#walk(key === "" ? name : `${key}/${name}`, join(path, name), found);
  }
}

async function writeDurably(
  path: string,
  data: Uint8Array | AsyncIterable<Uint8Array>,
): Promise<{ sizeBytes: number; sha256: string }> {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  const file = await open(path, "wx", 0o644);
  try {
    for await (const chunk of data instanceof Uint8Array ? [data] : data) {
      hash.update(chunk);
      sizeBytes += chunk.byteLength;
      await file.appendFile(chunk);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { sizeBytes, sha256: hash.digest("hex") };
}

async function copyFolder(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  const entries = await readdir(from, { withFileTypes: true }).catch((cause: unknown) => {
    throw new SoukError("BLOB_NOT_A_FILE", `expected a folder: ${errorMessage(cause)}`, { cause });
  });
  for (const entry of entries) {
    const source = join(from, entry.name);
    checkKey(entry.name);
    if (entry.isDirectory()) await copyFolder(source, join(to, entry.name));
    else if (entry.isFile()) await writeDurably(join(to, entry.name), createReadStream(source));
    else
      throw new SoukError(
        "BLOB_NOT_A_FILE",
        `expected files and folders, got a link or device: ${source}`,
      );
  }
  await syncFolder(to);
}

/** Makes `folder` under `root`, each new level flushed so that it survives a power cut. */
async function makeFolders(root: string, folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  for (let level = folder; level.length > root.length; level = dirname(level))
    await syncFolder(dirname(level));
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

function isAbsent(thrown: unknown): boolean {
  return ["ENOENT", "ENOTDIR", "EISDIR"].includes(errorCode(thrown) ?? "");
}

function absent(key: string, cause: unknown): unknown {
  return isAbsent(cause)
    ? new SoukError("BLOB_NOT_FOUND", `there is no blob at ${key}`, { cause })
    : cause;
}
