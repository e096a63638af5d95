import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { openLake } from "../lake.ts";
import type { DatasetShape } from "../shape.ts";

const root = await mkdtemp(join(tmpdir(), "souk-comma-"));
const lake = openLake({ directory: root, threads: 2 });
after(async () => {
  await lake.close();
  await rm(root, { recursive: true, force: true });
});

const goods = (name: string): DatasetShape => ({
  name,
  columns: [
    { name: "sku", type: "VARCHAR" },
    { name: "price", type: "DOUBLE", min: 0 },
    { name: "note", type: "VARCHAR" },
  ],
});
const file = (text: string, fileName = "goods.csv") => ({
  kind: "stream" as const,
  fileName,
  stream: (async function* () {
    yield Buffer.from(text);
  })(),
});

/** What a file becomes: the prices stored, and what was refused of it. */
async function prices(name: string, text: string, { fileName = "goods.csv" } = {}) {
  const shape = goods(name);
  const dry = await lake.dryRun(name, file(text, fileName), { shape });
  const { quarantined, reasons } = await lake.ingest(name, file(text, fileName), { shape });
  assert.equal(dry.refused, quarantined);
  const stored: unknown[] = [];
  for await (const { length, columns } of lake.read(name, { columns: ["price"] }))
    for (let i = 0; i < length; i++) stored.push(columns["price"]?.[i]);
  const said = dry.columns.flatMap((one) => (one.hasDecimalCommas ? [one.name] : []));
  return { stored: stored.toSorted((a, b) => Number(a) - Number(b)), quarantined, said, reasons };
}

test("prices with a decimal comma are numbers, and the dry run says so", async () => {
  const semicolons = "sku;price;note\na;129,95;x\nb;7;1,5\nc;-0,5;\nd;1.299,00;\ne;0,125;\nf;;\n";
  const { stored, quarantined, said } = await prices("semicolons", semicolons);
  assert.deepEqual(stored, [null, 0.125, 7, 129.95, 1299]);
  assert.deepEqual([quarantined, said], [1, ["price"]]);
  const quoted = await prices("quoted", 'sku,price,note\na,"129,95",x\nb,"3,5",y\n');
  assert.deepEqual([quoted.stored, quoted.said], [[3.5, 129.95], ["price"]]);
  const json = '{"sku":"a","price":"12,5"}\n{"sku":"b","price":"8,00"}\n';
  const lines = await prices("lines", json, { fileName: "goods.jsonl" });
  assert.deepEqual(lines.stored, [8, 12.5]);
});

test("what could be thousands is refused as before, also among decimal commas", async () => {
  const alone = await prices("alone", "sku;price;note\na;1,299;\nb;5;\n");
  assert.deepEqual([alone.stored, alone.quarantined, alone.said], [[5], 1, []]);
  const among = await prices("among", "sku;price;note\na;1,299;\nb;5,50;\n");
  assert.deepEqual([among.stored, among.quarantined], [[5.5], 1]);
  const [reason] = Object.keys(among.reasons);
  assert.equal(reason, "price: expected a number of at least 0 with a decimal comma");
});

test("beside a decimal point a comma is no decimal comma", async () => {
  const { stored, quarantined, said } = await prices(
    "mixed",
    "sku;price;note\na;12.50;\nb;129,95;\nc;1.299;\n",
  );
  assert.deepEqual([stored, quarantined, said], [[1.299, 12.5], 1, []]);
});

test("a free table takes decimal commas for numbers between semicolons only: elsewhere they may be two sizes", async () => {
  const semicolons = await lake.dryRun("free-a", file("size;price\n36,38;129,95\n40,42;5\n"));
  const types = ({ columns }: typeof semicolons) => columns.map(({ type }) => type);
  assert.deepEqual(types(semicolons), ["DOUBLE", "DOUBLE"]);
  const commas = await lake.dryRun("free-b", file('size,price\n"36,38",129.95\n"40,42",5\n'));
  assert.deepEqual(types(commas), ["VARCHAR", "DOUBLE"]);
  const thousands = await lake.dryRun("free-c", file("a;b\n1,299;x\n2,500;y\n"));
  assert.deepEqual(types(thousands), ["VARCHAR", "VARCHAR"]);
});

test("a refused price that is mended with a decimal comma is taken", async () => {
  await prices("mended", "sku;price;note\na;dear;\nb;5,50;\n");
  const id = (await lake.quarantine("mended"))[0]?.id ?? "";
  const report = await lake.replay("mended", { fixes: { [id]: { price: "129,95" } } });
  assert.deepEqual([report.rows, report.quarantined], [1, 0]);
});
