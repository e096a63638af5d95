/**
 * `npm run build`: builds the dashboard into packages/web/dist. With `--if-stale`, only when its sources have changed since;
 * `souk start` asks for that.
 */
import { join } from "node:path";
import { webFolder } from "./config.ts";
import { hashOfSources, isFresh } from "./freshness.ts";

const folder = join(webFolder, "dist");
const startedMs = performance.now();
const stamp = await hashOfSources();
if (process.argv.includes("--if-stale") && (await isFresh(folder, stamp))) {
  console.log("the dashboard is up to date");
} else {
  const { buildDashboard } = await import("./build.ts");
  await buildDashboard({ folder, stamp });
  console.log(`dashboard built in ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
}
