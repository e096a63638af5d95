import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { createBatchWriter } from "./batch-writer.ts";
import type { Store } from "./store.ts";

/** An implementation of `Store` and how to reach it from another process. */
export interface StoreSubject {
  /** Shown before each law. */
  readonly name: string;
  /** File URL of a module that exports `opener`. */
  readonly module: string;
  /** Name of an exported function from plain JSON options to a promise of a store. */
  readonly opener: string;
  /** Options of a new, empty database. */
  fresh(): Promise<{ options: unknown; dispose: () => Promise<void> }>;
}

type Law = (world: World) => Promise<void>;
interface World {
  readonly subject: StoreSubject;
  readonly options: unknown;
  open(): Promise<Store>;
}

/** Registers, with `node:test`, every law a store must keep, `kill -9` and two writing processes included. */
export async function checkStore(subject: StoreSubject): Promise<void> {
  const { test } = await import("node:test");
  for (const [name, law] of Object.entries(laws)) {
    await test(`${subject.name}: ${name}`, async () => {
      const { options, dispose } = await subject.fresh();
      const opened: Store[] = [];
      const open = async (): Promise<Store> => {
        const store = await openFrom(subject.module, subject.opener, options);
        opened.push(store);
        return store;
      };
      try {
        await law({ subject, options, open });
      } finally {
        for (const store of opened) await store.close();
        await dispose();
      }
    });
  }
}

/** Opens a store by the name of the function that opens it. */
export async function openFrom(module: string, opener: string, options: unknown): Promise<Store> {
  const exported: Record<string, unknown> = await import(module);
  const open = exported[opener];
  assert.ok(typeof open === "function", `${module} must export the function ${opener}`);
  const store: Promise<Store> = open(options);
  return store;
}

/** The table the laws write to. */
export const lawMigrations = [
  {
    id: "0001-rows",
    sql: `CREATE TABLE law_rows (id TEXT PRIMARY KEY, writer TEXT NOT NULL, n BIGINT NOT NULL CHECK (n >= 0));
          CREATE TABLE law_notes (id TEXT PRIMARY KEY, row_id TEXT NOT NULL REFERENCES law_rows (id))`,
  },
];

const INSERT = "INSERT INTO law_rows (id, writer, n) VALUES (?, ?, ?)";
const COUNT = "SELECT count(*) AS n FROM law_rows";

async function ready(world: World): Promise<Store> {
  const store = await world.open();
  await store.migrate("laws", lawMigrations);
  return store;
}

async function count(store: Store): Promise<number> {
  return (await store.get<{ n: number }>(COUNT))?.n ?? -1;
}

const laws: Readonly<Record<string, Law>> = {
  async "a row comes back with the values it was given"(world) {
    const store = await ready(world);
    const { changes } = await store.run(INSERT, ["é'\u{1f600}", "w", 2 ** 53 - 1]);
    assert.equal(changes, 1);
    assert.deepEqual(await store.all("SELECT id, writer, n FROM law_rows"), [
      { id: "é'\u{1f600}", writer: "w", n: 2 ** 53 - 1 },
    ]);
    assert.equal(await store.get("SELECT id FROM law_rows WHERE n = ?", [1]), undefined);
  },
  async "a value no column holds is refused, not changed"(world) {
    const store = await ready(world);
    for (const value of [Number.NaN, 2n ** 60n])
      await assert.rejects(store.run(INSERT, ["a", "w", value]), { code: "STORE_VALUE" });
    assert.equal(await count(store), 0);
  },
  async "a broken constraint names its kind"(world) {
    const store = await ready(world);
    await store.run(INSERT, ["a", "w", 1]);
    const cases: [string, string, (string | number | null)[]][] = [
      ["unique", INSERT, ["a", "w", 1]],
      ["check", INSERT, ["b", "w", -1]],
      ["not-null", INSERT, ["b", null, 1]],
      ["foreign-key", "INSERT INTO law_notes (id, row_id) VALUES (?, ?)", ["n", "absent"]],
    ];
    for (const [kind, sql, params] of cases) {
      await assert.rejects(
        store.run(sql, params),
        (error: { code: string; details: { kind: string } }) =>
          error.code === "STORE_CONSTRAINT" && error.details.kind === kind,
      );
    }
  },
  async "an unknown column is STORE_SQL"(world) {
    const store = await ready(world);
    await assert.rejects(store.all("SELECT nothing FROM law_rows"), { code: "STORE_SQL" });
  },
  async "ON CONFLICT and RETURNING work"(world) {
    const store = await ready(world);
    const upsert = `${INSERT} ON CONFLICT (id) DO UPDATE SET n = law_rows.n + excluded.n RETURNING n`;
    assert.deepEqual(await store.get(upsert, ["a", "w", 2]), { n: 2 });
    assert.deepEqual(await store.get(upsert, ["a", "w", 3]), { n: 5 });
  },
  async "LIKE tells upper from lower case, in and out of a transaction"(world) {
    const store = await ready(world);
    await store.run(INSERT, ["Abc", "w", 1]);
    const like = "SELECT n FROM law_rows WHERE id LIKE ?";
    assert.deepEqual(await store.all(like, ["Ab%"]), [{ n: 1 }]);
    assert.deepEqual(await store.all(like, ["ab%"]), []);
    assert.deepEqual(await store.transaction((sql) => sql.all(like, ["ab%"])), []);
  },
  async "a rejected transaction leaves nothing"(world) {
    const store = await ready(world);
    const failed = store.transaction(async (sql) => {
      await sql.run(INSERT, ["a", "w", 1]);
      throw new Error("stop");
    });
    await assert.rejects(failed, { message: "stop" });
    assert.equal(await count(store), 0);
  },
  async "a transaction reads its own writes and others do not see them"(world) {
    const store = await ready(world);
    const other = await world.open();
    const result = await store.transaction(async (sql) => {
      await sql.run(INSERT, ["a", "w", 1]);
      assert.equal(await count(other), 0);
      return sql.get(COUNT);
    });
    assert.deepEqual(result, { n: 1 });
    assert.equal(await count(other), 1);
  },
  async "fifty transactions that read then write lose no update"(world) {
    const store = await ready(world);
    const second = await world.open();
    await store.run(INSERT, ["counter", "w", 0]);
    const add = (each: Store): Promise<unknown> =>
      each.transaction(async (sql) => {
        const row = await sql.get<{ n: number }>("SELECT n FROM law_rows WHERE id = 'counter'");
        await Promise.resolve();
        await sql.run("UPDATE law_rows SET n = ? WHERE id = 'counter'", [(row?.n ?? 0) + 1]);
      });
    await Promise.all(Array.from({ length: 50 }, (_, i) => add(i % 2 === 0 ? store : second)));
    assert.deepEqual(await store.get("SELECT n FROM law_rows"), { n: 50 });
  },
  async "the store inside its own transaction is refused instead of waiting for ever"(world) {
    const store = await ready(world);
    const nested = store.transaction(() => store.run(INSERT, ["a", "w", 1]));
    await assert.rejects(nested, { code: "STORE_NESTED" });
    assert.equal(await count(store), 0);
  },
  async "a transaction's handle is dead after it"(world) {
    const store = await ready(world);
    const kept = await store.transaction(async (sql) => [sql]);
    await assert.rejects(kept[0]!.run(INSERT, ["a", "w", 1]), { code: "STORE_NESTED" });
  },
  async "the change counter moves with every commit and only then"(world) {
    const store = await ready(world);
    const other = await world.open();
    const before = await store.changeCounter();
    await store.all("SELECT * FROM law_rows");
    assert.equal(await store.changeCounter(), before);
    await other.run(INSERT, ["a", "w", 1]);
    const after = await store.changeCounter();
    assert.notEqual(after, before);
    await store.run(INSERT, ["b", "w", 1]);
    assert.notEqual(await store.changeCounter(), after);
  },
  async "migrations apply once, also when two openers race"(world) {
    const [first, second, third] = await Promise.all([world.open(), world.open(), world.open()]);
    await Promise.all([first, second, third].map((store) => store.migrate("laws", lawMigrations)));
    await first.migrate("laws", lawMigrations);
    assert.deepEqual(await second.all("SELECT id FROM souk_migrations WHERE owner = ?", ["laws"]), [
      { id: "0001-rows" },
    ]);
  },
  async "four processes that open a new database at once all migrate it and write"(world) {
    const children = ["m1", "m2", "m3", "m4"].map((writer) => startWriter(world, writer, 8));
    for (const child of children) assert.equal((await restOf(child)).length, 8);
    assert.equal(await count(await ready(world)), 32);
  },
  async "an edited, missing or misplaced migration is refused"(world) {
    const store = await ready(world);
    const refused = (migrations: { id: string; sql: string }[], code: string): Promise<void> =>
      assert.rejects(store.migrate("laws", migrations), { code });
    await refused([{ id: "0001-rows", sql: "SELECT 1" }], "STORE_MIGRATION_CHANGED");
    await refused([], "STORE_MIGRATION_UNKNOWN");
    await refused(
      [{ id: "0000-early", sql: "SELECT 1" }, ...lawMigrations],
      "STORE_MIGRATION_ORDER",
    );
  },
  async "a failed migration leaves nothing and the next one starts clean"(world) {
    const store = await ready(world);
    const broken = {
      id: "0002-more",
      sql: "CREATE TABLE law_more (id TEXT); INSERT INTO nowhere VALUES (1)",
    };
    await assert.rejects(store.migrate("laws", [...lawMigrations, broken]), {
      code: "STORE_MIGRATION_FAILED",
    });
    await store.migrate("laws", [
      ...lawMigrations,
      { id: "0002-more", sql: "CREATE TABLE law_more (id TEXT)" },
    ]);
    assert.deepEqual(await store.all("SELECT id FROM law_more"), []);
  },
  async "a backup taken during writes opens and is sound"(world) {
    const folder = await mkdtemp(join(tmpdir(), "souk-law-"));
    const store = await ready(world);
    const writes = Array.from({ length: 200 }, (_, i) => store.run(INSERT, [`r${i}`, "w", i]));
    await store.backup(join(folder, "copy"));
    await Promise.all(writes);
    assert.deepEqual(await store.integrityCheck(), []);
    await rm(folder, { recursive: true });
  },
  async "a closed store refuses"(world) {
    const store = await ready(world);
    await store.close();
    await assert.rejects(store.all(COUNT), { code: "STORE_CLOSED" });
  },
  async "a batch writer refuses the bad row alone"(world) {
    const store = await ready(world);
    const writer = createBatchWriter<number>(store, {
      write: (sql, n) => sql.run(INSERT, [`r${n}`, "w", n]),
    });
    const outcomes = await Promise.allSettled([1, 2, -3, 4].map((n) => writer.add(n)));
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ["fulfilled", "fulfilled", "rejected", "fulfilled"],
    );
    assert.equal(await count(store), 3);
    await writer.close();
  },
  async "every row acknowledged before kill -9 is there after it"(world) {
    const store = await ready(world);
    for (const round of ["k1", "k2", "k3"]) {
      const child = startWriter(world, round);
      const acknowledged = await readLines(child, 300);
      child.kill("SIGKILL");
      for (const line of await restOf(child)) acknowledged.push(line);
      const there = await store.all<{ id: string }>("SELECT id FROM law_rows WHERE writer = ?", [
        round,
      ]);
      const ids = new Set(there.map(({ id }) => id));
      assert.deepEqual(
        acknowledged.filter((id) => !ids.has(id)),
        [],
      );
    }
    assert.deepEqual(await store.integrityCheck(), []);
  },
  async "two processes and this one write together and lose nothing"(world) {
    const store = await ready(world);
    const children = [startWriter(world, "p1", 400), startWriter(world, "p2", 400)];
    for (let i = 0; i < 200; i++) await store.run(INSERT, [`p0-${i}`, "p0", i]);
    await Promise.all(children.map((child) => restOf(child)));
    assert.deepEqual(
      await store.all("SELECT writer, count(*) AS n FROM law_rows GROUP BY 1 ORDER BY 1"),
      [
        { writer: "p0", n: 200 },
        { writer: "p1", n: 400 },
        { writer: "p2", n: 400 },
      ],
    );
  },
};

const childOutput = new WeakMap<ChildProcess, AsyncIterator<string>>();

function startWriter({ subject, options }: World, writer: string, rows = 1_000_000): ChildProcess {
  const program = fileURLToPath(new URL("./store-laws-writer.ts", import.meta.url));
  const child = spawn(
    process.execPath,
    [program, subject.module, subject.opener, JSON.stringify(options), writer, String(rows)],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  childOutput.set(child, createInterface({ input: child.stdout })[Symbol.asyncIterator]());
  return child;
}

async function readLines(child: ChildProcess, most: number): Promise<string[]> {
  const lines: string[] = [];
  const output = childOutput.get(child);
  while (lines.length < most) {
    const next = await output?.next();
    if (next === undefined || next.done === true) break;
    lines.push(next.value);
  }
  return lines;
}

/** Lines until the process ends. A line cut by the kill has no newline and may be a part of an id: ids end in ".". */
async function restOf(child: ChildProcess): Promise<string[]> {
  return (await readLines(child, Infinity)).filter((line) => line.endsWith("."));
}
