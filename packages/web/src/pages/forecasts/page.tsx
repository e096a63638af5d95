import type { RouteAnswer } from "@souk/api";
import { NativeSelect } from "@mantine/core";
import { type ReactElement, useMemo } from "react";
import { Card } from "../../parts/card.tsx";
import { CommandLine } from "../../parts/command-line.tsx";
import { copyTextsOf } from "../../parts/copy-as.tsx";
import { FactList } from "../../parts/fact-list.tsx";
import { formatShare, formatTime } from "../../parts/format.ts";
import { exportableOf, PageHeader } from "../../parts/page-header.tsx";
import { ResultChart } from "../../parts/result-chart.tsx";
import { columnsOfResult } from "../../parts/result-rows.tsx";
import { Answer, Loading, StateOf } from "../../parts/state-of.tsx";
import { useUrlState } from "../../parts/url-state.ts";
import { useApi, useMay } from "../../wire/hooks.ts";
import { BringData, useIsWithoutRows } from "../../parts/bring-data.tsx";
import { capital } from "../learning/metric-words.ts";
import { TrainHere } from "../learning/train-here.tsx";
import { drawnForecast, type ForecastSeries, lastDayOf, measured } from "./drawn-forecast.ts";
import styles from "./forecasts.module.css";

type Listed = RouteAnswer<"listForecasts">["items"][number];
type Forecast = RouteAnswer<"readForecast">;

/** Days before the forecast that are drawn. */
const KNOWN_DAYS = 120;

/** What the days to come will bring, as the serving version expects it. */
export function Page(): ReactElement {
  const list = useApi("listForecasts", {});
  return (
    <Answer
      query={list}
      permission="models:read"
      isEmpty={({ items }) => items.length === 0}
      loading={
        <>
          <PageHeader title="Forecasts" verdict="Looking for forecasts…" />
          <Loading />
        </>
      }
    >
      {({ items }) => <Chosen items={items} />}
    </Answer>
  );
}

function Chosen({ items }: { items: readonly Listed[] }): ReactElement {
  const [wanted, setWanted] = useUrlState("forecast");
  const chosen = items.find(({ name }) => name === wanted) ?? items[0];
  const name = chosen?.name ?? "";
  const args = { params: { name }, query: { history: KNOWN_DAYS } };
  const query = useApi("readForecast", args, { enabled: name !== "" });
  const picker = (
    <NativeSelect
      size="xs"
      aria-label="Forecast"
      value={name}
      data={items.map((item) => ({ value: item.name, label: item.title ?? item.name }))}
      onChange={(event) => setWanted(event.currentTarget.value)}
      className={styles["pick"]}
    />
  );
  if (query.data) return <Read forecast={query.data} picker={picker} />;
  const isUntrained = query.error?.code === "FORECAST_UNKNOWN";
  return (
    <>
      <PageHeader
        title="Forecasts"
        {...(isUntrained
          ? { verdict: "Nothing is forecast yet: no version serves.", tone: "warn" }
          : { verdict: query.error ? undefined : "Reading the forecast…" })}
        copy={copyTextsOf("readForecast", args, `npx souk forecast ${name}`)}
      >
        {picker}
      </PageHeader>
      {isUntrained && chosen ? (
        <Untrained
          forecast={chosen}
          isTrained={query.error?.message.includes("promote") ?? false}
        />
      ) : (
        <Answer query={query} permission="models:read">
          {() => null}
        </Answer>
      )}
    </>
  );
}

function Untrained({
  forecast: { name, dataset, horizons },
  isTrained,
}: {
  forecast: Listed;
  /** There are versions, of which none is promoted. */
  isTrained: boolean;
}): ReactElement {
  const mayTrain = useMay("training:run");
  const isWithoutRows = useIsWithoutRows(dataset);
  if (isWithoutRows)
    return (
      <StateOf
        kind="empty"
        icon="pulse"
        title="No series to learn from"
        text={`It learns from the dataset ${dataset}, which has no rows: one row per series and day, some hundred days of each.`}
      >
        <BringData dataset={dataset} />
        <CommandLine text={`npx souk ingest ${dataset} ${dataset}.csv`} />
      </StateOf>
    );
  return (
    <StateOf
      kind="empty"
      icon="pulse"
      title="No forecast to show"
      text={
        isTrained
          ? "It was trained, but no version serves: a version that passes the gate serves at once, another only when somebody promotes it."
          : `It learns from the dataset ${dataset} and looks ${horizons.at(-1) ?? 0} days ahead. When its training ends, the forecast shows up here by itself.`
      }
    >
      {mayTrain && <TrainHere task={name} />}
      <CommandLine text={`npx souk train ${name}`} />
    </StateOf>
  );
}

function Read({ forecast, picker }: { forecast: Forecast; picker: ReactElement }): ReactElement {
  const [wanted, setWanted] = useUrlState("series");
  const one = forecast.series.find(({ name }) => name === wanted) ?? forecast.series[0];
  const { model } = forecast;
  const args = { params: { name: model }, ...(one && { query: { series: one.name } }) };
  if (!one) return <StateOf kind="empty" title="This forecast has no series" />;
  const { result } = drawnForecast(forecast, one);
  return (
    <>
      <PageHeader
        title="Forecasts"
        verdict={capital(forecast.verdict)}
        copy={copyTextsOf("readForecast", args, `npx souk forecast ${model}`)}
        exports={exportableOf(`${model}-${one.name}`, columnsOfResult(result), result.rows)}
      >
        {picker}
        {forecast.series.length > 1 && (
          <NativeSelect
            size="xs"
            aria-label="Series"
            value={one.name}
            data={forecast.series.map(({ name }) => name)}
            onChange={(event) => setWanted(event.currentTarget.value)}
            className={styles["pick"]}
          />
        )}
      </PageHeader>
      <div className={styles["stack"]}>
        <Drawn forecast={forecast} one={one} />
        <Statistics forecast={forecast} />
      </div>
    </>
  );
}

function Drawn({ forecast, one }: { forecast: Forecast; one: ForecastSeries }): ReactElement {
  const { spec, result } = useMemo(() => drawnForecast(forecast, one), [forecast, one]);
  return (
    <Card title={one.name}>
      <p className={styles["sentence"]}>{lastDayOf(one)}</p>
      <ResultChart spec={spec} result={result} label={`${forecast.model} of ${one.name}`} />
    </Card>
  );
}

function Statistics({ forecast }: { forecast: Forecast }): ReactElement {
  const { model, version, family, coverage, data, createdAt, metrics } = forecast;
  const made = Date.parse(createdAt);
  return (
    <Card title="How it was made">
      <FactList
        facts={[
          { name: "Model", value: `${model}, version ${version}` },
          { name: "Family", value: family },
          { name: "Learnt from", value: `${data.dataset}, version ${data.version}` },
          { name: "Made", value: Number.isNaN(made) ? createdAt : formatTime(made) },
          { name: "The interval should hold", value: `${formatShare(coverage, 0)} of outcomes` },
          ...Object.entries(metrics).map(([name, value]) => measured(name, value)),
        ]}
      />
    </Card>
  );
}
