/**
 * The whole test suite: `npm test`, or `npm test -- PATTERN…` for the test files whose path contains a pattern.
 * Node's own runner, one process a file; exits with its exit code.
 */
import { spawn } from "node:child_process";
import { readdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join, relative } from "node:path";

const root = join(import.meta.dirname, "..");

async function testFiles(patterns: readonly string[]): Promise<string[]> {
  const folders = ["packages", "scripts", "test"];
  const nested = await Promise.all(
    folders.map((folder) => readdir(join(root, folder), { recursive: true, withFileTypes: true })),
  );
  return nested
    .flat()
    .filter(
      (entry) =>
        entry.isFile() &&
        entry.name.endsWith(".test.ts") &&
        !entry.parentPath.includes("node_modules"),
    )
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => patterns.length === 0 || patterns.some((pattern) => path.includes(pattern)))
    .toSorted();
}

const files = await testFiles(process.argv.slice(2));
if (files.length === 0) {
  console.error(`no test file matches ${process.argv.slice(2).join(" ")}`);
  process.exitCode = 2;
} else {
  const concurrency = Math.max(1, Math.min(4, availableParallelism()));
  const runner = spawn(
    process.execPath,
    ["--test", `--test-concurrency=${concurrency}`, ...files],
    {
      cwd: root,
      stdio: "inherit",
    },
  );
  runner.on("exit", (code) => {
    process.exitCode = code ?? 1;
  });
}
