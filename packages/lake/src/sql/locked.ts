import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { quoteLiteral } from "../quoting.ts";
import type { SqlLimits } from "./types.ts";

/** What one process may write to its own temporary folder: a sort must not fill the disk. */
const SPILL = "16GB";

/**
 * Opens a DuckDB in memory that can read `files`, spill into `spill`, and nothing else: no other file, no network, no
 * extension, and no setting can change any more. The second wall: it holds even if a statement slips past the first.
 *
 * @param options `prepare` is called before the lock, on the connection that is returned.
 */
export async function openLocked(
  files: readonly string[],
  {
    limits,
    spill,
    prepare,
  }: {
    limits: Pick<SqlLimits, "threads" | "memory">;
    spill: string;
    prepare?: (owner: DuckDBConnection) => void;
  },
): Promise<{ instance: DuckDBInstance; owner: DuckDBConnection }> {
  const instance = await DuckDBInstance.create(":memory:", {
    threads: String(limits.threads),
    memory_limit: limits.memory,
    temp_directory: spill,
    max_temp_directory_size: SPILL,
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    allow_community_extensions: "false",
    allow_unsigned_extensions: "false",
  });
  const owner = await instance.connect();
  prepare?.(owner);
  await owner.run("set timezone = 'UTC'");
  await owner.run(`set allowed_paths = [${files.map(quoteLiteral).join(", ")}]`);
  await owner.run("set enable_external_access = false");
  await owner.run("set lock_configuration = true");
  return { instance, owner };
}
