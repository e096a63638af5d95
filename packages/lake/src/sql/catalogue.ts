import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { errorCode, sha256, SoukError } from "@souk/core";
import { relationOf } from "../delta/relation.ts";
import { readSnapshot, type Snapshot, SnapshotCache } from "../delta/snapshot.ts";
import type { SqlTable, SqlTables } from "./types.ts";

/** The datasets of a lake directory as SQL sees them; remembers what has not moved. */
export class SqlCatalogue {
  readonly #lake: string;
  readonly #cache = new SnapshotCache();
  readonly #tables = new WeakMap<Snapshot, SqlTable>();

  constructor(lake: string) {
    this.#lake = lake;
  }

  /**
   * Every dataset at its newest version, or at the one asked for.
   * @throws SoukError `SQL_UNKNOWN_DATASET` when a version is asked of a dataset that is not there, `LAKE_NO_VERSION`.
   */
  async resolve(versions: Readonly<Record<string, number>> = {}): Promise<SqlTables> {
    const names = await this.#names();
    for (const name of Object.keys(versions)) {
      if (!names.includes(name))
        throw new SoukError("SQL_UNKNOWN_DATASET", `no dataset is named "${name}"`);
    }
    const found = await Promise.all(names.map((name) => this.#table(name, versions[name])));
    const tables = found.filter((table) => table !== undefined);
    const key = tables.map(({ name, identity }) => `${name}\t${identity}\n`).join("");
    return { key: sha256(key), tables };
  }

  async #names(): Promise<string[]> {
    try {
      const entries = await readdir(this.#lake, { withFileTypes: true });
      return entries
        .filter((entry) => entry.isDirectory() && /^[^._]/.test(entry.name))
        .map((entry) => entry.name)
        .toSorted();
    } catch (thrown) {
      if (errorCode(thrown) === "ENOENT") return [];
      throw thrown;
    }
  }

  /** A folder without a Delta log (an ingest that never finished) is not a dataset. */
  async #table(name: string, version: number | undefined): Promise<SqlTable | undefined> {
    try {
      const snapshot = await readSnapshot(join(this.#lake, name), { version, cache: this.#cache });
      const known = this.#tables.get(snapshot);
      if (known !== undefined) return known;
      const table = tableOf(name, snapshot);
      this.#tables.set(snapshot, table);
      return table;
    } catch (thrown) {
      if (errorCode(thrown) === "LAKE_NO_TABLE") return undefined;
      throw thrown;
    }
  }
}

function tableOf(name: string, snapshot: Snapshot): SqlTable {
  const schema = JSON.stringify(snapshot.schema);
  return {
    name,
    version: snapshot.version,
    identity: `${snapshot.version} ${snapshot.hash} ${sha256(schema)}`,
    view: `select * from ${relationOf(snapshot)}`,
    files: snapshot.files.map((file) => file.path),
  };
}
