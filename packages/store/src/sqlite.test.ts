import assert from "node:assert/strict";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { openStore } from "./sqlite.ts";
import { checkStore } from "./store-laws.ts";

async function freshFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "souk-store-"));
}

await checkStore({
  name: "sqlite",
  module: new URL("./sqlite.ts", import.meta.url).href,
  opener: "openStore",
  async fresh() {
    const folder = await freshFolder();
    return {
      options: { path: join(folder, "souk.sqlite") },
      dispose: () => rm(folder, { recursive: true }),
    };
  },
});

test("a store commits with WAL and synchronous=FULL and its file is its owner's alone", async () => {
  const folder = await freshFolder();
  const path = join(folder, "souk.sqlite");
  const store = await openStore({ path });
  assert.deepEqual(await store.get("PRAGMA journal_mode"), { journal_mode: "wal" });
  assert.deepEqual(await store.get("PRAGMA synchronous"), { synchronous: 2 });
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  await store.close();
  await rm(folder, { recursive: true });
});

test("a backup opens as a store with the same rows, and never replaces a file by half a copy", async () => {
  const folder = await freshFolder();
  const store = await openStore({ path: join(folder, "souk.sqlite") });
  await store.migrate("t", [{ id: "1", sql: "CREATE TABLE t (n BIGINT)" }]);
  await store.run("INSERT INTO t VALUES (?)", [7]);
  const copyPath = join(folder, "copy.sqlite");
  await store.backup(copyPath);
  await store.backup(copyPath);
  const copy = await openStore({ path: copyPath });
  assert.deepEqual(await copy.all("SELECT n FROM t"), [{ n: 7 }]);
  await assert.rejects(store.backup(join(folder, "absent", "copy")), { code: "STORE_BACKUP" });
  await copy.close();
  await store.close();
  await rm(folder, { recursive: true });
});

test("a file that is no database and a missing folder are STORE_OPEN", async () => {
  const folder = await freshFolder();
  await writeFile(join(folder, "text"), "this is not a database ".repeat(100));
  await assert.rejects(openStore({ path: join(folder, "text") }), { code: "STORE_OPEN" });
  await assert.rejects(openStore({ path: join(folder, "no", "x") }), { code: "STORE_OPEN" });
  await rm(folder, { recursive: true });
});

test("a foreign key that points nowhere shows in the integrity check", async () => {
  const folder = await freshFolder();
  const store = await openStore({ path: join(folder, "souk.sqlite") });
  await store.run("PRAGMA foreign_keys = 0");
  await store.run("CREATE TABLE parent (id TEXT PRIMARY KEY)");
  await store.run("CREATE TABLE child (parent TEXT REFERENCES parent (id))");
  await store.run("PRAGMA foreign_keys = 0");
  await store.run("INSERT INTO child VALUES ('x')");
  assert.deepEqual(await store.integrityCheck(), ["a row of child points at no row of parent"]);
  await store.close();
  await rm(folder, { recursive: true });
});
