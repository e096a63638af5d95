/**
 * Weights in a second file beside the model. A model from outside could name any file of the machine here, so they are
 * read only from a folder the caller gives, and only when the named file is in it after every link is followed.
 */
import { closeSync, openSync, readSync, realpathSync, statSync } from "node:fs";
import { isAbsolute, join, relative } from "node:path";
import { SoukError } from "@souk/core";

/**
 * The bytes that the entries `location`, `offset` and `length` of a tensor name.
 *
 * @throws SoukError `ONNX_EXTERNAL` without a folder, for a place outside it, or when it does not hold the bytes.
 */
export function readExternal(
  entries: ReadonlyMap<string, string>,
  { bytes, folder, tensor }: { bytes: number; folder: string | undefined; tensor: string },
): Uint8Array {
  const location = entries.get("location") ?? "";
  if (folder === undefined) {
    fail(tensor, `its data is in another file (${location}), which is read for our own files only`);
  }
  const offset = byteCount(entries.get("offset") ?? "0", tensor);
  const length = byteCount(entries.get("length") ?? String(bytes), tensor);
  if (length !== bytes) fail(tensor, `needs ${bytes} bytes, ${length} are announced`);
  return readPart(placeIn(folder, location, tensor), { offset, bytes, tensor });
}

function byteCount(text: string, tensor: string): number {
  const count = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(count)) fail(tensor, `"${text}" is not a number of bytes`);
  return count;
}

/** The real path of `location`, which must be a plain relative path to a file below `folder`. */
function placeIn(folder: string, location: string, tensor: string): string {
  const parts = location.split("/");
  if (location.includes("\0") || location.includes("\\") || isAbsolute(location)) {
    fail(tensor, `expected a relative path, got ${JSON.stringify(location)}`);
  }
  if (parts.some((part) => part === "" || part === "." || part === "..")) {
    fail(tensor, `expected a path inside the folder, got ${JSON.stringify(location)}`);
  }
  const real = realPath(join(folder, location), tensor);
  if (relative(realPath(folder, tensor), real).startsWith("..")) {
    fail(tensor, `${location} leads outside the folder`);
  }
  return real;
}

function realPath(path: string, tensor: string): string {
  try {
    return realpathSync(path);
  } catch (cause) {
    return fail(tensor, "its data file is not there", cause);
  }
}

function readPart(
  path: string,
  { offset, bytes, tensor }: { offset: number; bytes: number; tensor: string },
): Uint8Array {
  const info = statSync(path);
  if (!info.isFile() || offset + bytes > info.size) {
    fail(tensor, `expected ${bytes} bytes at ${offset}, its data file has ${info.size}`);
  }
  const content = new Uint8Array(bytes);
  const file = openSync(path, "r");
  try {
    for (let done = 0; done < bytes;) {
      const read = readSync(file, content, done, Math.min(bytes - done, 1 << 30), offset + done);
      if (read === 0) fail(tensor, "its data file ended early");
      done += read;
    }
  } finally {
    closeSync(file);
  }
  return content;
}

function fail(tensor: string, message: string, cause?: unknown): never {
  throw new SoukError("ONNX_EXTERNAL", `tensor ${tensor}: ${message}`, { cause });
}
