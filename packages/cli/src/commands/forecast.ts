import { errorCode, SoukError, writeFileAtomic } from "@souk/core";
import type { Souk } from "@souk/server";
import type { Command, Context } from "../command.ts";
import { member, numberOf } from "../plain.ts";
import { followTraining } from "../report/training.ts";
import { wrap } from "../terminal/style.ts";

type Forecast = Awaited<ReturnType<Souk["forecasts"]["read"]>>;

const DEFAULT_TASK = "forecast";

/** `souk forecast`. */
export const command: Command = {
  name: "forecast",
  summary: "what is expected of daily series, with intervals, and whether it beats naive",
  about: `Prints the forecasts of the serving version. With --family, or where there are none yet, it first learns from the newest
days: the family is walked forward over each series beside naive, registered, and serves if it passes the gate.
Without a serving version the newest one is shown. Declare your own under "forecasts" in DATA/souk.json.`,
  positionals: [
    {
      name: "TASK",
      summary: "forecast, forecast-return, -direction, -volatility, -units or your own",
      isOptional: true,
    },
  ],
  options: {
    family: {
      kind: "text",
      value: "NAME",
      summary:
        "train it first: naive, zero, mean, drift, seasonal-naive, smoothing, linear-lags, forest, boosted-trees, lstm",
    },
    horizon: {
      kind: "number",
      min: 1,
      value: "DAYS",
      summary: "days ahead",
      fallback: "the task's furthest",
    },
    series: { kind: "text", value: "NAME", summary: "only this series", fallback: "all" },
    version: { kind: "number", min: 1, value: "N", summary: "of this version" },
    chart: {
      kind: "text",
      value: "FILE",
      summary: "write line and interval of one series as FILE.png or FILE.svg",
    },
  },
  examples: [
    { line: "souk forecast --horizon 5", about: "the next five days of each series" },
    {
      line: "souk forecast forecast-units --family seasonal-naive",
      about: "learn anew from the newest days",
    },
    {
      line: "souk forecast --series BBCA --chart bbca.png",
      about: "one series as a picture",
    },
    { line: "souk forecast --json | jq .series[0].mean", about: "the numbers for a script" },
  ],
  async run(context) {
    const { line, out, souk } = context;
    const name = line.positionals[0] ?? DEFAULT_TASK;
    const chart = chartOf(line.text("chart"));
    const [series, horizon] = [line.text("series"), line.number("horizon")];
    const version = await versionFor(context, name);
    const { forecasts } = await souk();
    const ref = {
      ...(series !== undefined && { series }),
      ...(horizon !== undefined && { horizon }),
      ...(version !== undefined && { version }),
    };
    const forecast = await forecasts.read(name, ref);
    out.printJson(forecast);
    printForecast(context, forecast);
    if (chart !== undefined) await drawForecast(context, { name, forecast, chart });
  },
};

/** The version asked for; one trained now; or, while none serves, the newest. Undefined: the one that serves. */
async function versionFor(context: Context, name: string): Promise<number | undefined> {
  const { line, souk, out } = context;
  const asked = line.number("version");
  const family = line.text("family");
  if (asked !== undefined && family !== undefined)
    throw new SoukError(
      "CLI_OPTION_VALUE",
      "expected --family or --version, got both: one trains, the other reads",
    );
  if (asked !== undefined) return asked;
  const { models } = await souk();
  const model = await models.get(name).catch((thrown: unknown) => {
    if (errorCode(thrown) === "TRACKING_MODEL_UNKNOWN") return undefined;
    throw thrown;
  });
  if (family === undefined && model?.aliases["champion"] !== undefined) return undefined;
  const newest = Math.max(0, ...(model?.versions ?? []).map(({ version }) => version));
  if (family === undefined && newest > 0) {
    out.log(`no version of ${name} serves; showing the newest, version ${newest}`);
    return newest;
  }
  const job = await followTraining(context, {
    task: name,
    ...(family !== undefined && { family }),
  });
  const passed = member(member(job.result, "gate"), "passed") === true;
  const version = numberOf(job.result, "modelVersion");
  out.log(
    passed
      ? `version ${version} passed the gate and serves now`
      : `version ${version} is registered but does not serve: it did not pass the gate`,
  );
  return version;
}

function printForecast({ out }: Context, forecast: Forecast): void {
  const { model, version, family, target, coverage, series, verdict, data } = forecast;
  out.print(out.style.bold(`${model} version ${version}`) + ` by ${family}: ${target}`);
  out.print(
    out.style.dim(`from ${data.dataset} version ${data.version}, made ${forecast.createdAt}`),
  );
  const share = `${Math.round(coverage * 100)} %`;
  for (const { name, dates, mean, low, high } of series) {
    out.print();
    out.print(out.style.bold(name));
    const text = numberWriter([...mean, ...low, ...high]);
    out.printTable(
      [
        { title: "day" },
        { title: target, align: "right" },
        { title: `low ${share}`, align: "right" },
        { title: `high ${share}`, align: "right" },
      ],
      dates.map((day, i) => [day, text(mean[i]!), text(low[i]!), text(high[i]!)]),
    );
  }
  out.print();
  for (const row of wrap(verdict, out.width)) out.print(row);
}

/** Four significant digits of the largest number, the same decimals for all: points line up. */
function numberWriter(values: readonly number[]): (value: number) => string {
  const size = Math.max(...values.map(Math.abs), Number.MIN_VALUE);
  const decimals = Math.min(6, Math.max(0, 3 - Math.floor(Math.log10(size))));
  return (value) => value.toFixed(decimals);
}

interface ChartFile {
  readonly path: string;
  readonly format: "png" | "svg";
}

/** Known to be drawable before anything is trained. */
function chartOf(path: string | undefined): ChartFile | undefined {
  if (path === undefined) return undefined;
  const format = /\.(png|svg)$/i.exec(path)?.[1]?.toLowerCase();
  if (format === "png" || format === "svg") return { path, format };
  throw new SoukError(
    "CLI_OPTION_VALUE",
    `--chart: expected a file name ending in .png or .svg, got "${path}"`,
  );
}

async function drawForecast(
  { out, souk }: Context,
  {
    name,
    forecast,
    chart: { path, format },
  }: { name: string; forecast: Forecast; chart: ChartFile },
): Promise<void> {
  const { forecasts } = await souk();
  const { name: series, dates } = forecast.series[0]!;
  const { version } = forecast;
  const bytes = await forecasts.chart(name, { format, version, series, horizon: dates.length });
  await writeFileAtomic(path, bytes);
  out.log(`${out.errorStyle.green("✓")} chart of ${series} written to ${path}`);
}
