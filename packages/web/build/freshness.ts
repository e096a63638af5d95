import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { webFolder } from "./config.ts";

/** The file in a build that says what it was built from. */
export const STAMP = "build.json";

const sources = ["src", "build", "public", "index.html", "package.json", "../api/src"];

/** A hash of everything a build depends on; dependencies count by their pinned versions. */
export async function hashOfSources(): Promise<string> {
  const hash = createHash("sha256");
  for (const path of await sourceFiles()) {
    hash.update(`${relative(webFolder, path)}\0`);
    hash.update(await readFile(path));
  }
  return hash.digest("hex");
}

/** True when `folder` holds a build of these very sources. */
export async function isFresh(folder: string, hash: string): Promise<boolean> {
  const text = await readFile(join(folder, STAMP), "utf8").catch(() => "{}");
  const stamp: unknown = JSON.parse(text);
  return (
    typeof stamp === "object" && stamp !== null && "sources" in stamp && stamp.sources === hash
  );
}

async function sourceFiles(): Promise<string[]> {
  const found: string[] = [];
  for (const source of sources) {
    const path = join(webFolder, source);
    const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => []);
    if (entries.length === 0) found.push(path);
    for (const entry of entries)
      if (entry.isFile() && !entry.name.includes(".test."))
        found.push(join(entry.parentPath, entry.name));
  }
  return found.toSorted();
}
