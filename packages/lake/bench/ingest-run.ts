/** One ingest of a review file in a process of its own, so that its peak memory is its own. Prints one line of JSON. */
import { openLake } from "../src/index.ts";

const [directory = "", file = "", memoryLimit = "2GB"] = process.argv.slice(2);
const lake = openLake({ directory, memoryLimit });
const cpuBefore = process.cpuUsage();
const report = await lake.ingest("reviews", { kind: "file", path: file });
const { user, system } = process.cpuUsage(cpuBefore);
await lake.close();
console.log(
  JSON.stringify({
    rows: report.rows,
    quarantined: report.quarantined,
    bytes: report.bytes,
    ms: report.elapsedMs,
    cpuMs: (user + system) / 1000,
    peakMegabytes: process.resourceUsage().maxRSS / 1000,
  }),
);
