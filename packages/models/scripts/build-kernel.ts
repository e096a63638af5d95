import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

// Rebuilds the SIMD kernels: `node packages/models/scripts/build-kernel.ts`. Tests compare their bytes with the
// committed ones.

const OPTIONS = "-O3 --noAssert --runtime stub --enable simd --importMemory --memoryBase 1024";

/** Folder of each kernel.as.ts under src, with its own options. */
const KERNELS = {
  "families/ngram": "--enable threads --sharedMemory --initialMemory 1 --maximumMemory 65536",
  word2vec: "",
} as const;

/** Compiles a kernel.as.ts with the AssemblyScript of the repository. */
export async function compileKernel(kernel: keyof typeof KERNELS): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), "souk-kernel-"));
  try {
    const output = join(folder, "kernel.wasm");
    const compiler = fileURLToPath(import.meta.resolve("assemblyscript/bin/asc.js"));
    const options = `${OPTIONS} ${KERNELS[kernel]}`.trim().split(" ");
    const cwd = fileURLToPath(folderOf(kernel));
    await promisify(execFile)(
      process.execPath,
      [compiler, "kernel.as.ts", "-o", output, ...options],
      { cwd },
    );
    return await readFile(output);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function folderOf(kernel: string): URL {
  return new URL(`../src/${kernel}/`, import.meta.url);
}

if (import.meta.main)
  for (const kernel of ["families/ngram", "word2vec"] as const)
    await writeFile(new URL("kernel.wasm", folderOf(kernel)), await compileKernel(kernel));
