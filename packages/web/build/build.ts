import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { build } from "vite";
import { viteConfig, webFolder } from "./config.ts";
import { STAMP } from "./freshness.ts";

/** Above this, brotli's last two levels cost seconds for a few percent. */
const BROTLI_LEVEL = 9;
const WORTH_COMPRESSING = 1000;
const textTypes = new Set([".js", ".css", ".svg", ".json", ".webmanifest"]);

/**
 * Builds the dashboard into `folder`, with a gzip and a brotli file beside each text file. The folder changes in one step:
 * whoever reads it sees the old build or the new one.
 */
export async function buildDashboard({
  folder = join(webFolder, "dist"),
  page = "index.html",
  stamp = "",
}: { folder?: string; page?: string; stamp?: string } = {}): Promise<void> {
  const fresh = `${folder}.${process.pid}.new`;
  const config = viteConfig();
  await build({
    ...config,
    build: {
      ...config.build,
      outDir: fresh,
      emptyOutDir: true,
      rolldownOptions: { ...config.build?.rolldownOptions, input: join(webFolder, page) },
    },
  });
  if (page !== "index.html") await rename(join(fresh, page), join(fresh, "index.html"));
  await compressAll(fresh);
  await writeFile(join(fresh, STAMP), `${JSON.stringify({ sources: stamp })}\n`);
  await replaceFolder(folder, fresh);
}

async function compressAll(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() && textTypes.has(extname(entry.name)))
    .map((entry) => join(entry.parentPath, entry.name));
  await Promise.all(paths.map(compressFile));
}

async function compressFile(path: string): Promise<void> {
  const text = await readFile(path);
  if (text.length < WORTH_COMPRESSING) return;
  const params = { [constants.BROTLI_PARAM_QUALITY]: BROTLI_LEVEL };
  const [br, gz] = await Promise.all([
    promisify(brotliCompress)(text, { params }),
    promisify(gzip)(text, { level: 9 }),
  ]);
  await Promise.all([writeFile(`${path}.br`, br), writeFile(`${path}.gz`, gz)]);
}

async function replaceFolder(folder: string, fresh: string): Promise<void> {
  const old = `${folder}.${process.pid}.old`;
  await mkdir(join(folder, ".."), { recursive: true });
  await rename(folder, old).catch(() => undefined);
  await rename(fresh, folder);
  await rm(old, { recursive: true, force: true });
}
