import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { type Place, type Show, writeRows } from "./show.ts";

const folder = "idx-daily-ohlcv";
const symbols = ["ADRO", "BBCA", "TLKM"];

/**
 * The days of one share in the prices of its last day: where the exchange restates the close of the day before (a
 * split of shares), all days before are restated with it. Weekend days of the files are trial sessions and left out.
 */
async function daysOf(shared: string, symbol: string): Promise<object[]> {
  const packed = await readFile(join(shared, folder, `${symbol}.JK.csv.gz`));
  const [header = [], ...lines] = gunzipSync(packed)
    .toString("utf8")
    .trimEnd()
    .split("\n")
    .map((line) => line.split(","));
  const at = (line: readonly string[], name: string): string => line[header.indexOf(name)] ?? "";
  const days = lines.filter(
    (line) => ![0, 6].includes(new Date(`${at(line, "date")}T00:00:00Z`).getUTCDay()),
  );
  const rows: object[] = [];
  let factor = 1;
  for (let i = days.length - 1; i >= 0; i--) {
    const day = days[i] ?? [];
    const price = (name: string): number => Number(at(day, name)) * factor;
    rows.push({
      series_id: symbol,
      date: at(day, "date"),
      open: price("open_price"),
      high: price("high"),
      low: price("low"),
      close: price("close"),
      volume: Number(at(day, "volume")),
    });
    const before = days[i - 1];
    if (before !== undefined) factor *= Number(at(day, "previous")) / Number(at(before, "close"));
  }
  return rows.toReversed();
}

async function prepare({ shared, directory }: Place): Promise<void> {
  const series = await Promise.all(symbols.map((symbol) => daysOf(shared, symbol)));
  await writeRows(join(directory, "series.jsonl"), series.flat());
}

/** Three shares, walked forward beside repeating the last value. */
export const series: Show = {
  about: "three daily series of a stock exchange, walked forward beside naive",
  needs: [folder],
  prepare,
  commands: () => [
    ["ingest", "series", "series.jsonl"],
    ["forecast", "forecast", "--family", "lstm"],
    ["forecast", "forecast-return", "--family", "boosted-trees"],
    ["forecast", "forecast-direction", "--family", "boosted-trees"],
    ["forecast", "forecast-volatility", "--family", "boosted-trees"],
  ],
};
