/**
 * Everything that must hold before a commit lands: format, lint, types, unused code, floors, tests. Stops at the first that
 * fails. `npm run check -- --without STEP` leaves one out, for whoever runs it on its own.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";

const steps = ["format:check", "lint", "types", "unused", "floors", "test"];
const { values } = parseArgs({ options: { without: { type: "string", multiple: true } } });

for (const step of steps.filter((one) => !values.without?.includes(one))) {
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
