import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
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

test("after kill -9 every acknowledged blob and folder is whole and no torn one is seen", async () => {
  const directory = await mkdtemp(join(tmpdir(), "souk-blobs-"));
  const program = fileURLToPath(new URL("./blobs-writer.fixture.ts", import.meta.url));
  for (const acknowledgements of [1, 6, 11]) {
    const data = join(directory, `data-${acknowledgements}`);
    const child = spawn(process.execPath, [program, data, join(directory, "scratch")], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const keys: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.endsWith(".")) keys.push(line);
      if (keys.length >= acknowledgements) child.kill("SIGKILL");
    }
    const blobs = await openBlobs({ directory: data });
    const there = await blobs.list("");
    for (const { key, sizeBytes } of there) {
      const bytes = await blobs.get(key);
      assert.equal(sizeBytes, 300_000, key);
      assert.ok(
        bytes.every((byte) => byte === bytes[0]),
        key,
      );
    }
    for (const key of keys) {
      const found = there.filter((blob) => blob.key === key || blob.key.startsWith(`${key}/`));
      assert.equal(found.length, key.startsWith("folder") ? 2 : 1, key);
    }
  }
  await rm(directory, { recursive: true });
});
