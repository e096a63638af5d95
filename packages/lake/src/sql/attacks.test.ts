/** Statements that try to leave the sandbox. Each must fail, or answer with nothing worth having. */
import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { SoukError } from "@souk/core";
import { createSqlRunner } from "./runner.ts";
import type { SqlRunner } from "./types.ts";
import { writtenLake } from "./written-lake.ts";

const SECRET = "s3cret-t0ken";
let written: Awaited<ReturnType<typeof writtenLake>>;
let runner: SqlRunner;
let parquet: string;
let store: string;

before(async () => {
  written = await writtenLake();
  await written.write("reviews", 0, {
    select: "select i::integer as id, 'body ' || i as review_body from range(10) t(i)",
    columns: { id: "INTEGER", review_body: "VARCHAR" },
  });
  parquet = join(written.lake, "reviews", "v0", "rows.parquet");
  store = join(written.root, "souk.sqlite");
  await writeFile(store, SECRET);
  await writeFile(join(written.lake, "reviews", "quarantine.jsonl"), SECRET);
  process.env["SOUK_ATTACK_SECRET"] = SECRET;
  runner = createSqlRunner({ lake: written.lake, processes: 1, limits: { timeMs: 20_000 } });
});

after(async () => {
  delete process.env["SOUK_ATTACK_SECRET"];
  await runner.close();
  await written.remove();
});

/** `@store`, `@parquet` and `@lake` stand for real paths. */
const refused: readonly string[] = [
  // Files beside the lake and of the machine.
  "select * from read_text('@store')",
  "select * from read_blob('@store')",
  "select * from read_csv('/etc/passwd')",
  "select * from read_csv_auto('/etc/passwd', delim = ':')",
  "from '/etc/passwd'",
  'from "@store"',
  "select * from '@lake/reviews/quarantine.jsonl'",
  "select * from read_json('@lake/reviews/quarantine.jsonl')",
  "select * from read_ndjson_objects('@lake/reviews/_delta_log/*.json')",
  "select * from read_parquet('@parquet')",
  "select * from parquet_scan('@parquet')",
  "select * from parquet_metadata('@parquet')",
  "select * from parquet_kv_metadata('@parquet')",
  "select * from sniff_csv('/etc/passwd')",
  "select * from read_duckdb('@store')",
  "select * from glob('@lake/**')",
  "select * from glob('/**')",
  "select * from read_text('/proc/self/environ')",
  "with x as (from '/proc/self/environ') select * from x",
  "select (select content from read_text('/etc/passwd'))",
  "select 1 where exists (from read_blob('/etc/passwd'))",
  "select * from reviews, lateral (from read_text(review_body))",
  // A WITH name that would be a file where it is out of scope.
  `with "/etc/passwd" as (select 1) select * from "/etc/passwd"`,
  // Environment, settings and the catalogue.
  "select getenv('SOUK_ATTACK_SECRET')",
  "select current_setting('allowed_paths')",
  "select main.current_setting('temp_directory')",
  "select 'allowed_paths'.current_setting()",
  "select getvariable('x')",
  "select * from duckdb_settings()",
  "select * from duckdb_secrets()",
  "select * from duckdb_views()",
  "select sql from duckdb_views",
  "select * from duckdb_external_file_cache()",
  "select * from duckdb_temporary_files()",
  "select * from information_schema.tables",
  "select * from pg_catalog.pg_views",
  "select * from pg_views",
  "select * from sqlite_master",
  "select pg_get_viewdef(1)",
  "select * from pragma_database_size()",
  "select * from pragma_table_info('reviews')",
  "select * from which_secret('s3://x', 's3')",
  "show all tables",
  "show databases",
  "show variables",
  "with duckdb_settings as (select 1) select * from duckdb_settings",
  // Text run as SQL.
  "select * from query('select * from read_text(''/etc/passwd'')')",
  "select * from query_table('reviews')",
  "select json_serialize_plan('select * from reviews')",
  "select * from json_execute_serialized_sql(json_serialize_sql('select 1'))",
  "select * from sql_auto_complete('select')",
  // Writing.
  "copy reviews to '@parquet'",
  "copy (select 1) to '/tmp/souk-attack.csv'",
  "copy reviews from '/etc/passwd'",
  "export database '/tmp/souk-attack'",
  "import database '/tmp/souk-attack'",
  "create table t as select 1",
  "create temp table t as select 1",
  "create or replace view reviews as select 1",
  "create macro f(x) as x",
  "create secret (type s3, key_id 'x')",
  "create type t as enum ('a')",
  "insert into reviews values (1, 'x')",
  "update reviews set id = 1",
  "delete from reviews",
  "drop view reviews",
  "alter view reviews rename to r",
  "truncate reviews",
  "merge into reviews using reviews r on true when matched then delete",
  "vacuum",
  "checkpoint",
  "begin",
  // Configuration, network, extensions.
  "set enable_external_access = true",
  "set lock_configuration = false",
  "set variable x = 1",
  "reset memory_limit",
  "pragma enable_external_access",
  "pragma database_list",
  "call pragma_version()",
  "call enable_logging()",
  "select * from enable_logging()",
  "select write_log('x')",
  "attach '@store' as s (type sqlite)",
  "attach ':memory:' as m",
  "detach memory",
  "use memory",
  "install httpfs",
  "load httpfs",
  "force install sqlite from 'http://127.0.0.1:1/'",
  "select * from read_csv('http://127.0.0.1:1/x.csv')",
  "from 'https://127.0.0.1:1/x.parquet'",
  "from 's3://bucket/x.parquet'",
  // More than one statement, hidden statements, prepared statements.
  "select 1; select 2",
  "select 1; drop view reviews",
  "select 1 /* ; */ ; copy reviews to '/tmp/souk-attack.csv' --",
  "/* select */ copy reviews to '/tmp/souk-attack.csv'",
  "-- select\ndrop view reviews",
  "explain analyze create table t as select 1",
  "explain analyze select * from reviews",
  "explain (analyze) select * from reviews",
  "explain/**/analyze/**/copy reviews to '/tmp/souk-attack.csv'",
  "explain select 1; drop view reviews",
  "explain explain select 1",
  "prepare p as select 1",
  "execute p",
  "deallocate p",
  "select 1\u0000; drop view reviews",
  "pivot reviews on id using count(*)",
  ";",
  "",
  "   -- nothing",
  // Views from elsewhere.
  "select * from memory.main.reviews",
  "select * from system.information_schema.tables",
  "select * from reviews at (version => 0)",
  "select _batch from reviews",
  "select filename from reviews",
  "select file_row_number from reviews",
  "select rowid from '@parquet'",
];

for (const statement of refused) {
  test(`is refused: ${JSON.stringify(statement)}`, async () => {
    await assert.rejects(runner.run(fill(statement)), (thrown: unknown) => {
      assert.ok(thrown instanceof SoukError, String(thrown));
      assert.match(
        thrown.code,
        /^SQL_(?:SYNTAX|READ_ONLY|FORBIDDEN|MULTIPLE_STATEMENTS|UNKNOWN_DATASET|FAILED)$/,
      );
      assert.ok(!thrown.message.includes(SECRET), "the secret is not in the message");
      assert.ok(!thrown.message.includes(written.root), `no path in: ${thrown.message}`);
      return true;
    });
  });
}

const harmless: readonly string[] = [
  "select version(), current_database(), current_schema(), current_user",
  "select * from json_each('{\"a\": 1}')",
  "explain select * from reviews where id = 3",
  "show tables",
  "describe reviews",
  "summarize reviews",
  "select columns(*) from reviews",
  "select reviews from reviews limit 1",
  "with reviews as (select 1 as id) select * from reviews",
  "select /* ; drop view reviews */ 1 -- ; drop",
];

for (const statement of harmless) {
  test(`answers without a path or a hidden column: ${statement}`, async () => {
    const answer = JSON.stringify(await runner.run(statement));
    for (const hidden of [SECRET, written.root, "_batch", "souk-sql-", "/home", "parquet'"])
      assert.ok(!answer.includes(hidden), `${hidden} in ${answer}`);
  });
}

test("after all of it the files are as they were and the runner still answers", async () => {
  assert.equal(await readFile(store, "utf8"), SECRET);
  assert.deepEqual((await readdir(join(written.lake, "reviews"))).toSorted(), [
    "_delta_log",
    "quarantine.jsonl",
    "v0",
  ]);
  assert.deepEqual(await readdir(join(written.lake, "reviews", "v0")), ["rows.parquet"]);
  assert.deepEqual((await runner.run("select count(*), sum(id) from reviews")).rows, [[10, 45]]);
});

function fill(statement: string): string {
  return statement
    .replaceAll("@store", store)
    .replaceAll("@parquet", parquet)
    .replaceAll("@lake", written.lake);
}
