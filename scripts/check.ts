/** Everything that must hold before a commit lands: format, lint, types, unused code, floors, tests. Stops at the first that fails. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const steps = ["format:check", "lint", "types", "unused", "floors", "test"];

for (const step of steps) {
  const startedMs = performance.now();
  console.log(`\n▸ ${step}`);
  const { status } = spawnSync("npm", ["run", "--silent", step], {
    cwd: join(import.meta.dirname, ".."),
    stdio: "inherit",
  });
  if (status !== 0) {
    console.error(`✗ ${step} failed`);
    process.exit(status ?? 1);
  }
  console.log(`✓ ${step} (${((performance.now() - startedMs) / 1000).toFixed(1)} s)`);
}
