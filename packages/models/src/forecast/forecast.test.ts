import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { createRng, errorCode, manualClock } from "@souk/core";
import type { ColumnBatch } from "../rows/batch.ts";
import { dayNumber, dayText } from "../series/calendar.ts";
import { loadForecast } from "./forecast-artefact.ts";
import { forecastFamilyNames } from "./forecast-families.ts";
import {
  builtInForecasts,
  forecastColumns,
  type ForecastTask,
  parseForecastTask,
} from "./forecast-task.ts";
import { readSeries } from "./read-series.ts";
import { type ForecastOptions, trainForecast } from "./train-forecast.ts";

const units: ForecastTask = { ...builtInForecasts["forecast-units"], horizons: [1, 7] };
const data = { dataset: "series", version: 3, hash: "abc" };

/** 140 days of two shops with a rhythm of the week, newest first and in turns. */
async function* twoShops(): AsyncGenerator<ColumnBatch> {
  const rng = createRng("shops");
  const rows = Array.from({ length: 140 }, (_, t) =>
    ["north", "south"].map((name, i) => ({
      name,
      date: dayText(dayNumber("2024-01-01") + t),
      units: 20 * (i + 1) + [4, 1, 7, 3, 9, 15, 11][t % 7] + rng.next(),
    })),
  )
    .flat()
    .toReversed();
  for (let from = 0; from < rows.length; from += 100) {
    const some = rows.slice(from, from + 100);
    yield {
      length: some.length,
      columns: {
        series_id: some.map(({ name }) => name),
        date: some.map(({ date }) => date),
        units: some.map((row) => row.units),
      },
    };
  }
}

async function optionsOf(t: TestContext, family: string): Promise<ForecastOptions> {
  const folder = await mkdtemp(join(tmpdir(), "souk-forecast-"));
  t.after(() => rm(folder, { recursive: true }));
  const clock = manualClock(Date.parse("2024-06-01T00:00:00Z"));
  return { family, directory: join(folder, "model"), data, clock };
}

test("a forecast is fitted, walked forward beside naive, written and read again", async (t) => {
  const options = await optionsOf(t, "seasonal-naive");
  const { card, report } = await trainForecast(units, twoShops(), options);
  assert.deepEqual((await readdir(options.directory)).toSorted(), [
    "README.md",
    "card.json",
    "forecasts.json",
    "report.html",
    "report.json",
  ]);
  const saved = await loadForecast(options.directory);
  assert.deepEqual(saved.card, card);
  assert.deepEqual(
    saved.series.map(({ name, dates, history }) => [
      name,
      dates[0],
      dates.length,
      history.dates.at(-1),
    ]),
    [
      ["north", "2024-05-20", 7, "2024-05-19"],
      ["south", "2024-05-20", 7, "2024-05-19"],
    ],
  );
  // Day 140 is t % 7 = 0: 20 + 4, and noise below 1.
  const [first] = saved.series;
  assert.ok(first.mean[0] > 24 && first.mean[0] < 25, String(first.mean[0]));
  assert.ok(first.low.every((low, i) => low <= first.mean[i] && first.mean[i] <= first.high[i]));
  // Repeating the week beats repeating the day; for the 7th day both are the same.
  assert.ok(report.metrics["lossRatio"] < 0.6);
  assert.equal(report.metrics["wins"], 2);
  assert.equal(report.baseline.metrics["lossRatio"], 1);
  assert.match(report.verdict, /^seasonal-naive beats naive in 2 of 4 comparisons \(2 series/);
});

test("the page says the verdict, draws each series and lets no markup in", async (t) => {
  const options = await optionsOf(t, "drift");
  const task = { ...units, title: "<b>units</b>" };
  const { report } = await trainForecast(task, twoShops(), options);
  const page = await readFile(join(options.directory, "report.html"), "utf8");
  assert.ok(page.includes(report.verdict));
  assert.equal(page.match(/<svg/g)?.length, 2);
  assert.ok(!page.includes("<b>") && !page.includes("<script"));
});

test("where naive is as good, the verdict says that nothing is won", async (t) => {
  const rng = createRng("walk");
  let level = 500;
  const values = Array.from({ length: 300 }, () => (level += rng.normal()));
  async function* walk(): AsyncGenerator<ColumnBatch> {
    const date = values.map((_, i) => dayText(dayNumber("2024-01-01") + i));
    yield { length: values.length, columns: { date, units: values } };
  }
  const { series: _none, ...task } = units;
  const options = await optionsOf(t, "linear-lags");
  const { report } = await trainForecast(task, walk(), options);
  assert.match(report.verdict, /^linear-lags beats naive nowhere: /);
  assert.equal(report.series[0].name, "all");
});

test("the serving family is walked over the same days", async (t) => {
  const serving = await optionsOf(t, "naive");
  const before = await trainForecast(units, twoShops(), serving);
  const options = { ...(await optionsOf(t, "smoothing")), incumbent: serving.directory };
  const { report } = await trainForecast(units, twoShops(), options);
  assert.equal(report.incumbent?.family, "naive");
  assert.deepEqual(report.incumbent?.metrics, before.report.metrics);
  assert.equal(report.testRowsHash, before.report.testRowsHash);
});

test("a short series is skipped and named; when all are short, it says so", async (t) => {
  async function* rows(): AsyncGenerator<ColumnBatch> {
    yield* twoShops();
    yield { length: 1, columns: { series_id: ["new"], date: ["2024-05-19"], units: [3] } };
  }
  const { report } = await trainForecast(units, rows(), await optionsOf(t, "drift"));
  assert.deepEqual(
    report.skipped.map(({ name }) => name),
    ["new"],
  );
  async function* one(): AsyncGenerator<ColumnBatch> {
    yield { length: 1, columns: { series_id: ["new"], date: ["2024-05-19"], units: [3] } };
  }
  const options = await optionsOf(t, "drift");
  await assert.rejects(
    trainForecast(units, one(), options),
    (error) => errorCode(error) === "SERIES_SHORT",
  );
});

test("rows without a day or a number are counted, and a day twice is refused by its series", async () => {
  async function* rows(...dates: string[]): AsyncGenerator<ColumnBatch> {
    const series_id = dates.map(() => "x");
    yield {
      length: dates.length,
      columns: { series_id, date: dates, units: dates.map((_, i) => i) },
    };
    yield {
      length: 2,
      columns: { series_id: ["x", "x"], date: [null, "2024-01-09"], units: [1, null] },
    };
  }
  const { all, dropped } = await readSeries(units, rows("2024-01-03", "2024-01-02"));
  assert.equal(dropped, 2);
  assert.deepEqual([...all[0].series.value], [1, 0]);
  await assert.rejects(readSeries(units, rows("2024-01-02", "2024-01-02")), (error) => {
    assert.equal(errorCode(error), "SERIES_ORDER");
    return String(error).includes("series x");
  });
  await assert.rejects(readSeries(units, rows()), (error) => errorCode(error) === "FORECAST_ROWS");
});

test("an artefact that was changed is refused", async (t) => {
  const options = await optionsOf(t, "naive");
  await trainForecast(units, twoShops(), options);
  const refuse = (): Promise<void> =>
    assert.rejects(
      loadForecast(options.directory),
      (error) => errorCode(error) === "FORECAST_ARTEFACT",
    );
  const path = join(options.directory, "forecasts.json");
  const text = await readFile(path, "utf8");
  await writeFile(path, text.replace("north", "nord!"));
  await refuse();
  await rm(path);
  await refuse();
  await writeFile(join(options.directory, "card.json"), "[]");
  await refuse();
});

test("a declared forecast is checked, and the built-in ones pass the check", () => {
  for (const task of Object.values(builtInForecasts))
    assert.deepEqual(parseForecastTask(task), task);
  const { coverage: _coverage, target: _target, kind: _kind, ...least } = units;
  assert.deepEqual(parseForecastTask(least), units);
  assert.deepEqual(forecastColumns(builtInForecasts["forecast"]), [
    "date",
    "close",
    "open",
    "high",
    "low",
    "volume",
    "series_id",
  ]);
  for (const wrong of [
    { horizons: [] },
    { horizons: [7, 1] },
    { horizons: [1.5] },
    { horizons: [9999] },
    { coverage: 1 },
    { season: 1 },
    { target: "price" },
    { name: "../x" },
    { bars: { close: "c" } },
    { date: 3 },
    { kind: "task" },
    { more: 1 },
  ])
    assert.throws(
      () => parseForecastTask({ ...units, ...wrong }),
      (error) => errorCode(error) === "FORECAST_TASK",
      JSON.stringify(wrong),
    );
});

test("an aborted training of forecasts ends with the signal's reason and writes nothing", async (t) => {
  const options = await optionsOf(t, "naive");
  const stop = new AbortController();
  const reason = new Error("enough");
  const stopped = trainForecast(units, twoShops(), {
    ...options,
    signal: stop.signal,
    onEvent: (event) => event.kind === "phase" && event.phase === "evaluate" && stop.abort(reason),
  });
  await assert.rejects(stopped, (error) => error === reason);
  await assert.rejects(readdir(options.directory), { code: "ENOENT" });
});

test("every family of forecasts has a name of its own, and another is refused with all of them", async (t) => {
  assert.equal(new Set(forecastFamilyNames).size, forecastFamilyNames.length);
  const options = await optionsOf(t, "oracle");
  await assert.rejects(trainForecast(units, twoShops(), options), (error) => {
    assert.equal(errorCode(error), "FAMILY_UNKNOWN");
    return forecastFamilyNames.every((name) => String(error).includes(name));
  });
});
