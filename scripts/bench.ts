/**
 * Runs one benchmark: `npm run bench -- NAME` finds packages/*\/bench/NAME.ts (or bench/NAME.ts), calls its `run`,
 * writes docs/results/NAME.json with machine and versions, and prints `NAME: ratio R (goal G, peer P)` last.
 */
import { readdir, writeFile } from "node:fs/promises";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** What a benchmark's `run` gives back. `ratio` above `goal` is better unless `lowerIsBetter`. */
export interface BenchResult {
  readonly name: string;
  readonly ratio: number;
  readonly goal: number;
  readonly lowerIsBetter?: boolean;
  /** The named peer, with its version. */
  readonly peer: string;
  readonly figures: Readonly<Record<string, unknown>>;
}

const root = join(import.meta.dirname, "..");

async function benchFiles(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const entry of await readdir(join(root, "packages"), {
    recursive: true,
    withFileTypes: true,
  })) {
    const inBench =
      entry.parentPath.endsWith("/bench") && !entry.parentPath.includes("node_modules");
    if (
      entry.isFile() &&
      inBench &&
      entry.name.endsWith(".ts") &&
      !entry.name.endsWith(".test.ts")
    ) {
      files.set(entry.name.replace(/\.ts$/, ""), join(entry.parentPath, entry.name));
    }
  }
  return files;
}

const name = process.argv[2];
const files = await benchFiles();
const path = name === undefined ? undefined : files.get(name);
if (path === undefined) {
  console.error(
    `usage: npm run bench -- NAME, where NAME is one of ${[...files.keys()].toSorted().join(", ")}`,
  );
  process.exit(2);
}
const { run }: { run: () => Promise<BenchResult> } = await import(pathToFileURL(path).href);
const result = await run();
const machine = {
  cpu: cpus()[0]?.model ?? "unknown",
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  platform: `${process.platform}-${process.arch}`,
};
const record = { ...result, machine, measuredAt: new Date().toISOString() };
await writeFile(join(root, "docs/results", `${name}.json`), `${JSON.stringify(record, null, 2)}\n`);
console.log(
  `${result.name}: ratio ${result.ratio.toFixed(2)} (goal ${result.goal}, peer ${result.peer})`,
);
process.exit(0);
