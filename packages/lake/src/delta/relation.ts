import { quoteLiteral, quoteName } from "../quoting.ts";
import type { Snapshot, SnapshotFile } from "./snapshot.ts";

/**
 * The rows of a snapshot as a SQL relation for DuckDB: `SELECT … FROM <this>`. Files are read in order.
 * @param columns which columns, in order; default all that people see. `files` narrows it to some of the snapshot's files.
 */
export function relationOf(
  snapshot: Snapshot,
  {
    columns = snapshot.schema.map(({ name }) => name),
    files = snapshot.files,
    extra = [],
  }: {
    columns?: readonly string[];
    files?: readonly SnapshotFile[];
    extra?: readonly ("filename" | "file_row_number")[];
  } = {},
): string {
  const typeOf = new Map(snapshot.storedSchema.map(({ name, type }) => [name, type]));
  if (files.length === 0) {
    const nulls = columns.map(
      (name) => `CAST(NULL AS ${typeOf.get(name) ?? "VARCHAR"}) AS ${quoteName(name)}`,
    );
    const more = extra.map(
      (name) => `CAST(NULL AS ${name === "filename" ? "VARCHAR" : "BIGINT"}) AS ${name}`,
    );
    return `(SELECT ${[...nulls, ...more].join(", ")} WHERE false)`;
  }
  const inFiles = snapshot.storedSchema.filter(({ name }) => !snapshot.partitionBy.includes(name));
  const hive = snapshot.partitionBy.map(
    (name) => `${quoteLiteral(name)}: '${typeOf.get(name) ?? "VARCHAR"}'`,
  );
  const options = [
    hive.length > 0
      ? `hive_partitioning = true, hive_types = {${hive.join(", ")}}`
      : "hive_partitioning = false",
    ...extra.map((name) => `${name} = true`),
  ];
  // A file older than a column answers NULL for it. union_by_name opens every file first, so it is asked for only then.
  const lacking = files.some((file) => file.lacksColumns);
  if (lacking) options.push("union_by_name = true");
  const list = files.map(({ path }) => quoteLiteral(path)).join(", ");
  const source = `read_parquet([${list}], ${options.join(", ")})`;
  const names = [...columns.map(quoteName), ...extra].join(", ");
  if (!lacking) return `(SELECT ${names} FROM ${source})`;
  // A relation of typed NULLs makes sure that a column no file has yet exists.
  const typed = inFiles
    .map(({ name, type }) => `CAST(NULL AS ${type}) AS ${quoteName(name)}`)
    .join(", ");
  return `(SELECT ${names} FROM (SELECT * FROM ${source} UNION ALL BY NAME SELECT ${typed} WHERE false))`;
}
