/** The second wall alone: statements straight to the locked DuckDB, as if the first wall were not there. */
import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { openLocked } from "./locked.ts";

let folder: string;
let locked: Awaited<ReturnType<typeof openLocked>>;
let connection: DuckDBConnection;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "souk-locked-"));
  await writeFile(join(folder, "souk.sqlite"), "secret");
  const free = await DuckDBInstance.create();
  const writer = await free.connect();
  for (const name of ["allowed", "other"])
    await writer.run(`copy (select 7 as n) to '${join(folder, name)}.parquet' (format parquet)`);
  writer.closeSync();
  free.closeSync();
  locked = await openLocked([join(folder, "allowed.parquet")], {
    limits: { threads: 1, memory: "200MB" },
    spill: join(folder, "spill"),
  });
  connection = await locked.instance.connect();
});

after(async () => {
  connection.closeSync();
  locked.owner.closeSync();
  locked.instance.closeSync();
  await rm(folder, { recursive: true, force: true });
});

test("the allowed file can be read", async () => {
  const { rows } = {
    rows: await (await connection.run("from '@/allowed.parquet'".replace("@", folder))).getRows(),
  };
  assert.deepEqual(rows, [[7]]);
});

const refused: readonly string[] = [
  "from '@/other.parquet'",
  "from '@/../souk-locked-x/other.parquet'",
  "from '@/*.parquet'",
  "from read_text('@/souk.sqlite')",
  "from read_blob('/etc/passwd')",
  "from read_csv('/proc/self/environ')",
  "from glob('@/*')",
  "copy (select 1) to '@/allowed.parquet'",
  "copy (select 1) to '@/new.csv'",
  "export database '@/dump'",
  "attach '@/new.db'",
  "attach '@/souk.sqlite' (type sqlite)",
  "from 'http://127.0.0.1:1/x.parquet'",
  "install httpfs",
  "load httpfs",
  "load '@/evil.duckdb_extension'",
  "set enable_external_access = true",
  "set allowed_paths = ['/etc/passwd']",
  "set allowed_directories = ['/']",
  "set temp_directory = '/tmp'",
  "set lock_configuration = false",
  "reset enable_external_access",
  "pragma memory_limit = '100GB'",
  "set global threads = 64",
  "set log_query_path = '@/log'",
  "pragma enable_profiling = 'json'; pragma profiling_output = '@/profile.json'; select 1",
  "select getenv('PATH')",
];

for (const statement of refused) {
  test(`is refused by DuckDB itself: ${statement}`, async () => {
    await assert.rejects(connection.run(statement.replaceAll("@", folder)));
  });
}

test("nothing was written", async () => {
  const names = (await readdir(folder)).filter((name) => name !== "spill");
  assert.deepEqual(names.toSorted(), ["allowed.parquet", "other.parquet", "souk.sqlite"]);
});
