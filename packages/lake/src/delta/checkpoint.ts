import { mkdir, open, rename, rm } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { syncFolder, writeFileAtomic } from "@souk/core";
import { quoteLiteral } from "../quoting.ts";
import { type Action, checkAction } from "./actions.ts";
import { checkpointPath, logFolder } from "./log.ts";

/** Columns of a checkpoint. Source: Delta Transaction Log Protocol, "Checkpoint Schema" (V1). */
const COLUMNS = `{
  txn: 'STRUCT(appId VARCHAR, version BIGINT, lastUpdated BIGINT)',
  add: 'STRUCT(path VARCHAR, partitionValues MAP(VARCHAR, VARCHAR), size BIGINT, modificationTime BIGINT, dataChange BOOLEAN, tags MAP(VARCHAR, VARCHAR), stats VARCHAR)',
  remove: 'STRUCT(path VARCHAR, deletionTimestamp BIGINT, dataChange BOOLEAN, extendedFileMetadata BOOLEAN, partitionValues MAP(VARCHAR, VARCHAR), size BIGINT)',
  metaData: 'STRUCT(id VARCHAR, name VARCHAR, description VARCHAR, format STRUCT(provider VARCHAR, options MAP(VARCHAR, VARCHAR)), schemaString VARCHAR, partitionColumns VARCHAR[], createdTime BIGINT, configuration MAP(VARCHAR, VARCHAR))',
  protocol: 'STRUCT(minReaderVersion INTEGER, minWriterVersion INTEGER)'
}`;

const MEMBERS = ["txn", "add", "remove", "metaData", "protocol"] as const;

/** Reads the actions of a checkpoint, given its part files. */
export async function readCheckpoint(parts: readonly string[]): Promise<Action[]> {
  return withDuckDB(async (all) => {
    const list = parts.map(quoteLiteral).join(", ");
    const present = await all(`DESCRIBE SELECT * FROM read_parquet([${list}])`);
    const names = new Set(present.map(([name]) => name));
    const members = MEMBERS.filter((name) => names.has(name));
    const rows = await all(
      `SELECT ${members.map((name) => `CAST(to_json("${name}") AS VARCHAR)`).join(", ")} FROM read_parquet([${list}])`,
    );
    return rows.map((row, index) => {
      const action: Record<string, unknown> = {};
      for (const [i, member] of members.entries()) {
        const json = row[i];
        if (typeof json === "string") action[member] = JSON.parse(json);
      }
      return checkAction(action, `checkpoint row ${index}`);
    });
  });
}

/** Writes the checkpoint after commit `version` and points `_last_checkpoint` at it. A crash leaves the old one in force. */
export async function writeCheckpoint(
  tableDirectory: string,
  version: number,
  actions: readonly Action[],
): Promise<void> {
  const folder = logFolder(tableDirectory);
  const name = join(folder, `.tmp-${randomUUID()}`);
  const lines = `${name}.json`;
  const parquet = `${name}.parquet`;
  await mkdir(folder, { recursive: true });
  try {
    await writeFileAtomic(lines, actions.map((action) => JSON.stringify(action)).join("\n"));
    await withDuckDB((all) =>
      all(
        `COPY (SELECT * FROM read_json(${quoteLiteral(lines)}, format = 'newline_delimited', maximum_object_size = 268435456, columns = ${COLUMNS})) TO ${quoteLiteral(parquet)} (FORMAT parquet)`,
      ),
    );
    const file = await open(parquet, "r");
    try {
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(parquet, checkpointPath(tableDirectory, version));
    await syncFolder(folder);
  } finally {
    await rm(lines, { force: true });
    await rm(parquet, { force: true });
  }
  await writeFileAtomic(
    join(folder, "_last_checkpoint"),
    JSON.stringify({ version, size: actions.length }),
  );
}

async function withDuckDB<T>(
  work: (all: (sql: string) => Promise<unknown[][]>) => Promise<T>,
): Promise<T> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  try {
    const connection = await instance.connect();
    return await work(async (sql) => (await connection.runAndReadAll(sql)).getRows());
  } finally {
    instance.closeSync();
  }
}
