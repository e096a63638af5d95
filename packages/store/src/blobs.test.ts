import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { manualClock } from "@souk/core";
import { checkBlobs } from "./blobs-laws.ts";
import { openBlobs } from "./blobs.ts";

await checkBlobs({
  name: "folder",
  async fresh() {
    const directory = await mkdtemp(join(tmpdir(), "souk-blobs-"));
    return {
      blobs: await openBlobs({ directory }),
      dispose: () => rm(directory, { recursive: true }),
    };
  },
});

test("opening clears half-written files a day old and keeps younger ones", async () => {
  const directory = await mkdtemp(join(tmpdir(), "souk-blobs-"));
  const incoming = join(directory, ".incoming");
  await mkdir(incoming);
  for (const [name, ageHours] of [
    ["old", 25],
    ["young", 23],
  ] as const) {
    await writeFile(join(incoming, name), "half");
    const seconds = 1_000_000 - ageHours * 3600;
    await utimes(join(incoming, name), seconds, seconds);
  }
  await openBlobs({ directory, clock: manualClock(1_000_000_000) });
  assert.deepEqual(await readdir(incoming), ["young"]);
  await rm(directory, { recursive: true });
});
