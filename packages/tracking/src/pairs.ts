import type { Sql } from "@souk/store";

/** A table of keys and values that belong to something: `run_tags` by `run_id`. Both names are ours, never a caller's. */
export interface PairTable {
  readonly table: string;
  readonly owner: string;
}

/** The pairs of several owners, by owner; an owner without pairs has an empty record. */
export async function readPairs(
  sql: Sql,
  { table, owner }: PairTable,
  ids: readonly string[],
): Promise<Map<string, Record<string, string>>> {
  const found = new Map<string, [string, string][]>(ids.map((id) => [id, []]));
  const rows = await sql.all<{ owner: string; key: string; value: string }>(
    `SELECT ${owner} AS owner, key, value FROM ${table} WHERE ${owner} IN (${placeholders(ids)}) ORDER BY key`,
    ids,
  );
  for (const row of rows) found.get(row.owner)?.push([row.key, row.value]);
  return new Map([...found].map(([id, pairs]) => [id, Object.fromEntries(pairs)]));
}

/** Sets one pair, replacing the value that was there. */
export async function setPair(
  sql: Sql,
  { table, owner }: PairTable,
  [id, key, value]: readonly [string, string, string],
): Promise<void> {
  await sql.run(
    `INSERT INTO ${table} (${owner}, key, value) VALUES (?, ?, ?)
     ON CONFLICT (${owner}, key) DO UPDATE SET value = excluded.value`,
    [id, key, value],
  );
}

/** One `?` for each item. */
export function placeholders(items: readonly unknown[]): string {
  return items.map(() => "?").join(", ");
}
