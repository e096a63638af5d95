/** For tests: a lake written without the ingest, straight as Parquet files and one Delta commit. */
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { schemaToDelta } from "../delta/schema.ts";
import type { ColumnType } from "../shape.ts";

/** What a table of the lake holds at one version. */
export interface WrittenTable {
  /** A SELECT over nothing but functions and files; its columns must have the types of `columns`. */
  readonly select: string;
  readonly columns: Readonly<Record<string, ColumnType>>;
  readonly partitionBy?: string;
}

/** A fresh lake folder, removed by `remove`. */
export async function writtenLake(): Promise<{
  root: string;
  lake: string;
  write(name: string, version: number, table: WrittenTable): Promise<void>;
  remove(): Promise<void>;
}> {
  const root = await mkdtemp(join(tmpdir(), "souk-lake-"));
  const lake = join(root, "lake");
  await mkdir(lake);
  return {
    root,
    lake,
    write: (name, version, table) => writeVersion(join(lake, name), version, table),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

async function writeVersion(folder: string, version: number, table: WrittenTable): Promise<void> {
  const part = join(folder, `v${version}`);
  await mkdir(join(folder, "_delta_log"), { recursive: true });
  await copyOut(part, table);
  const commit = join(folder, "_delta_log", `${String(version).padStart(20, "0")}.json`);
  const actions = [
    ...(version === 0 ? headActions(table) : []),
    ...(await addActions(folder, part, table)),
  ];
  await writeFile(commit, actions.map((action) => `${JSON.stringify(action)}\n`).join(""));
}

async function copyOut(part: string, table: WrittenTable): Promise<void> {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  await mkdir(part);
  const target =
    table.partitionBy === undefined
      ? `'${join(part, "rows.parquet")}' (format parquet)`
      : `'${part}' (format parquet, partition_by (${table.partitionBy}), overwrite_or_ignore)`;
  await connection.run(`copy (select *, 'batch' as _batch from (${table.select})) to ${target}`);
  connection.closeSync();
  instance.closeSync();
}

function headActions(table: WrittenTable): object[] {
  const columns = Object.entries({ ...table.columns, _batch: "VARCHAR" as const });
  const schema = columns.map(([name, type]) => ({ name, type, nullable: true }));
  return [
    { protocol: { minReaderVersion: 1, minWriterVersion: 2 } },
    {
      metaData: {
        id: "00000000-0000-4000-8000-000000000000",
        format: { provider: "parquet", options: {} },
        schemaString: schemaToDelta(schema),
        partitionColumns: table.partitionBy === undefined ? [] : [table.partitionBy],
        configuration: {},
        createdTime: 0,
      },
    },
  ];
}

async function addActions(folder: string, part: string, table: WrittenTable): Promise<object[]> {
  const actions: object[] = [];
  for (const entry of await readdir(part, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const value = /=([^/]*)$/.exec(entry.parentPath)?.[1];
    actions.push({
      add: {
        path: relative(folder, path).split("/").map(encodeURIComponent).join("/"),
        partitionValues:
          table.partitionBy === undefined || value === undefined
            ? {}
            : { [table.partitionBy]: decodeURIComponent(value) },
        size: (await stat(path)).size,
        modificationTime: 0,
        dataChange: true,
        stats: JSON.stringify({ numRecords: 1 }),
        tags: { "souk.columns": String(Object.keys(table.columns).length + 1) },
      },
    });
  }
  return actions;
}
