// A program, not a module: the writing process of the store's laws. It prints the id of a row once the row is durable.
import { createBatchWriter } from "./batch-writer.ts";
import { lawMigrations, openFrom } from "./store-laws.ts";

const [module = "", opener = "", options = "null", writer = "", rows = "0"] = process.argv.slice(2);
const INSERT = "INSERT INTO law_rows (id, writer, n) VALUES (?, ?, ?)";

const store = await openFrom(module, opener, JSON.parse(options));
await store.migrate("laws", lawMigrations);
const batches = createBatchWriter<number>(store, {
  write: (sql, n) => sql.run(INSERT, [`${writer}-${n}.`, writer, n]),
});
for (let n = 0; n < Number(rows); n += 4) {
  const together = [n, n + 1, n + 2].map(async (row) => {
    await batches.add(row);
    process.stdout.write(`${writer}-${row}.\n`);
  });
  await store.run(INSERT, [`${writer}-${n + 3}.`, writer, n + 3]);
  process.stdout.write(`${writer}-${n + 3}.\n`);
  await Promise.all(together);
}
await batches.close();
await store.close();
