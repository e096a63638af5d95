import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

// Rebuilds the SIMD kernel: `node packages/models/scripts/build-kernel.ts`. A test compares its bytes with the
// committed ones.

const FOLDER = new URL("../src/families/ngram/", import.meta.url);
const OPTIONS =
  "-O3 --noAssert --runtime stub --enable simd --enable threads --importMemory --sharedMemory " +
  "--initialMemory 1 --maximumMemory 65536 --memoryBase 1024";

/** Compiles kernel.as.ts with the AssemblyScript of the repository. */
export async function compileKernel(): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), "souk-kernel-"));
  try {
    const output = join(folder, "kernel.wasm");
    const compiler = fileURLToPath(import.meta.resolve("assemblyscript/bin/asc.js"));
    const source = [compiler, "kernel.as.ts", "-o", output, ...OPTIONS.split(" ")];
    await promisify(execFile)(process.execPath, source, { cwd: fileURLToPath(FOLDER) });
    return await readFile(output);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

if (import.meta.main) await writeFile(new URL("kernel.wasm", FOLDER), await compileKernel());
