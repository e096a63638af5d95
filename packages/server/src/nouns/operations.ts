import { constants } from "node:fs";
import { access, cp, mkdir, readdir, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, errorCode, errorMessage, SoukError } from "@souk/core";
import type { Lake } from "@souk/lake";
import type { Serving } from "@souk/serving";
import type { Store } from "@souk/store";
import type { OperationsNoun } from "../souk-interface.ts";
import type { DoctorReport } from "../souk-values.ts";

type Finding = DoctorReport["findings"][number];

const MIN_FREE_BYTES = 2 ** 30;

/** What the operator asks of the whole: is it well, and keep a copy. */
export function createOperations(parts: {
  dataDirectory: string;
  store: Store;
  lake: Lake;
  openServing: () => Promise<Serving>;
  clock: Clock;
}): Omit<OperationsNoun, "demo"> {
  return {
    async doctor() {
      const findings = await Promise.all([
        examine("node", "run Souk through npm, which brings Node 24", async () => nodeVersion()),
        examine("data directory", "give the process write access to it", () =>
          writable(parts.dataDirectory),
        ),
        examine("disk", "free some space; ingest and training need room", () =>
          freeSpace(parts.dataDirectory),
        ),
        examine("records", "restore souk.sqlite from a backup", () => recordsSound(parts.store)),
        examine(
          "lake",
          "see the dataset named; a damaged log can be read at an earlier version",
          () => lakeReadable(parts.lake),
        ),
        examine("serving", "promote or roll back to a version that loads", async () =>
          servingReady(await parts.openServing()),
        ),
      ]);
      return { healthy: findings.every(({ passed }) => passed), findings };
    },
    async backup() {
      const stamp = new Date(parts.clock.now()).toISOString().replaceAll(":", "-");
      const path = join(parts.dataDirectory, "backups", stamp);
      await mkdir(path, { recursive: true, mode: 0o700 });
      // Records first: a blob is written before the record that names it, so the later copy of the blobs has them all.
      await parts.store.backup(join(path, "souk.sqlite"));
      await cp(join(parts.dataDirectory, "blobs"), join(path, "blobs"), { recursive: true });
      return { path, sizeBytes: await folderSize(path) };
    },
    backups: () => backupsIn(join(parts.dataDirectory, "backups")),
  };
}

async function examine(name: string, cure: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return { name, passed: true, message: await look() };
  } catch (thrown) {
    return { name, passed: false, message: errorMessage(thrown), cure };
  }
}

function nodeVersion(): string {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < 24)
    throw new SoukError(
      "DOCTOR_FINDING",
      `expected Node 24 or later, got ${process.versions.node}`,
    );
  return `Node ${process.versions.node}`;
}

async function writable(directory: string): Promise<string> {
  await access(directory, constants.R_OK | constants.W_OK);
  return `${directory} can be read and written`;
}

async function freeSpace(directory: string): Promise<string> {
  const { bavail, bsize } = await statfs(directory);
  const free = bavail * bsize;
  const gib = (free / 2 ** 30).toFixed(1);
  if (free < MIN_FREE_BYTES)
    throw new SoukError("DOCTOR_FINDING", `expected at least 1 GiB free, got ${gib} GiB`);
  return `${gib} GiB free`;
}

async function recordsSound(store: Store): Promise<string> {
  const damage = await store.integrityCheck();
  if (damage.length > 0) throw new SoukError("DOCTOR_FINDING", damage.slice(0, 3).join("; "));
  return "souk.sqlite is sound";
}

async function lakeReadable(lake: Lake): Promise<string> {
  const datasets = await lake.list();
  const rows = datasets.reduce((sum, dataset) => sum + dataset.rows, 0);
  return `${datasets.length} datasets, ${rows} rows`;
}

function servingReady(serving: Serving): string {
  const { ready, reasons } = serving.health();
  if (!ready) throw new SoukError("DOCTOR_FINDING", reasons.join("; "));
  return `${serving.models().length} model versions loaded`;
}

/** A folder without records is a backup that was cut short, or none of ours. */
async function backupsIn(folder: string) {
  const names = await readdir(folder).catch((thrown: unknown) => {
    if (errorCode(thrown) === "ENOENT") return [];
    throw thrown;
  });
  const found = await Promise.all(
    names.map(async (name) => {
      const records = await stat(join(folder, name, "souk.sqlite")).catch(() => undefined);
      if (!records) return [];
      return [
        {
          name,
          at: Math.round(records.mtimeMs),
          sizeBytes: await folderSize(join(folder, name)),
        },
      ];
    }),
  );
  return found.flat().toSorted((a, b) => b.at - a.at);
}

async function folderSize(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => (await stat(join(entry.parentPath, entry.name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
