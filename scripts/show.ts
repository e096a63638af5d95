/**
 * Shows what Souk makes of real data, through its own commands: `npm run show -- NAME [DIRECTORY]` writes the files a
 * shop would have into DIRECTORY (default ./souk-show/NAME), prints each `souk` command and runs it there.
 * A second run in the same directory starts warm: files and photos are there, features of frozen networks are kept.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { category } from "./show/category.ts";
import { clothing } from "./show/clothing.ts";
import { engagement } from "./show/engagement.ts";
import { fashion } from "./show/fashion.ts";
import { grocery } from "./show/grocery.ts";
import { price } from "./show/price.ts";
import { series } from "./show/series.ts";
import type { Show } from "./show/show.ts";
import { stars } from "./show/stars.ts";
import { tune } from "./show/tune.ts";

const root = join(import.meta.dirname, "..");
const shared = process.env["SOUK_SHARED_DATA"] ?? join(root, "../shared/data");
const shows: Readonly<Record<string, Show>> = {
  category,
  clothing,
  engagement,
  fashion,
  grocery,
  price,
  series,
  stars,
  tune,
};

/** A word as the shell would need it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/u.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

async function run(words: readonly string[], directory: string): Promise<number> {
  console.log(`\n$ souk ${words.map(quoted).join(" ")}`);
  const startedMs = performance.now();
  const child = spawn(process.execPath, [join(root, "packages/cli/src/main.ts"), ...words], {
    cwd: directory,
    env: { ...process.env, SOUK_DATA: join(directory, "souk-data") },
    stdio: ["ignore", "inherit", "inherit"],
  });
  const [code] = await once(child, "exit");
  console.log(`(${((performance.now() - startedMs) / 1000).toFixed(1)} s)`);
  return Number(code ?? 1);
}

const name = process.argv[2] ?? "";
const show = Object.hasOwn(shows, name) ? shows[name] : undefined;
if (show === undefined) {
  console.error(
    `usage: npm run show -- NAME [DIRECTORY], where NAME is one of:\n${Object.entries(shows)
      .map(([one, { about }]) => `  ${one.padEnd(12)}${about}`)
      .join("\n")}`,
  );
  process.exit(2);
}
const absent = show.needs.filter((path) => !existsSync(join(shared, path)));
if (absent.length > 0) {
  console.error(`${name} needs ${absent.join(", ")} in ${shared} (or SOUK_SHARED_DATA)`);
  process.exit(2);
}
const directory = resolve(process.argv[3] ?? join("souk-show", name));
await mkdir(join(directory, "souk-data"), { recursive: true });
const startedMs = performance.now();
const place = { shared, directory };
await show.prepare(place);
console.log(`${show.about}\nfiles of the shop in ${directory}`);
let worst = 0;
for (const words of show.commands(place)) worst = Math.max(worst, await run(words, directory));
console.log(`\n${name}: ${((performance.now() - startedMs) / 1000).toFixed(0)} s in all`);
process.exit(worst);
