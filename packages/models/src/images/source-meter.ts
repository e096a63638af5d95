import { SoukError } from "@souk/core";

/** Limits of one folder or archive of photos. */
export interface SourceLimits {
  /** Entries of every kind (1 million): an archive of nothing but names takes time. */
  readonly maxEntries: number;
  /** Bytes of one file (32 MiB), unpacked. */
  readonly maxEntryBytes: number;
  /** Bytes of all files (64 GiB), unpacked: what a small archive can grow to. */
  readonly maxTotalBytes: number;
}

/** Room for a million photos of a shop. */
export const sourceLimits: SourceLimits = {
  maxEntries: 1_000_000,
  maxEntryBytes: 32 * 2 ** 20,
  maxTotalBytes: 64 * 2 ** 30,
};

/** One entry as its header describes it. */
interface MeteredEntry {
  readonly isFile: boolean;
  /** Unpacked. */
  readonly sizeBytes: number;
  /** Whether it will be read into memory; only then its own size matters. */
  readonly isWanted: boolean;
}

/** Counts entries as they are met, before they are read. */
export interface SourceMeter {
  /** @throws SoukError `IMAGE_SOURCE_LIMIT`, `IMAGE_SOURCE_UNSAFE`. */
  entry(name: string, entry: MeteredEntry): void;
}

/** A meter for one source. */
export function sourceMeter({
  maxEntries,
  maxEntryBytes,
  maxTotalBytes,
}: SourceLimits): SourceMeter {
  let entries = 0;
  let totalBytes = 0;
  return {
    entry(name, { isFile, sizeBytes, isWanted }) {
      entries++;
      totalBytes += sizeBytes;
      if (entries > maxEntries) throw limit(`${maxEntries} entries`, entries);
      if (!isFile) throw unsafe(name, "a file or folder, got a link or device");
      if (leadsOut(name)) throw unsafe(name, "a path inside the archive");
      if (isWanted && sizeBytes > maxEntryBytes)
        throw limit(`${maxEntryBytes} bytes in a file`, sizeBytes);
      if (totalBytes > maxTotalBytes) throw limit(`${maxTotalBytes} bytes in all`, totalBytes);
    },
  };
}

function leadsOut(name: string): boolean {
  return name.includes("\0") || /^[/\\]|^[a-z]:/i.test(name) || name.split(/[/\\]/).includes("..");
}

function limit(most: string, got: number): SoukError {
  return new SoukError("IMAGE_SOURCE_LIMIT", `photos: expected at most ${most}, got ${got}`);
}

function unsafe(name: string, expected: string): SoukError {
  return new SoukError(
    "IMAGE_SOURCE_UNSAFE",
    `entry ${JSON.stringify(name.slice(0, 100))}: expected ${expected}`,
  );
}
