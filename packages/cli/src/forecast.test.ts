import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { type Finished, runInMemory } from "./test-terminal.ts";

/** A data directory with 120 days of pieces sold, in a rhythm of the week, of a series the file does not name. */
async function shopOf(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), "souk-forecast-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const lines = Array.from({ length: 120 }, (_, day) => {
    const date = new Date(Date.UTC(2024, 0, 1 + day)).toISOString().slice(0, 10);
    return `${date},${[30, 42, 35, 51, 38, 64, 47][day % 7]! + (day % 3)}`;
  });
  await writeFile(join(folder, "tea.csv"), `date,units\n${lines.join("\n")}\n`);
  const data = join(folder, "data");
  const souk = (...args: readonly string[]): Promise<Finished> =>
    runInMemory([...args, "--data", data]);
  const ingested = await souk(
    "ingest",
    "series",
    join(folder, "tea.csv"),
    "--map",
    "series_id==tea",
  );
  assert.equal(ingested.code, 0, ingested.stderr);
  return { folder, souk };
}

test("a forecast is trained, printed with its verdict, drawn and read again", async (t) => {
  const { folder, souk } = await shopOf(t);
  const chart = join(folder, "tea.svg");
  const options = ["--family", "seasonal-naive", "--horizon", "2", "--chart", chart];
  const first = await souk("forecast", "forecast-units", ...options);
  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stdout, /forecast-units version 1 by seasonal-naive: value/);
  assert.match(first.stdout, /tea\n.*day +value +low 90 % +high 90 %/);
  assert.match(first.stdout, /2024-04-30 +4\d\.\d+/);
  assert.doesNotMatch(first.stdout, /2024-05-02/);
  assert.match(first.stdout, /seasonal-naive beats naive in \d of 3 comparisons/);
  assert.match(first.stderr, /passed the gate and serves now/);
  assert.match(await readFile(chart, "utf8"), /forecast-units of tea/);

  const again = await souk("forecast", "forecast-units", "--json");
  const { version, series } = JSON.parse(again.stdout);
  assert.deepEqual([version, series[0].name, series[0].mean.length], [1, "tea", 28]);
});

test("what does not beat naive is shown, and said not to serve", async (t) => {
  const { souk } = await shopOf(t);
  const mean = await souk("forecast", "forecast-units", "--family", "drift", "--horizon", "1");
  assert.equal(mean.code, 0, mean.stderr);
  assert.match(mean.stdout, /drift beats naive nowhere/);
  assert.match(mean.stderr, /does not serve: it did not pass the gate/);
  const later = await souk("forecast", "forecast-units", "--horizon", "1");
  assert.match(later.stderr, /no version of forecast-units serves; showing the newest, version 1/);
  const train = await souk("train", "forecast-units", "--family", "drift");
  assert.equal(train.code, 4, train.stderr);
  assert.match(train.stdout, /lossRatio/);
  assert.match(train.stdout, /drift beats naive nowhere/);
  assert.match(train.stdout, /^tea: Nothing here beats repeating the last value/m);
});

test("a wrong name, chart file or pair of options is refused", async (t) => {
  const { souk } = await shopOf(t);
  const refused: readonly (readonly [readonly string[], number, RegExp])[] = [
    [["forecast", "forecast-unit"], 3, /forecast-units/],
    [["forecast", "--family", "naive", "--version", "1"], 2, /--family or --version/],
    [["forecast", "forecast-units", "--family", "oracle"], 3, /seasonal-naive/],
    [["forecast", "forecast-units", "--family", "naive", "--chart", "x.txt"], 2, /\.png or \.svg/],
  ];
  for (const [words, code, message] of refused) {
    const answer = await souk(...words);
    assert.match(answer.stderr, message);
    assert.equal(answer.code, code, answer.stderr);
  }
});
