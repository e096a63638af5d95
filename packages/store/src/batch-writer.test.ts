import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createBatchWriter } from "./batch-writer.ts";
import { openStore } from "./sqlite.ts";
import type { Store } from "./store.ts";

async function withTable(work: (store: Store) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "souk-batch-"));
  const store = await openStore({ path: join(folder, "souk.sqlite") });
  await store.run("CREATE TABLE t (n BIGINT PRIMARY KEY)");
  await work(store);
  await store.close();
  await rm(folder, { recursive: true });
}

test("rows added together share one transaction", () =>
  withTable(async (store) => {
    let transactions = 0;
    const counting: Store = Object.create(store, {
      transaction: {
        value: (work: Parameters<Store["transaction"]>[0]) => {
          transactions++;
          return store.transaction(work);
        },
      },
    });
    const writer = createBatchWriter<number>(counting, {
      write: (sql, n) => sql.run("INSERT INTO t VALUES (?)", [n]),
    });
    await Promise.all(Array.from({ length: 500 }, (_, n) => writer.add(n)));
    assert.deepEqual(await store.get("SELECT count(*) AS n FROM t"), { n: 500 });
    assert.equal(transactions, 1);
  }));

test("more waiting rows than the limit are refused at once, the others are written", () =>
  withTable(async (store) => {
    const writer = createBatchWriter<number>(store, {
      write: (sql, n) => sql.run("INSERT INTO t VALUES (?)", [n]),
      maxPending: 2,
    });
    const outcomes = [writer.add(1), writer.add(2), writer.add(3)];
    await assert.rejects(outcomes[2] ?? Promise.resolve(), { code: "STORE_OVERLOADED" });
    await Promise.all(outcomes.slice(0, 2));
  }));

test("close writes what waits and later rows are refused", () =>
  withTable(async (store) => {
    const writer = createBatchWriter<number>(store, {
      write: (sql, n) => sql.run("INSERT INTO t VALUES (?)", [n]),
      maxDelayMs: 60_000,
    });
    const waiting = writer.add(1);
    await writer.close();
    await waiting;
    await assert.rejects(writer.add(2), { code: "STORE_CLOSED" });
  }));

test("a row added inside a transaction is written after it, not into it", () =>
  withTable(async (store) => {
    const writer = createBatchWriter<number>(store, {
      write: (sql, n) => sql.run("INSERT INTO t VALUES (?)", [n]),
      maxRows: 1,
    });
    let added: Promise<void> = Promise.resolve();
    const failed = store.transaction(async () => {
      added = writer.add(1);
      throw new Error("undone");
    });
    await assert.rejects(failed, { message: "undone" });
    await added;
    assert.deepEqual(await store.all("SELECT n FROM t"), [{ n: 1 }]);
  }));

test("a flush of nothing leaves the writer working", { timeout: 10_000 }, () =>
  withTable(async (store) => {
    const writer = createBatchWriter<number>(store, {
      write: (sql, n) => sql.run("INSERT INTO t VALUES (?)", [n]),
    });
    await writer.flush();
    await writer.add(1);
    assert.deepEqual(await store.all("SELECT n FROM t"), [{ n: 1 }]);
  }),
);
