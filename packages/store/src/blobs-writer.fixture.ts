// A program, not a module: puts blobs and folders until it is killed, and prints each key once it is durable.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openBlobs } from "./blobs.ts";

const [directory = "", scratch = ""] = process.argv.slice(2);
const SIZE = 300_000;

const blobs = await openBlobs({ directory });
await mkdir(scratch, { recursive: true });
for (let n = 0; ; n++) {
  const bytes = Buffer.alloc(SIZE, n % 251);
  await blobs.put(`same/key`, bytes);
  await blobs.put(`one/${n}.`, bytes);
  process.stdout.write(`one/${n}.\n`);
  for (const name of ["a", "b"]) await writeFile(join(scratch, name), bytes);
  await blobs.putDirectory(`folder/${n}.`, scratch);
  process.stdout.write(`folder/${n}.\n`);
}
