import { type ReactElement, useEffect, useState } from "react";
import { Card } from "../../parts/card.tsx";
import { LiveChart } from "../../parts/live-chart.tsx";
import { SeriesBuffer } from "../../parts/series-buffer.ts";
import { curveOf, formatMs, type VersionStats } from "./facts.ts";
import styles from "./serving.module.css";

/** Latency and throughput of a version over the last ten minutes, growing while one looks. */
export function Curves({ stats, nowMs }: { stats: VersionStats; nowMs: number }): ReactElement {
  const [latency] = useState(() => new SeriesBuffer());
  const [rates] = useState(() => new SeriesBuffer());
  useEffect(() => {
    latency.clear();
    rates.clear();
    for (const point of curveOf(stats, nowMs)) {
      latency.reach(point.at);
      rates.add("requests", point.at, point.requestsPerSecond);
      rates.add("rows", point.at, point.rowsPerSecond);
      if (stats.recent.errors > 0) rates.add("failed", point.at, point.errorsPerSecond);
      for (const [name, ms] of Object.entries(point.latency ?? {})) latency.add(name, point.at, ms);
    }
  }, [stats, nowMs, latency, rates]);
  const which = `${stats.model} version ${stats.version}`;
  return (
    <div className={styles["pair"]}>
      <Card title="Latency, ms">
        <LiveChart
          buffer={latency}
          label={`Latency of ${which}: p50, p95 and p99 of each ten seconds`}
          height={210}
          xLabel="time"
          isTime
          format={formatMs}
        />
      </Card>
      <Card title="Throughput, a second">
        <LiveChart
          buffer={rates}
          label={`Requests and rows a second of ${which}`}
          height={210}
          xLabel="time"
          isTime
        />
      </Card>
    </div>
  );
}
