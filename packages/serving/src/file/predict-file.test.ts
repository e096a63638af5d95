import assert from "node:assert/strict";
import { test } from "node:test";
import type { FileCounts } from "./predict-file.ts";
import { openTestShop, review, reviews } from "../test-shop.ts";

async function* bytes(...pieces: string[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield Buffer.from(piece);
}

async function collect(
  output: AsyncGenerator<Uint8Array, FileCounts>,
): Promise<{ lines: Record<string, unknown>[]; counts: FileCounts }> {
  let text = "";
  for (;;) {
    const next = await output.next();
    if (next.done) {
      const lines = text.split("\n").filter(Boolean);
      return { lines: lines.map((line) => JSON.parse(line)), counts: next.value };
    }
    text += Buffer.from(next.value).toString();
  }
}

test("a file is answered line by line in order, equal to single answers, bad lines with their error", async (t) => {
  const shop = await openTestShop(t);
  const serving = await shop.serve({ batching: { maxRows: 8 } });
  const bodies = Array.from(reviews(50).columns.review_body!, String);
  const rows = bodies.map((review_body) => JSON.stringify({ review_headline: "h", review_body }));
  rows.splice(10, 1, "not json");
  rows.splice(20, 1, '{"review_headline":"h","review_body":7}');
  const { lines, counts } = await collect(
    serving.predictFile({ model: "stars", format: "jsonl", source: bytes(rows.join("\n")) }),
  );
  assert.deepEqual(counts, { lines: 50, predicted: 48, failed: 2 });
  assert.deepEqual(
    lines.map((line) => line.line),
    Array.from({ length: 50 }, (_, i) => i + 1),
  );
  assert.deepEqual(
    [lines[10]!.error, lines[20]!.error].map((error) => Object(error).code),
    ["SERVING_FILE_LINE", "SERVING_INPUT"],
  );
  for (const row of [0, 9, 11, 49]) {
    const single = await serving.predict({ model: "stars", batch: review(bodies[row]!, "h") });
    assert.deepEqual(lines[row]!.probabilities, single.predictions[0]!.probabilities);
    assert.equal((await serving.prediction(String(lines[row]!.id))).label, lines[row]!.label);
  }
});

test("CSV and TSV files are answered too", async (t) => {
  const shop = await openTestShop(t);
  const serving = await shop.serve();
  const csv = await collect(
    serving.predictFile({
      model: "stars",
      format: "csv",
      source: bytes('review_body,review_headline,other\n"great,\nlove it",h,1\nonly one\n'),
    }),
  );
  assert.deepEqual(csv.counts, { lines: 2, predicted: 1, failed: 1 });
  const tsv = await collect(
    serving.predictFile({
      model: "stars",
      format: "tsv",
      source: bytes("review_headline\treview_body\nh\tgreat\n"),
    }),
  );
  assert.deepEqual(tsv.counts, { lines: 1, predicted: 1, failed: 0 });
});

test("the source is read no faster than answers are taken", async (t) => {
  const shop = await openTestShop(t);
  const serving = await shop.serve({ workers: 1, batching: { maxRows: 4 } });
  let read = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) {
      read++;
      yield Buffer.from('{"review_headline":"h","review_body":"great"}\n');
    }
  }
  const output = serving.predictFile({ model: "stars", format: "jsonl", source: endless() });
  for (let taken = 1; taken <= 5; taken++) {
    await output.next();
    assert.ok(read <= (taken + 2) * 4 + 1, `${read} lines read for ${taken} batches taken`);
  }
  await output.return({ lines: 0, predicted: 0, failed: 0 });
});

test("a whole file is answered by one version, even when the alias moves", async (t) => {
  const shop = await openTestShop(t);
  const serving = await shop.serve({
    workers: 1,
    batching: { maxRows: 4 },
    policy: { maxOnDemand: 0 },
  });
  const line = '{"review_headline":"h","review_body":"great"}\n';
  const output = serving.predictFile({
    model: "stars",
    format: "jsonl",
    source: bytes(...Array.from({ length: 40 }, () => line)),
  });
  await output.next();
  await shop.promote(await shop.register());
  await serving.refresh();
  const { counts, lines } = await collect(output);
  assert.equal(counts.predicted, 40);
  assert.equal((await serving.prediction(String(lines.at(-1)!.id))).version, 1);
  assert.equal((await serving.predict({ model: "stars", batch: review("x") })).version, 2);
});
