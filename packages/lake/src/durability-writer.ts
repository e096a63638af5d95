/*
 * A writer process for durability.test.ts: ingests small batches and prints the id of each once it is acknowledged.
 * Arguments: lake directory, name of the writer, number of batches (0: until killed), `upsert` or `append`.
 */
import { openLake } from "./lake.ts";
import type { DatasetShape } from "./shape.ts";

const [directory = "", writer = "w", batches = "0", mode = "append"] = process.argv.slice(2);

/** Rows in every batch of the test. */
const ROWS = 30;

const shape: DatasetShape = {
  name: "events",
  columns: [
    { name: "id", type: "VARCHAR" },
    { name: "shelf", type: "VARCHAR" },
    { name: "count", type: "INTEGER" },
  ],
  key: ["id"],
  partitionBy: ["shelf"],
};

const lake = openLake({ directory, threads: 1 });
const last = batches === "0" ? Number.MAX_SAFE_INTEGER : Number(batches);
for (let batch = 0; batch < last; batch++) {
  const batchId = `${writer}-${batch}`;
  const lines = Array.from(
    { length: ROWS },
    (_, i) =>
      `${mode === "upsert" ? `k${i}` : `${batchId}-${i}`}\ts${i % 3}\t${i === 7 ? "bad" : i}`,
  );
  const stream = (async function* () {
    yield Buffer.from(`id\tshelf\tcount\n${lines.join("\n")}\n`);
  })();
  await lake.ingest(
    "events",
    { kind: "stream", stream, fileName: "events.tsv" },
    { shape, batchId, mode: mode === "upsert" ? "upsert" : "append" },
  );
  process.stdout.write(`${batchId}\n`);
}
await lake.close();
