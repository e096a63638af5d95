import { open, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { errorCode, SoukError } from "@souk/core";
import { type Action, parseAction } from "./actions.ts";

/*
 * <table>/_delta_log/00000000000000000007.json                 commit 7, one action per line
 *                    00000000000000000010.checkpoint.parquet   the state after commit 10
 *                    _last_checkpoint                          {"version":10,"size":123}
 */

/** The folder of the log of a table. */
export function logFolder(tableDirectory: string): string {
  return join(tableDirectory, "_delta_log");
}

/** The file of commit `version`. */
export function commitPath(tableDirectory: string, version: number): string {
  return join(logFolder(tableDirectory), `${String(version).padStart(20, "0")}.json`);
}

/** The file of the checkpoint after commit `version`. */
export function checkpointPath(tableDirectory: string, version: number): string {
  return join(logFolder(tableDirectory), `${String(version).padStart(20, "0")}.checkpoint.parquet`);
}

/** What a listing of the log shows. */
export interface LogListing {
  /** Versions with a commit file, ascending. */
  readonly commits: readonly number[];
  /** Complete checkpoints: version and its part files, ascending. */
  readonly checkpoints: readonly { version: number; parts: readonly string[] }[];
}

/** Lists the log once; empty when there is no table. */
export async function listLog(tableDirectory: string): Promise<LogListing> {
  const commits: number[] = [];
  const found = new Map<number, { parts: string[]; of: number }>();
  for (const name of await namesIn(logFolder(tableDirectory))) {
    const match = /^(\d{20})\.(?:json|checkpoint(?:\.\d{10}\.(\d{10}))?\.parquet)$/.exec(name);
    if (match === null) continue;
    const version = Number(match[1]);
    if (name.endsWith(".json")) commits.push(version);
    else {
      const entry = found.get(version) ?? { parts: [], of: Number(match[2] ?? 1) };
      entry.parts.push(join(logFolder(tableDirectory), name));
      found.set(version, entry);
    }
  }
  const checkpoints = [...found]
    .filter(([, { parts, of }]) => parts.length === of)
    .map(([version, { parts }]) => ({ version, parts: parts.toSorted() }));
  return {
    commits: commits.toSorted((a, b) => a - b),
    checkpoints: checkpoints.toSorted((a, b) => a.version - b.version),
  };
}

/** The actions of commit `version`, or `undefined` when it does not exist (yet). */
export async function readCommit(
  tableDirectory: string,
  version: number,
): Promise<Action[] | undefined> {
  const path = commitPath(tableDirectory, version);
  let content: string;
  try {
    content = await readFile(path, "utf8");
  } catch (cause) {
    if (errorCode(cause) === "ENOENT") return undefined;
    throw new SoukError("LAKE_READ", `cannot read commit ${version} of the table`, { cause });
  }
  const lines = content.split("\n").filter((line) => line !== "");
  return lines.map((line) => parseAction(line, `commit ${version}`));
}

/** A mark of the file of commit `version`: differs when the table was removed and made anew; `undefined` when absent. */
export async function commitMark(
  tableDirectory: string,
  version: number,
): Promise<string | undefined> {
  try {
    const file = await open(commitPath(tableDirectory, version), "r");
    try {
      const { ino, mtimeMs, size } = await file.stat();
      return `${ino}:${mtimeMs}:${size}`;
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (errorCode(cause) === "ENOENT") return undefined;
    throw cause;
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    if (errorCode(cause) === "ENOENT") return [];
    throw cause;
  }
}
